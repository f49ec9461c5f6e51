package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
)

// watchArea subscribes to the vehicles of an area.
func watchArea(t *testing.T, url, area string) *screen {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"live1.json"}}
	ws, res, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	s := &screen{t: t, ws: ws, names: map[string]string{}}
	s.say(`{"f":"sub","ref":1,"stream":"vehicles","area":` + area + `}`)
	return s
}

// keys are those of the rows that a screen holds after its next snapshot.
func (s *screen) keys() []string {
	s.t.Helper()
	s.until("snap")
	return slices.Sorted(maps.Keys(s.names))
}

// Fences and regions are areas of streams in memory, and who watches one hears when its
// border is moved by whatever client of the database.
func TestNamedAreas(t *testing.T) {
	t.Parallel()
	url, _, _, sql := liveServer(t)
	reports, _ := json.Marshal([]map[string]any{ // texts and numbers alone
		{"k": "west", "t": time.Now().UnixMilli(), "lon": 121.41, "lat": 31.21, "st": 1, "synthetic": true},
		{"k": "east", "t": time.Now().UnixMilli(), "lon": 121.46, "lat": 31.21, "st": 1, "synthetic": true},
	})
	send(t, "POST", url+"/streams/vehicles", string(reports), "Content-Type", "application/json").wantStatus(t, http.StatusOK)
	known := func(area string) {
		t.Helper()
		for ask(t, "GET", url+"/live/vehicles/snapshot?area="+area, nil).status != http.StatusOK {
			continue // it is looked for every second
		}
	}
	square := func(west, east float64) string {
		return fmt.Sprintf("((%[1]v 31.2, %[2]v 31.2, %[2]v 31.22, %[1]v 31.22, %[1]v 31.2))", west, east)
	}

	sql("INSERT INTO city.district (code, name, geom) VALUES ('310101', '黄浦区', 'SRID=4326;MULTIPOLYGON(" + square(121.4, 121.42) + ")')")
	known("region:310101")
	s := watchArea(t, url, `{"region":"310101"}`)
	if diff := cmp.Diff(s.keys(), []string{"west"}); diff != "" {
		t.Errorf("vehicles of the region (-got +want):\n%s", diff)
	}
	sql("UPDATE city.district SET geom = 'SRID=4326;MULTIPOLYGON(" + square(121.45, 121.47) + ")'")
	s.until("reset")
	if diff := cmp.Diff(s.keys(), []string{"east"}); diff != "" {
		t.Errorf("after its border was moved (-got +want):\n%s", diff)
	}

	sql(`INSERT INTO yiping.fence (title, geom, streams) VALUES ('甲', 'SRID=4326;POLYGON` + square(121.4, 121.42) + `', '{patrols}')`)
	known("fence:F-1")
	s = watchArea(t, url, `{"fence":"F-1"}`)
	if diff := cmp.Diff(s.keys(), []string{"west"}); diff != "" {
		t.Errorf("vehicles of the fence (-got +want):\n%s", diff)
	}
	sql(`UPDATE yiping.fence SET geom = 'SRID=4326;POLYGON` + square(121.4, 121.47) + `'`)
	s.until("reset")
	if diff := cmp.Diff(s.keys(), []string{"east", "west"}); diff != "" {
		t.Errorf("after it was edited (-got +want):\n%s", diff)
	}
	sql("DELETE FROM yiping.fence")
	s.until("err")
	ask(t, "GET", url+"/live/vehicles/snapshot?area=fence:F-1", nil).wantStatus(t, http.StatusBadRequest)
	ask(t, "GET", url+"/live/vehicles/snapshot?area=region:310199", nil).wantStatus(t, http.StatusBadRequest)
}
