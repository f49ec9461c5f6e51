package place_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/place"
	"yiping/layers"
)

const square = `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[121.485,31.24],[121.487,31.24],[121.487,31.242],[121.485,31.24]]]},
	"properties":{"name":"陈毅广场","name_en":"Chen Yi Square","flow":"standing","usable_m2":1200.5,"capacity":5000,"source":"量测"}}`

// What is written is read as it was.
func TestParse(t *testing.T) {
	within := heatmap.DefaultRules().Bound
	p, err := place.Parse("square", []byte(square), within)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "陈毅广场" || p.Flow != heatmap.Standing || p.Usable != 1200.5 || p.Capacity != 5000 || len(p.Outline) != 1 {
		t.Errorf("the place is %+v", p)
	}
	p.Version = 7
	data, err := json.Marshal(place.FeatureOf(&p))
	if err != nil {
		t.Fatal(err)
	}
	again, err := place.Parse("square", data, within)
	again.Version = 7
	if diff := cmp.Diff(again, p); diff != "" || err != nil {
		t.Errorf("error %v, read again (-got +want):\n%s", err, diff)
	}
}

func TestWrongPlaces(t *testing.T) {
	change := func(old, replacement string) string { return strings.Replace(square, old, replacement, 1) }
	var many strings.Builder
	for i := range place.MaxVertices {
		fmt.Fprintf(&many, "[121.485,%v],", 31.24+float64(i)*1e-6)
	}
	for _, tt := range []struct{ name, id, body, field string }{
		{"no JSON", "square", `{`, "body"},
		{"more", "square", square + square, "body"},
		{"unknown member", "square", change(`"flow"`, `"flows"`), "body"},
		{"no feature", "square", change(`"Feature"`, `"Thing"`), "type"},
		{"no geometry", "square", `{"type":"Feature","properties":{}}`, "geometry"},
		{"a point", "square", `{"type":"Feature","geometry":{"type":"Point","coordinates":[121,31]},"properties":{}}`, "geometry"},
		{"no rings", "square", `{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[]]},"properties":{"name":"x","flow":"moving"}}`, "geometry"},
		{"an open ring", "square", change(`,[121.485,31.24]]]`, `,[121.486,31.241]]]`), "geometry"},
		{"far away", "square", change(`[121.487,31.242]`, `[2.35,48.86]`), "geometry"},
		{"off the Earth", "square", change(`[121.487,31.242]`, `[121.487,131]`), "geometry"},
		{"too small", "square", change(`[121.487,31.24],[121.487,31.242]`, `[121.48501,31.24],[121.48501,31.24001]`), "geometry"},
		{"too large", "square", change(`[121.487,31.24],[121.487,31.242]`, `[122,31.24],[122,31.9]`), "geometry"},
		{"too fine", "square", change(`[121.487,31.24],`, many.String()), "geometry"},
		{"no name", "square", change(`陈毅广场`, ``), "properties.name"},
		{"a long name", "square", change(`陈毅广场`, strings.Repeat("广", 201)), "properties.name"},
		{"a name that PostgreSQL refuses", "square", change(`陈毅广场`, `\u0000`), "properties.name"},
		{"a long English name", "square", change(`Chen Yi Square`, strings.Repeat("x", 201)), "properties.name_en"},
		{"flow", "square", change(`standing`, `flying`), "properties.flow"},
		{"a long source", "square", change(`量测`, strings.Repeat("x", 501)), "properties.source"},
		{"no usable area", "square", change(`1200.5`, `0`), "properties.usable_m2"},
		{"capacity", "square", change(`5000`, `-1`), "properties.capacity"},
		{"capacity", "square", change(`5000`, `1.5`), "body"},
		{"id", "Square", square, "id"},
		{"no id", "", square, "id"},
		{"a long id", strings.Repeat("s", 49), square, "id"},
	} {
		_, err := place.Parse(tt.id, []byte(tt.body), heatmap.DefaultRules().Bound)
		var input *layers.InputError
		if !errors.As(err, &input) || input.Field != tt.field {
			t.Errorf("%s: error %v, want one of %s", tt.name, err, tt.field)
		}
	}
}

func TestFirst(t *testing.T) {
	all, err := place.First(heatmap.DefaultRules().Bound)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d places, error %v", len(all), err)
	}
	for _, p := range all {
		if !strings.Contains(p.Source, "schematic") || p.Capacity != 0 {
			t.Errorf("%s does not say what it is: %q, capacity %d", p.ID, p.Source, p.Capacity)
		}
	}
}

// Whatever comes as a body is a place that can be watched, or is refused as input.
func FuzzParse(f *testing.F) {
	f.Add("square", []byte(square))
	f.Add("x", []byte(`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[1e308,1],[1,1],[1,1],[1e308,1]]]]},"properties":{"usable_m2":1e-300}}`))
	f.Add("x", []byte(`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[null]}}`))
	f.Fuzz(func(t *testing.T, id string, body []byte) {
		p, err := place.Parse(id, body, heatmap.DefaultRules().Bound)
		var input *layers.InputError
		switch {
		case err == nil && !(p.Area() > 0):
			t.Errorf("a place of %v m² is taken", p.Area())
		case err != nil && !errors.As(err, &input):
			t.Errorf("error %v is not of the input", err)
		}
	})
}

// edited is a store whose places change.
type edited struct {
	place.Store
	mu     sync.Mutex
	edits  int64
	places []heatmap.Place
	away   bool
	reads  int
}

var errAway = errors.New("the store is away")

func (e *edited) PlaceEdits(context.Context) (int64, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away {
		return 0, errAway
	}
	return e.edits, nil
}

func (e *edited) Places(context.Context) ([]heatmap.Place, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reads++
	return e.places, nil
}

func (e *edited) change(how func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	how()
}

// Places are read at first and after edits, and at no other time.
func TestFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var set [][]heatmap.Place
		e := &edited{places: []heatmap.Place{{ID: "a"}}, away: true}
		f := place.Follower{Store: e, Set: func(p []heatmap.Place) { set = append(set, p) }, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		later := func() {
			<-time.After(10 * time.Second)
			synctest.Wait()
		}
		later()
		if len(set) != 0 {
			t.Error("places are set that nobody knows")
		}
		e.change(func() { e.away = false })
		later()
		e.change(func() { e.edits, e.places = 4, nil })
		later()
		later()
		if diff := cmp.Diff(set, [][]heatmap.Place{{{ID: "a"}}, nil}); diff != "" || e.reads != 2 {
			t.Errorf("read %d times, set (-got +want):\n%s", e.reads, diff)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
