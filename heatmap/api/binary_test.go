package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap/compact"
)

// The binary answer says what the one in JSON says.
func TestBinary(t *testing.T) {
	url := server(t)
	post(t, url+"/heat/pings?synthetic=true", pingsAt(25, 121.4905, 31.2397)+pingsAt(14, 121.60, 31.2), http.StatusOK)
	for _, query := range []string{"", "&bbox=121.4,31.2,121.5,31.3", "&bbox=1,2,3,4"} {
		f, err := compact.Decode(get(t, url+"/heat/9?f=binary"+query, http.StatusOK))
		if err != nil {
			t.Fatal(err)
		}
		type count struct {
			Cell    string
			Devices int
		}
		var want struct {
			Synthetic      bool
			Devices, Least int
			Cells          []count
		}
		if err := json.Unmarshal(get(t, url+"/heat/9?f=json"+query, http.StatusOK), &want); err != nil {
			t.Fatal(err)
		}
		got := want
		got.Synthetic, got.Devices, got.Least, got.Cells = f.Synthetic, f.Devices, f.Least, []count{}
		for _, c := range f.Cells {
			got.Cells = append(got.Cells, count{c.Cell.String(), c.Devices})
		}
		if diff := cmp.Diff(got, want); diff != "" || f.Resolution != 9 || !f.Time.Equal(midnight()) {
			t.Errorf("%q at %v (-got +want):\n%s", query, f.Time, diff)
		}
	}
}
