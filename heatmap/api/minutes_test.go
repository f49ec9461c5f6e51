package api_test

import (
	"context"
	"encoding/json"
	"fmt"
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
	"yiping/heatmap/history"
	"yiping/heatmap/replay"
	"yiping/layers"
	layersapi "yiping/layers/api"
)

// diary has a minute each for the ten before midnight: ten devices more than the one
// before.
type diary struct{}

var _ api.History = diary{}

func devices(minute time.Time) (n int, err error) {
	if n = 100 - 10*int(midnight().Sub(minute).Minutes()); n <= 0 || n >= 100 {
		return 0, fmt.Errorf("%w: the nearest is another", layers.ErrNotFound)
	}
	return n, nil
}

func (diary) Cells(_ context.Context, run string, resolution int, minute time.Time) (*history.Cells, error) {
	n, err := devices(minute)
	if err != nil {
		return nil, err
	}
	return &history.Cells{
		Run: run, Start: minute, Told: minute.Add(58 * time.Second), Resolution: resolution, Devices: n, Synthetic: true,
		WarmingUntil: minute.Add(5 * time.Minute),
		Counts: []history.Count{
			{Cell: cell.At(orb.Point{121.3, 31.1}, resolution), Devices: n},
			{Cell: cell.At(bund(), resolution), Devices: n},
		},
	}, nil
}

func (diary) Places(_ context.Context, run string, minute time.Time) (*history.Places, error) {
	n, err := devices(minute)
	if err != nil {
		return nil, err
	}
	return &history.Places{Run: run, Start: minute, Told: minute.Add(58 * time.Second), Places: map[string]history.Place{
		"square": {ID: "square", Devices: n, Visits: 2 * n, Density: 0.5, In: 1, Out: 2, Level: heatmap.Watch},
		"gone":   {ID: "gone", Devices: n},
	}}, nil
}

func (diary) PlaceMinutes(_ context.Context, _, place string, from, to time.Time) ([]history.PlaceMinute, error) {
	var all []history.PlaceMinute
	if place == "new" || place == "nowhere" {
		return nil, nil
	}
	for at := from; !at.After(to); at = at.Add(time.Minute) {
		if n, err := devices(at); err == nil {
			all = append(all, history.PlaceMinute{Start: at, Place: history.Place{ID: place, Devices: n, Level: heatmap.Warn}, Synthetic: true, Warming: n == 10})
		}
	}
	return all, nil
}

func (diary) Span(context.Context, string) (*history.Span, error) {
	return &history.Span{
		First: midnight().Add(-9 * time.Minute), Last: midnight().Add(-time.Minute), Count: 7, Synthetic: true,
		Gaps: []history.Gap{{From: midnight().Add(-5 * time.Minute), To: midnight().Add(-4 * time.Minute)}},
	}, nil
}

func bund() orb.Point { return orb.Point{121.486, 31.24} }

// remembering is an engine over HTTP with the minutes of a history.
func remembering(t *testing.T, h api.History) (url string) {
	t.Helper()
	rules := heatmap.DefaultRules()
	for _, id := range []string{"square", "new"} {
		rules.Places = append(rules.Places, heatmap.Place{ID: id, Flow: heatmap.Standing, Outline: orb.MultiPolygon{orb.Bound{Min: bund(), Max: bund()}.Pad(0.01).ToPolygon()}})
	}
	mux := http.NewServeMux()
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(layersapi.ProblemOf(err).Status)
				_, _ = w.Write([]byte(err.Error()))
			}
		})
	}, api.Config{
		Now:   &api.Run{Engine: heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: midnight, Warming: rules.TTL})},
		Stage: replay.NewStage(replay.StageConfig{}), Runs: &api.Runs{}, History: h,
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// A minute that is kept is answered as a frame is, with the true density of its cells.
func TestCellsOfAMinute(t *testing.T) {
	url := remembering(t, diary{})
	var got struct {
		Time         time.Time
		Resolution   int
		Devices      int
		Synthetic    bool
		WarmingUntil *time.Time `json:"warming_until"`
		Cells        []struct {
			Cell    string
			Devices int
			Density float64
		}
	}
	if err := json.Unmarshal(get(t, url+"/heat/9?at=2019-12-31T23:57:12%2B08:00&bbox=121.4,31.2,121.6,31.3", http.StatusOK), &got); err != nil {
		t.Fatal(err)
	}
	minute := midnight().Add(-3 * time.Minute)
	if !got.Time.Equal(minute.Add(58*time.Second)) || got.Resolution != 9 || got.Devices != 70 || !got.Synthetic ||
		got.WarmingUntil == nil || !got.WarmingUntil.Equal(minute.Add(5*time.Minute)) {
		t.Errorf("the minute is %+v", got)
	}
	if len(got.Cells) != 1 || got.Cells[0].Cell != "89309958ac3ffff" || got.Cells[0].Devices != 70 {
		t.Fatalf("the cells of the box are %+v", got.Cells)
	}
	if d := got.Cells[0].Density * 80_340; d < 69.9 || d > 70.1 { // m² of that cell
		t.Errorf("%v devices by density and area, want 70", d)
	}
	var collection struct{ Features []struct{ ID string } }
	if err := json.Unmarshal(get(t, url+"/heat/9?at=2019-12-31T15:57:00Z&f=geojson", http.StatusOK), &collection); err != nil {
		t.Fatal(err)
	}
	if len(collection.Features) != 2 {
		t.Errorf("GeoJSON is %+v", collection)
	}
	if now := string(get(t, url+"/heat", http.StatusOK)); !strings.Contains(now, `"warming_until":"2019-12-31T16:10:00Z"`) {
		t.Errorf("the state does not say that it is warming: %s", now)
	}
}

