package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/stream/client"
)

// What is reported is counted for the district that it is in, under that district's name.
func TestIndicators(t *testing.T) {
	t.Parallel()
	url, _, _, sql := liveServer(t)
	sql(`INSERT INTO city.district (code, name, geom) VALUES ('310101', '黄浦区',
		'SRID=4326;MULTIPOLYGON(((121.4 31.2, 121.42 31.2, 121.42 31.22, 121.4 31.22, 121.4 31.2)))')`)
	for ask(t, "GET", url+"/live/indicators/snapshot?area=region:310101", nil).status != http.StatusOK {
		continue // it is looked for every second
	}
	conn, err := client.Dial(t.Context(), url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	s := client.NewSubscription(client.Query{
		Stream: "indicators", Area: client.Area{Region: "310101"}, Where: "region = '310101' AND value > 0",
		Fields: []string{"region_name", "value", "synthetic"},
	})
	if err := conn.Subscribe(s); err != nil {
		t.Fatal(err)
	}
	var reports []map[string]any
	for i, lon := range []float64{121.41, 121.415, 121.46} { // the last is elsewhere
		reports = append(reports, map[string]any{"k": fmt.Sprint("v", i), "t": time.Now().UnixMilli(), "lon": lon, "lat": 31.21, "s": 9 * i, "synthetic": true})
	}
	body, _ := json.Marshal(reports) // texts and numbers alone
	send(t, "POST", url+"/streams/vehicles", string(body), "Content-Type", "application/json").wantStatus(t, http.StatusOK)
	for len(s.Rows()) < 2 { // they come with one count
		if _, err := conn.Next(); err != nil {
			t.Fatal(err)
		}
	}
	type row struct {
		Name      string `json:"region_name"`
		Value     int
		Synthetic bool
	}
	got := map[string]row{}
	for k, r := range s.Rows() {
		var v row
		if err := r.Read(&v); err != nil {
			t.Fatal(err)
		}
		got[k] = v
	}
	want := map[string]row{"vehicles.present|310101": {"黄浦区", 2, true}, "vehicles.moving|310101": {"黄浦区", 1, true}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("the rows (-got +want):\n%s", diff)
	}
}
