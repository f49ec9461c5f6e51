package sim_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/cmd/yiping/internal/sim"
	"yiping/layers"
)

func TestPoster(t *testing.T) {
	t.Parallel()
	answer, status := "", http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/streams/vehicles" || r.Header.Get("Content-Type") != "application/x-ndjson" || string(body) != "{}\n" {
			t.Errorf("%s %s of %s: %q", r.Method, r.URL, r.Header.Get("Content-Type"), body)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	p := sim.NewPoster(server.URL + "/")
	t.Cleanup(p.Close)

	answer = `{"accepted":7,"late":1,"duplicate":2,"rejected":[{"line":3,"reason":"from the future"}],"rejected_count":4}`
	got, err := p.Report(t.Context(), "vehicles", []byte("{}\n"))
	want := sim.Outcome{Accepted: 7, Late: 1, Duplicate: 2, Rejected: 4, Faults: []sim.Fault{{Line: 3, Reason: "from the future"}}}
	if diff := cmp.Diff(got, want); diff != "" || err != nil {
		t.Errorf("error %v, outcome (-got +want):\n%s", err, diff)
	}
	answer = "<html>"
	if _, err := p.Report(t.Context(), "vehicles", []byte("{}\n")); err == nil {
		t.Error("an answer that is no JSON was taken")
	}
	answer, status = "busy", http.StatusServiceUnavailable
	if _, err := p.Report(t.Context(), "vehicles", []byte("{}\n")); err == nil || !strings.Contains(err.Error(), "503: busy") {
		t.Errorf("error %v", err)
	}
}

// api answers as a city with 100 pipelines, of which every other is gone, and 40
// components.
func api(t *testing.T, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	layer, _ := strings.CutPrefix(r.URL.Path, "/ogc/collections/")
	last := map[string]int{"pipeline/items": 100, "component/items": 40, "road/items": 1}[layer]
	feature := func(id int) {
		switch layer {
		case "pipeline/items":
			fmt.Fprintf(w, "\x1e{\"type\":\"Feature\",\"id\":%d,\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[121,31],[121.5,31],[122,31]]},\"properties\":{\"medium\":\"gas\"}}\n", id)
		case "component/items":
			fmt.Fprintf(w, "\x1e{\"type\":\"Feature\",\"id\":%d,\"geometry\":{\"type\":\"Point\",\"coordinates\":[121,%v]},\"properties\":{\"class\":\"0103\"}}\n", id, float64(id)/100)
		default:
			fmt.Fprint(w, "\x1e{\"type\":\"Feature\",\"id\":1,\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[121,31],[122,31]]},\"properties\":{\"class\":\"primary\",\"oneway\":true,\"district\":null}}\n")
			fmt.Fprint(w, "\x1e{\"type\":\"Feature\",\"id\":2,\"geometry\":null,\"properties\":{}}\n")
		}
	}
	switch list, ok := strings.CutPrefix(r.FormValue("filter"), "id IN ("); {
	case r.FormValue("f") != "geojsonseq":
		t.Errorf("asked for %s", r.URL)
	case ok:
		for text := range strings.SplitSeq(strings.TrimSuffix(list, ")"), ",") {
			var id int
			if _, err := fmt.Sscan(text, &id); err != nil || id < 1 || id > last {
				t.Errorf("asked for id %q of %s", text, layer)
			}
			if layer != "pipeline/items" || id%2 == 0 {
				feature(id)
			}
		}
	case last > 0:
		feature(last)
	}
}

func TestCity(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { api(t, w, r) }))
	t.Cleanup(server.Close)
	city := sim.NewCity(server.URL)
	t.Cleanup(city.Close)
	roads, err := city.Roads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(roads) != 1 || roads[0].Class != "primary" || !roads[0].Oneway || roads[0].District != "" || len(roads[0].Line) != 2 {
		t.Errorf("roads %+v", roads)
	}
	for _, n := range []int{0, 10, 60, 90} {
		sites, err := city.Sites(t.Context(), n, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(sites) != n {
			t.Errorf("%d sites, want %d", len(sites), n)
		}
		gas := 0
		for _, s := range sites {
			if s.Medium == "gas" {
				gas++
			}
		}
		if want := max(n/2, n-40); gas != want {
			t.Errorf("%d of %d sites are at pipelines, want %d", gas, n, want)
		}
		again, err := city.Sites(t.Context(), n, 1)
		if diff := cmp.Diff(again, sites); diff != "" || err != nil {
			t.Errorf("error %v; the same seed draws others (-got +want):\n%s", err, diff)
		}
	}
}

func TestCityThatIsNotThere(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]error{"": layers.ErrNotFound, "no JSON": nil} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
		city := sim.NewCity(server.URL)
		if _, err := city.Sites(t.Context(), 5, 1); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("answered %q: error %v", answer, err)
		}
		city.Close()
		server.Close()
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
	t.Cleanup(server.Close)
	city := sim.NewCity(server.URL)
	t.Cleanup(city.Close)
	if _, err := city.Roads(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error %v", err)
	}
}
