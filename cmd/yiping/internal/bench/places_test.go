package bench_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
)

// items answers as a layer of points with the ids 1 to 1000, of which the odd
// ones are gone: feature n is at n thousandths of a degree.
func items(t *testing.T) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ogc/collections/component/items" {
			http.NotFound(w, r) //nolint:forbidigo // a foreign server
			return
		}
		feature := func(id int) string {
			return fmt.Sprintf(`{"type": "Feature", "id": %d, "geometry": {"type": "Point", "coordinates": [%v, 0]}, "properties": {}}`, id, float64(id)/1000)
		}
		var features []string
		if r.FormValue("sortby") == "-id" && r.FormValue("limit") == "1" {
			features = append(features, feature(1000))
		} else {
			list, ok := strings.CutPrefix(r.FormValue("filter"), "id IN (")
			if !ok {
				t.Errorf("filter %q", r.FormValue("filter"))
			}
			for text := range strings.SplitSeq(strings.TrimSuffix(list, ")"), ",") {
				var id int
				if _, err := fmt.Sscan(text, &id); err != nil || id < 1 || id > 1000 {
					t.Errorf("asked for %q", text)
				}
				if id%2 == 0 {
					features = append(features, feature(id))
				}
			}
		}
		fmt.Fprintf(w, `{"type": "FeatureCollection", "features": [%s]}`, strings.Join(features, ","))
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	c := serve(t, 1, items(t))
	places, err := bench.Places(t.Context(), c, "component", 600, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(places) < 200 || len(places) > 400 {
		t.Errorf("%d places, want about half of 600", len(places))
	}
	west := 0
	for _, p := range places {
		if p[0] < 0 || p[0] > 1 || p[1] != 0 {
			t.Errorf("place %v", p)
		}
		if p[0] < 0.5 {
			west++
		}
	}
	if west*3 < len(places) || west*3 > len(places)*2 {
		t.Errorf("%d of %d places are in one half", west, len(places))
	}
	again, err := bench.Places(t.Context(), c, "component", 600, 1)
	if diff := cmp.Diff(again, places); diff != "" || err != nil {
		t.Errorf("the same seed gives other places: %v\n%s", err, diff)
	}
}

func TestPlacesOfNothing(t *testing.T) {
	t.Parallel()
	c := serve(t, 1, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"type": "FeatureCollection", "features": []}`))
	})
	places, err := bench.Places(t.Context(), c, "component", 600, 1)
	if diff := cmp.Diff(places, []orb.Point(nil)); diff != "" || err != nil {
		t.Errorf("error %v, places:\n%s", err, diff)
	}
}

func TestPlacesFail(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(http.NotFoundHandler())
	broken.Close()
	for name, c := range map[string]*bench.Client{
		"no such layer": serve(t, 1, items(t)),
		"not JSON":      serve(t, 1, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }),
		"no server":     bench.NewClient(broken.URL, 1),
	} {
		if places, err := bench.Places(t.Context(), c, "road", 600, 1); err == nil {
			t.Errorf("%s: %d places and no error", name, len(places))
		}
	}
}
