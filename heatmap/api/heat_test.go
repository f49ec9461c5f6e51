package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/api"
	"yiping/heatmap/counter"
	"yiping/heatmap/replay"
	"yiping/heatmap/window"
	"yiping/heatmap/wire"
	layersapi "yiping/layers/api"
)

// midnight is when all of these tests take place.
func midnight() time.Time { return time.Date(2019, 12, 31, 16, 0, 0, 0, time.UTC) }

// server is an engine over HTTP whose newest frame is that of the last request.
func server(t *testing.T) (url string) {
	t.Helper()
	mux := http.NewServeMux()
	windows, counters := window.New(window.Config{}), counter.New(counter.Config{})
	rules := heatmap.DefaultRules()
	rules.Places = []heatmap.Place{{ID: "square", Outline: orb.MultiPolygon{{orb.Bound{Min: orb.Point{121.485, 31.235}, Max: orb.Point{121.495, 31.245}}.ToRing()}}}}
	engine := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: midnight, Heard: windows.Hear})
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			engine.Tick()
			if err := serve(w, r); err != nil {
				w.WriteHeader(layersapi.ProblemOf(err).Status)
				_, _ = w.Write([]byte(err.Error()))
			}
		})
	}, api.Config{Now: &api.Run{Engine: engine, Windows: windows, Counters: counters}, Stage: replay.NewStage(replay.StageConfig{}), Runs: &api.Runs{}})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func get(t *testing.T, url string, status int) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, r, status)
}

func post(t *testing.T, url, body string, status int) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, r, status)
}

func do(t *testing.T, r *http.Request, status int) []byte {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status {
		t.Fatalf("%s: %d %s, want %d", r.URL, res.StatusCode, body, status)
	}
	return body
}

// pingsAt are n devices at a place.
func pingsAt(n int, lon, lat float64) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"device\":\"%v-%d\",\"t\":\"2020-01-01T00:00:00+08:00\",\"lon\":%v,\"lat\":%v}\n", lon, i, lon, lat)
	}
	return b.String()
}

// Pings become cells with their number and density; fewer than ten are not told.
func TestPingsBecomeHeat(t *testing.T) {
	url := server(t)
	got := post(t, url+"/heat/pings?synthetic=true", pingsAt(25, 121.4905, 31.2397)+pingsAt(9, 121.60, 31.2), http.StatusOK)
	if diff := cmp.Diff(string(got), `{"pings":34,"outcomes":{"arrived":34},"rejected_count":0,"rejected":[]}`); diff != "" {
		t.Errorf("answer (-got +want):\n%s", diff)
	}
	var heat struct {
		Synthetic bool
		Devices   int
		Cells     []struct {
			Cell    string
			Devices int
			Density float64
		}
	}
	if err := json.Unmarshal(get(t, url+"/heat/9", http.StatusOK), &heat); err != nil {
		t.Fatal(err)
	}
	if !heat.Synthetic || heat.Devices != 34 || len(heat.Cells) != 0 {
		// The nine alone would be told by 34 less 25.
		t.Errorf("a cell is told that tells of another: %+v", heat)
	}
	post(t, url+"/heat/pings", pingsAt(12, 121.55, 31.3), http.StatusOK)
	if err := json.Unmarshal(get(t, url+"/heat/9", http.StatusOK), &heat); err != nil {
		t.Fatal(err)
	}
	bund, err := cell.Parse("89309958ac3ffff")
	if err != nil {
		t.Fatal(err)
	}
	if len(heat.Cells) != 1 || heat.Cells[0].Devices != 25 {
		t.Fatalf("the cells are %+v, want one of 25 devices", heat.Cells)
	}
	if c := heat.Cells[0]; c.Density < 25/bund.Area()*0.99 || c.Density > 25/bund.Area()*1.01 {
		t.Errorf("density is %v on cells of about %v m²", c.Density, bund.Area())
	}
	if got := string(get(t, url+"/heat/9?bbox=121,31,121.2,31.1", http.StatusOK)); !strings.Contains(got, `"cells":[]`) {
		t.Errorf("a box without cells has %s", got)
	}
	var collection struct {
		Type     string
		Features []struct {
			Geometry struct {
				Coordinates [][][2]float64
			}
		}
	}
	if err := json.Unmarshal(get(t, url+"/heat/9?f=geojson", http.StatusOK), &collection); err != nil {
		t.Fatal(err)
	}
	if collection.Type != "FeatureCollection" || len(collection.Features) != 1 || len(collection.Features[0].Geometry.Coordinates[0]) != 7 {
		t.Errorf("GeoJSON is %+v", collection)
	}
}

