package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/api"
	"yiping/heatmap/forecast"
	"yiping/heatmap/hotspot"
	"yiping/heatmap/replay"
	layersapi "yiping/layers/api"
)

// foreseen is a crowd that has grown by 100 in five minutes in a square where people
// walk, for 45 minutes, over HTTP.
func foreseen(t *testing.T) (url string) {
	t.Helper()
	now := midnight().Add(-45 * time.Minute)
	rules := heatmap.DefaultRules()
	square := orb.Bound{Min: orb.Point{121.48, 31.23}, Max: orb.Point{121.5, 31.25}}
	rules.Places = []heatmap.Place{{ID: "square", Flow: heatmap.Moving, Usable: 600, Outline: orb.MultiPolygon{square.ToPolygon()}}}
	area, err := hotspot.NewArea(rules.Bound, rules.Coarsest)
	if err != nil {
		t.Fatal(err)
	}
	run := &api.Run{Hotspots: hotspot.NewFinder(area), Forecasts: forecast.New(forecast.Config{})}
	run.Engine = heatmap.New(heatmap.EngineConfig{Rules: rules, Warming: rules.TTL, Clock: func() time.Time { return now }, Told: run.Forecasts.Observe})
	for devices := 100; now.Before(midnight()); devices += 100 {
		now = now.Add(5 * time.Minute)
		pings := make([]heatmap.Ping, devices)
		for i := range pings {
			pings[i] = heatmap.Ping{Device: fmt.Sprint(i), Time: now, Place: square.Center()}
		}
		run.Engine.Take(pings, true)
		run.Engine.Tick()
	}
	mux := http.NewServeMux()
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(layersapi.ProblemOf(err).Status)
				_, _ = w.Write([]byte(err.Error()))
			}
		})
	}, api.Config{Now: run, Stage: replay.NewStage(replay.StageConfig{}), Runs: &api.Runs{}})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

type foreseenPoint struct {
	T       time.Time
	Devices float64
	Low80   float64
	High80  float64
	Actual  *int
}

// The forecast tells of the next three hours, the levels on the way and how good it was.
func TestForecast(t *testing.T) {
	t.Parallel()
	url := foreseen(t)
	var got struct {
		Run, Place, Method string
		Time               time.Time
		Synthetic          bool
		Profile            *string
		Points             []foreseenPoint
		Crossings          []struct {
			Level       string
			T           time.Time
			Probability *float64
		}
		Score struct {
			N           int
			MASEAgainst string  `json:"mase_against"`
			Horizon     float64 `json:"horizon_s"`
		}
		Calls struct {
			Caught, Missed int
			Precision      *float64
		}
	}
	body := get(t, url+"/heat/places/square/forecast?horizon_s=300", http.StatusOK)
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if got.Place != "square" || !got.Synthetic || !got.Time.Equal(midnight()) || got.Profile != nil || len(got.Points) != 36 {
		t.Errorf("got %.500s", body)
	}
	// 900 now; the flow dies away to 1200 more.
	if last := got.Points[35]; !last.T.Equal(midnight().Add(3*time.Hour)) || last.Devices != 2040 || last.Low80 >= last.Devices {
		t.Errorf("the last point is %+v", last)
	}
	if len(got.Crossings) != 1 || got.Crossings[0].Level != "watch" || got.Crossings[0].Probability != nil {
		t.Errorf("the crossings are %+v", got.Crossings)
	}
	if got.Score.N != 7 || got.Score.MASEAgainst != "unchanged" || got.Score.Horizon != 300 {
		t.Errorf("the score is %+v", got.Score)
	}

	var past struct {
		Points []foreseenPoint
	}
	if err := json.Unmarshal(get(t, url+"/heat/places/square/forecast/past?horizon_s=300", http.StatusOK), &past); err != nil {
		t.Fatal(err)
	}
	var actual []int
	for _, p := range past.Points {
		if p.Actual != nil {
			actual = append(actual, *p.Actual)
		}
	}
	if diff := cmp.Diff(actual, []int{300, 400, 500, 600, 700, 800, 900}); diff != "" || len(past.Points) != 8 {
		t.Errorf("%d points, what came (-got +want):\n%s", len(past.Points), diff)
	}

	for _, query := range []string{"horizon_s=0", "horizon_s=301", "horizon_s=11100", "horizon_s=x", "horizon=300", "horizon_s=-300"} {
		get(t, url+"/heat/places/square/forecast?"+query, http.StatusBadRequest)
	}
	get(t, url+"/heat/places/circle/forecast", http.StatusNotFound)
	get(t, url+"/heat/places/square/forecast?run=bund-2019", http.StatusNotFound)
	get(t, server(t)+"/heat/places/square/forecast", http.StatusNotFound)
}

// One crowd makes its cell and those around hot.
func TestHotspots(t *testing.T) {
	t.Parallel()
	url := foreseen(t)
	var got struct {
		Time       time.Time
		Synthetic  bool
		Resolution int
		Alpha      float64
		Cells      []struct {
			Cell, Class string
			Density, Z  float64
		}
	}
	if err := json.Unmarshal(get(t, url+"/heat/hotspots/9", http.StatusOK), &got); err != nil {
		t.Fatal(err)
	}
	dense := 0
	for _, c := range got.Cells {
		if c.Density > 0 {
			dense++
		}
		if c.Class != "hot99" || c.Z < 2.58 {
			t.Errorf("%+v is no hot spot", c)
		}
	}
	if len(got.Cells) != 7 || dense != 1 || !got.Synthetic || got.Resolution != 9 || got.Alpha != 0.1 {
		t.Errorf("got %+v", got)
	}
	if body := string(get(t, url+"/heat/hotspots/9?k=2&f=geojson", http.StatusOK)); strings.Count(body, `"Polygon"`) != 19 {
		t.Errorf("with two steps around %.300s", body)
	}
	for _, path := range []string{"5", "12", "x", "9?k=0", "9?k=4", "9?f=csv", "9?bbox=1,2,3,4"} {
		get(t, url+"/heat/hotspots/"+path, http.StatusBadRequest)
	}
	get(t, url+"/heat/hotspots/9?run=bund-2019", http.StatusNotFound)
}
