package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/api"
	"yiping/heatmap/counter"
	"yiping/heatmap/replay"
	layersapi "yiping/layers/api"
)

// Counters and devices make people; lines that are no tallies are told by number.
func TestCounters(t *testing.T) {
	url := server(t)
	post(t, url+"/heat/pings", pingsAt(200, 121.4905, 31.2397), http.StatusOK)
	square := func() string {
		t.Helper()
		var places struct {
			Features []struct {
				Properties struct{ People, Windows json.RawMessage }
			}
		}
		if err := json.Unmarshal(get(t, url+"/heat/places", http.StatusOK), &places); err != nil {
			t.Fatal(err)
		}
		return string(places.Features[0].Properties.People) + string(places.Features[0].Properties.Windows)
	}
	const assumed = `"factor":{"low":0.77,"mid":1,"high":1.5,"measured":false},"synthetic":`
	const windows = `{"day":{"visitors":200,"error":0,"from":"2019-12-30T20:00:00Z"},"evening":{"visitors":200,"error":0,"from":"2019-12-31T08:00:00Z"},"hour":{"visitors":200,"error":0,"from":"2019-12-31T15:10:00Z"}}`
	if diff := cmp.Diff(square(), `{"low":150,"mid":200,"high":300,"sources":["devices"],"agree":true,`+assumed+`false}`+windows); diff != "" {
		t.Errorf("devices alone (-got +want):\n%s", diff)
	}
	got := post(t, url+"/heat/counters?synthetic=true", strings.Join([]string{
		`{"counter":"west","place":"square","t":1577807940000,"in":700,"out":100}`,
		`{"counter":"west","place":"square","t":1577807940000,"in":700,"out":100}`,
		`{"counter":"west","place":"circle","t":1577807940000,"in":1,"out":1}`,
		`{"counter":"","place":"square","t":1577807940000,"in":1,"out":1}`,
		`{"counter":"west","place":"square","in":1,"out":1}`,
		`{"counter":"west","place":"square","t":1577808000000,"in":-1,"out":1}`,
		`{"counter":"west","place":"square","t":1577808000000,"in":1,"out":1,"inside":-5}`,
		`west`,
	}, "\n"), http.StatusOK)
	if !strings.HasPrefix(string(got), `{"tallies":2,"outcomes":{"counted":1,"repeated":1},"rejected_count":6,"rejected":[{"line":3,`) {
		t.Errorf("answer: %s", got)
	}
	if diff := cmp.Diff(square(), `{"low":150,"mid":null,"high":610,"sources":["devices","counters"],"agree":false,`+assumed+`true}`+windows); diff != "" {
		t.Errorf("a gate that says 600 (-got +want):\n%s", diff)
	}
	post(t, url+"/heat/counters?x=1", "", http.StatusBadRequest)
	post(t, url+"/heat/counters?synthetic=perhaps", "", http.StatusBadRequest)
	post(t, url+"/heat/counters", strings.Repeat("x", 5000), http.StatusBadRequest)
}

// Whatever comes as a body of tallies is counted or answered with its fault.
func FuzzCounters(f *testing.F) {
	f.Add([]byte(`{"counter":"west","place":"square","t":1577807940000,"in":700,"out":100,"inside":5}`))
	f.Add([]byte("{\"counter\":\"a\",\"in\":1e9}\n\n[]"))
	mux := http.NewServeMux()
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(layersapi.ProblemOf(err).Status)
			}
		})
	}, api.Config{
		Now: &api.Run{
			Engine: heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: midnight}), Counters: counter.New(counter.Config{}),
		},
		Stage: replay.NewStage(replay.StageConfig{}),
		Runs:  &api.Runs{},
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/heat/counters", bytes.NewReader(body)))
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}