// The places of a minute are those that there are now and were then.
func TestPlacesOfAMinute(t *testing.T) {
	url := remembering(t, diary{})
	var got struct {
		Time     time.Time
		Features []struct {
			ID         string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(get(t, url+"/heat/places?at=2019-12-31T15:59:30Z", http.StatusOK), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Features) != 1 || got.Features[0].ID != "square" || !got.Time.Equal(midnight().Add(-2*time.Second)) {
		t.Fatalf("the places are %+v", got)
	}
	p := got.Features[0].Properties
	want := map[string]any{"devices": 90.0, "visits": 180.0, "density": 0.5, "in_per_s": 1.0, "out_per_s": 2.0, "level": "watch", "next": "watch", "next_after_s": nil}
	for name, value := range want {
		if diff := cmp.Diff(p[name], value); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}

// The minutes of a place are told in order, a day by default.
func TestMinutesOfAPlace(t *testing.T) {
	url := remembering(t, diary{})
	for _, tt := range []struct{ path, want string }{
		{
			"/heat/places/square/minutes?from=2019-12-31T15:58:20Z&to=2019-12-31T15:59:00Z",
			`{"minutes":[` +
				`{"t":"2019-12-31T15:58:00Z","devices":80,"visits":0,"density":0,"in_per_s":0,"out_per_s":0,"level":"warn"},` +
				`{"t":"2019-12-31T15:59:00Z","devices":90,"visits":0,"density":0,"in_per_s":0,"out_per_s":0,"level":"warn"}` +
				`],"place":"square","run":"","synthetic":true}`,
		},
		{
			"/heat/places/gone/minutes?to=2019-12-31T15:51:00Z",
			`{"minutes":[{"t":"2019-12-31T15:51:00Z","devices":10,"visits":0,"density":0,"in_per_s":0,"out_per_s":0,"level":"warn","warming":true}],` +
				`"place":"gone","run":"","synthetic":true}`,
		},
		{"/heat/places/new/minutes", `{"minutes":[],"place":"new","run":"","synthetic":false}`},
		{
			"/heat/minutes",
			`{"count":7,"first":"2019-12-31T15:51:00Z","gaps":[["2019-12-31T15:55:00Z","2019-12-31T15:56:00Z"]],"last":"2019-12-31T15:59:00Z",` +
				`"resolutions":[7,8,9,10],"run":"","synthetic":true}`,
		},
	} {
		if diff := cmp.Diff(string(get(t, url+tt.path, http.StatusOK)), tt.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.path, diff)
		}
	}
	for query, want := range map[string]int{"": 9, "?from=2019-12-31T15:55:00Z": 5, "?from=2019-12-30T15:50:00Z": 0, "?to=2020-01-01T15:55:00Z": 5} {
		var day struct{ Minutes []struct{ T time.Time } }
		if err := json.Unmarshal(get(t, url+"/heat/places/square/minutes"+query, http.StatusOK), &day); err != nil || len(day.Minutes) != want {
			t.Errorf("%q has %d minutes, want %d: %v", query, len(day.Minutes), want, err)
		}
	}
}

func TestWrongMinutes(t *testing.T) {
	url, without := remembering(t, diary{}), remembering(t, nil)
	for path, status := range map[string]int{
		"/heat/9?at=midnight":                         http.StatusBadRequest,
		"/heat/9?at=":                                 http.StatusBadRequest,
		"/heat/9?at=2019-12-31T23:57:12+08:00":        http.StatusBadRequest, // the + is a space
		"/heat/6?at=2019-12-31T15:57:00Z":             http.StatusBadRequest,
		"/heat/11?at=2019-12-31T15:57:00Z":            http.StatusBadRequest,
		"/heat/9?at=2019-12-31T14:00:00Z":             http.StatusNotFound,
		"/heat/9?at=2019-12-31T15:57:00Z&run=nothing": http.StatusNotFound,
		"/heat/places?at=x":                           http.StatusBadRequest,
		"/heat/places?at=2019-12-31T14:00:00Z":        http.StatusNotFound,
		"/heat/places/nowhere/minutes":                http.StatusNotFound,
		"/heat/places/square/minutes?from=x":          http.StatusBadRequest,
		"/heat/places/square/minutes?to=x":            http.StatusBadRequest,
		"/heat/places/square/minutes?from=2019-12-28T15:59:00Z&to=2019-12-31T16:00:00Z": http.StatusBadRequest,
		"/heat/places/square/minutes?from=2019-12-31T17:00:00Z&to=2019-12-31T16:59:00Z": http.StatusBadRequest,
		"/heat/places/square/minutes?run=nothing":                                       http.StatusNotFound,
		"/heat/minutes?run=nothing":                                                     http.StatusNotFound,
		"/heat/minutes?at=2019-12-31T15:57:00Z":                                         http.StatusBadRequest,
	} {
		get(t, url+path, status)
		if status != http.StatusBadRequest || strings.Contains(path, "nothing") {
			get(t, without+path, http.StatusNotFound)
		}
	}
}
