package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/api"
	"yiping/heatmap/replay"
	layersapi "yiping/layers/api"
)

// A replay is started, goes faster, has places and cells of its own, and is stopped.
func TestReplay(t *testing.T) {
	bund, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	runs := &api.Runs{}
	stage := replay.NewStage(replay.StageConfig{
		Scenarios: []*replay.Scenario{bund.Scaled(0.01)},
		Open: func(s *replay.Scenario, c heatmap.EngineConfig) (e *heatmap.Engine, closed func()) {
			e = heatmap.New(c)
			return e, runs.Add(s.ID, &api.Run{Engine: e})
		},
	})
	ended := make(chan error, 1)
	go func() { ended <- stage.Run(t.Context()) }()
	mux := http.NewServeMux()
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(layersapi.ProblemOf(err).Status)
				_, _ = w.Write([]byte(err.Error()))
			}
		})
	}, api.Config{
		Now:   &api.Run{Engine: heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: midnight})},
		Stage: stage,
		Runs:  runs,
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	request := func(method, path, body string, status int) []byte {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return do(t, r, status)
	}
	var known struct {
		Replays []struct{ Facts []replay.Fact }
	}
	if err := json.Unmarshal(request("GET", "/heat/replays", "", http.StatusOK), &known); err != nil {
		t.Fatal(err)
	}
	if facts := known.Replays[0].Facts; len(facts) == 0 || facts[len(facts)-1].People != 770 {
		t.Errorf("facts %+v, want the last to tell of a hundredth of 77,000", facts)
	}
	request("GET", "/heat/8?run=bund-2019", "", http.StatusNotFound)
	request("PUT", "/heat/replays/bund-1999", "", http.StatusNotFound)
	for _, body := range []string{`{"speed":0}`, `{"speed":601}`, `{"velocity":1}`, `[`} {
		request("PUT", "/heat/replays/bund-2019", body, http.StatusBadRequest)
	}
	request("PUT", "/heat/replays/bund-2019", `{"speed":600}`, http.StatusOK)
	for n := 0; n < 5; {
		var curve struct{ Minutes []replay.Minute }
		if err := json.Unmarshal(request("GET", "/heat/replays/bund-2019/curve", "", http.StatusOK), &curve); err != nil {
			t.Fatal(err)
		}
		n = len(curve.Minutes)
	}
	for _, body := range []string{``, `{}`, `{"seed":1}`, `{"speed":-1}`, `{"speed":0.5}`, `{"speed":601}`, `{"at":"20:00"}`, `{"at":"2019-12-31T15:59:59+08:00"}`, `{"at":"2020-01-01T02:01:00+08:00"}`} {
		request("PATCH", "/heat/replays/bund-2019", body, http.StatusBadRequest)
	}
	for _, to := range []string{"19:30:00", "16:30:00", "17:00:00"} {
		request("PATCH", "/heat/replays/bund-2019", `{"at":"2019-12-31T`+to+`+08:00","speed":0}`, http.StatusOK)
		for state := ""; state != "paused"; {
			var all struct {
				Replays []struct {
					State string
					Time  time.Time
				}
			}
			if err := json.Unmarshal(request("GET", "/heat/replays", "", http.StatusOK), &all); err != nil {
				t.Fatal(err)
			}
			if state = all.Replays[0].State; state == "paused" && all.Replays[0].Time.Format(time.TimeOnly) != to {
				t.Errorf("it stands at %v, want %s", all.Replays[0].Time, to)
			}
		}
	}
	request("PATCH", "/heat/replays/bund-2019", `{"speed":1}`, http.StatusOK)
	if got := string(request("GET", "/heat/replays", "", http.StatusOK)); !strings.Contains(got, `"state":"playing"`) || !strings.Contains(got, `"speed":1,`) {
		t.Errorf("the replays are %s", got)
	}
	var places struct {
		Synthetic bool
		Features  []struct {
			ID         string
			Properties struct{ Devices int }
		}
	}
	if err := json.Unmarshal(request("GET", "/heat/places?run=bund-2019", "", http.StatusOK), &places); err != nil {
		t.Fatal(err)
	}
	if f := places.Features; !places.Synthetic || len(f) != 3 || f[0].ID != "bund" || f[0].Properties.Devices < 100 {
		t.Errorf("the places are %+v", places)
	}
	if got := string(request("GET", "/heat/8?run=bund-2019", "", http.StatusOK)); !strings.Contains(got, `"synthetic":true`) || strings.Contains(got, `"cells":[]`) {
		t.Errorf("the cells are %s", got)
	}
	if got := string(request("GET", "/heat/8", "", http.StatusOK)); !strings.Contains(got, `"cells":[]`) {
		t.Errorf("the replay shows as if it were now: %s", got)
	}
	request("DELETE", "/heat/replays/bund-2019", "", http.StatusNoContent)
	request("DELETE", "/heat/replays/bund-2019", "", http.StatusNotFound)
}