// Wrong lines are told by number; the right ones beside them count.
func TestWrongPings(t *testing.T) {
	url := server(t)
	got := post(t, url+"/heat/pings", strings.Join([]string{
		`{"device":"a","t":1577808000000,"lon":121.49,"lat":31.24}`,
		`{`,
		`{"device":"","t":1577808000000,"lon":121.49,"lat":31.24}`,
		`{"device":"b","t":"noon","lon":121.49,"lat":31.24}`,
		`{"device":"c","t":1577808000000,"lat":31.24}`,
		`{"device":"d","t":1577808000000,"lon":121.49,"lat":31.24,"accuracy":5000}`,
		`{"device":"e","t":1577808000000,"lon":2.35,"lat":48.86}`,
		`{"device":"f","t":1577809000000,"lon":121.49,"lat":31.24}`,
		`{"device":"g","t":1577800000000,"lon":121.49,"lat":31.24}`,
		`{"device":"h","t":1577808005000,"lon":121.49,"lat":31.24}`,
		``,
	}, "\n"), http.StatusOK)
	var answer struct {
		Pings         int
		Outcomes      map[string]int
		RejectedCount int `json:"rejected_count"`
		Rejected      []struct {
			Line   int
			Reason string
		}
	}
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatal(err)
	}
	lines := []int{}
	for _, r := range answer.Rejected {
		lines = append(lines, r.Line)
	}
	if diff := cmp.Diff(lines, []int{2, 3, 4, 5}); diff != "" || answer.Pings != 6 || answer.RejectedCount != 4 {
		t.Errorf("%s (-got +want of the lines):\n%s", got, diff)
	}
	want := map[string]int{"arrived": 2, "inaccurate": 1, "outside": 1, "future": 1, "late": 1}
	if diff := cmp.Diff(answer.Outcomes, want); diff != "" {
		t.Errorf("outcomes (-got +want):\n%s", diff)
	}
}

// numbered are n devices at a place in the compact form.
func numbered(n int, lon, lat float64) []byte {
	b := wire.AppendHead(nil, midnight())
	for i := range n {
		b = wire.Append(b, midnight(), &wire.Record{Device: uint64(i), Time: midnight(), Place: orb.Point{lon, lat}, Accuracy: 20})
	}
	return b
}

// The compact form counts as NDJSON does, and its device is that whose name is its
// number in hexadecimal.
func TestCompactPings(t *testing.T) {
	url := server(t)
	compact := func(body []byte, status int) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/heat/pings", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", wire.ContentType)
		return string(do(t, r, status))
	}
	if diff := cmp.Diff(compact(numbered(2500, 121.4905, 31.2397), http.StatusOK), `{"pings":2500,"outcomes":{"arrived":2500},"rejected_count":0,"rejected":[]}`); diff != "" {
		t.Errorf("answer (-got +want):\n%s", diff)
	}
	got := post(t, url+"/heat/pings", `{"device":"00000000000009c3","t":1577808000000,"lon":121.4905,"lat":31.2397}`, http.StatusOK)
	if !strings.Contains(string(got), `"stayed":1`) {
		t.Errorf("device 2499 by its name: %s", got)
	}
	wrong := numbered(3, 121.4905, 31.2397)
	copy(wrong[wire.HeadBytes+wire.RecordBytes+8:], "\xff\xff\xff\x7f") // 214 degrees
	if got := compact(wrong, http.StatusOK); !strings.Contains(got, `{"pings":2,"outcomes":{"stayed":2},"rejected_count":1,"rejected":[{"line":2,`) {
		t.Errorf("a record that is no ping: %s", got)
	}
	if got := compact(numbered(3, 121, 31)[:50], http.StatusBadRequest); !strings.Contains(got, "1 before that") {
		t.Errorf("half a record: %s", got)
	}
	compact([]byte(`{"device":"a"}`), http.StatusBadRequest)
}

// A feed in another datum is put where it belongs.
func TestDatum(t *testing.T) {
	url := server(t)
	// Chen Yi Square in GCJ-02, about 480 m off in WGS 84.
	post(t, url+"/heat/pings?datum=gcj02", pingsAt(25, 121.4905, 31.2391), http.StatusOK)
	want := cell.At([2]float64{121.48596, 31.24103}, 8).String()
	if got := string(get(t, url+"/heat/8", http.StatusOK)); !strings.Contains(got, want) {
		t.Errorf("the crowd is not in %s: %s", want, got)
	}
}

func TestWrongRequests(t *testing.T) {
	url := server(t)
	for _, path := range []string{"/heat/3", "/heat/x", "/heat/9?bbox=1,2,3", "/heat/9?bbox=3,2,1,4", "/heat/9?f=xml", "/heat?x=1", "/heat/windows/9", "/heat/windows/8?over=year"} {
		get(t, url+path, http.StatusBadRequest)
	}
	for _, query := range []string{"datum=mars", "datum=EPSG:2385", "synthetic=perhaps", "x=1"} {
		post(t, url+"/heat/pings?"+query, "", http.StatusBadRequest)
	}
	post(t, url+"/heat/pings", strings.Repeat("x", 5000), http.StatusBadRequest)
}

// Whatever comes as a body is counted or answered with its fault.
func FuzzPings(f *testing.F) {
	f.Add([]byte(pingsAt(3, 121.49, 31.24)))
	f.Add(numbered(3, 121.49, 31.24))
	f.Add([]byte(`{"device":"a","t":1e400,"lon":121.49,"lat":31.24,"accuracy":-1}`))
	f.Add([]byte("{\"device\":\"a\"\n\n[]"))
	mux := http.NewServeMux()
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(layersapi.ProblemOf(err).Status)
			}
		})
	}, api.Config{
		Now:   &api.Run{Engine: heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: midnight})},
		Stage: replay.NewStage(replay.StageConfig{}),
		Runs:  &api.Runs{},
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range []string{"", wire.ContentType} {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/heat/pings", bytes.NewReader(body))
			r.Header.Set("Content-Type", kind)
			mux.ServeHTTP(w, r)
			if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
				t.Errorf("%q as %q: %d %s", body, kind, w.Code, w.Body)
			}
		}
	})
}
