package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/geo/cell"
)

// Distinct devices are told by cell, with the error of the number and since when.
func TestWindows(t *testing.T) {
	url := server(t)
	post(t, url+"/heat/pings?synthetic=true", pingsAt(25, 121.4905, 31.2397)+pingsAt(9, 121.60, 31.2), http.StatusOK)
	c := cell.At([2]float64{121.4905, 31.2397}, 8)
	want := `{"time":"2019-12-31T16:00:00Z","from":"%s","over":"%s","resolution":8,"least":10,"synthetic":true,"cells":[{"cell":"%s","visitors":30,"error":0}]}`
	for query, tell := range map[string][2]string{
		"":                                     {"2019-12-31T15:10:00Z", "hour"},
		"?over=evening":                        {"2019-12-31T08:00:00Z", "evening"},
		"?over=day&bbox=121.4,31.2,121.5,31.3": {"2019-12-30T20:00:00Z", "day"},
	} {
		got := string(get(t, url+"/heat/windows/8"+query, http.StatusOK))
		if diff := cmp.Diff(got, fmt.Sprintf(want, tell[0], tell[1], c)); diff != "" {
			t.Errorf("%s (-got +want):\n%s", query, diff)
		}
	}
	if got := string(get(t, url+"/heat/windows/8?bbox=121,31,121.2,31.1", http.StatusOK)); !strings.Contains(got, `"cells":[]`) {
		t.Errorf("a box without cells has %s", got)
	}
}
