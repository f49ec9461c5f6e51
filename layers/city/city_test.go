package city_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/city"
)

func TestNewRefuses(t *testing.T) {
	square := orb.MultiPolygon{{{{121, 31}, {121.1, 31}, {121.1, 31.1}, {121, 31.1}, {121, 31}}}}
	district := func(code string, mp orb.MultiPolygon) *city.Base {
		return &city.Base{Districts: []city.Area{{Code: code, Name: "东区", Geometry: mp}}}
	}
	many := &city.Base{}
	for i := range 251 {
		many.Districts = append(many.Districts, city.Area{Code: fmt.Sprint(100000 + i), Geometry: square})
	}
	tests := []struct {
		name string
		base *city.Base
		cfg  city.Config
		want string
	}{
		{"no scale", tinyBase(), city.Config{}, "scale: is 0; it must be above 0 and at most 1"},
		{"negative scale", tinyBase(), city.Config{Scale: -1}, "scale: is -1; it must be above 0 and at most 1"},
		{"scale above 1", tinyBase(), city.Config{Scale: 1.5}, "scale: is 1.5; it must be above 0 and at most 1"},
		{"scale not a number", tinyBase(), city.Config{Scale: math.NaN()}, "scale: is NaN; it must be above 0 and at most 1"},
		{"no base", nil, city.Config{Scale: 1}, "city: the base map has no districts; nothing can be placed without them"},
		{"no districts", &city.Base{}, city.Config{Scale: 1}, "city: the base map has no districts; nothing can be placed without them"},
		{"short code", district("12", square), city.Config{Scale: 1}, `city: district "东区" has the code "12"; codes must have six digits and be unique`},
		{"letters in a code", district("31010x", square), city.Config{Scale: 1}, `city: district "东区" has the code "31010x"; codes must have six digits and be unique`},
		{"no outline", district("310101", nil), city.Config{Scale: 1}, `city: district "东区" has no outline`},
		{
			"half the world", district("310101", orb.MultiPolygon{{{{0, 0}, {90, 0}, {90, 45}, {0, 45}, {0, 0}}}}),
			city.Config{Scale: 1},
			"city: the districts span 90.0 by 45.0 degrees; a city may have at most 5",
		},
		{
			"not a number", district("310101", orb.MultiPolygon{{{{0, 0}, {math.NaN(), 0}, {1, 1}, {0, 0}}}}),
			city.Config{Scale: 1},
			`city: district "东区" has a corner that is no place on earth`,
		},
		{
			"infinite road", withRoad(orb.LineString{{121.4, 31.2}, {math.Inf(1), 31.2}}),
			city.Config{Scale: 1},
			`city: road "无尽路" has a corner that is no place on earth`,
		},
		{"too many districts", many, city.Config{Scale: 1}, "city: the base map has 251 districts; at most 250 are supported"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := city.New(tt.base, tt.cfg)
			var bad *layers.InputError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want an InputError", err)
			}
			if diff := cmp.Diff(bad.Error(), tt.want); diff != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
}

func withRoad(line orb.LineString) *city.Base {
	b := tinyBase()
	b.Roads = append(b.Roads, city.Road{Name: "无尽路", Class: "primary", Geometry: line})
	return b
}

func TestTooSmallBase(t *testing.T) {
	c, err := city.New(tinyBase(), city.Config{Scale: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range []string{"building", "pipeline", "component", "no such layer"} {
		n := 0
		var last error
		for f, err := range c.Features(layer) {
			n++
			last = err
			if err != nil && f != nil {
				t.Errorf("%s: a feature beside an error", layer)
			}
		}
		var bad *layers.InputError
		if n != 1 || !errors.As(last, &bad) {
			t.Errorf("%s: got %d features and %v, want one InputError", layer, n, last)
		}
	}
}

func TestTinyCity(t *testing.T) {
	t.Parallel()
	checkCity(t, tinyBase(), tinyScale)
}

// checkCity checks what must hold in every city.
func checkCity(t *testing.T, base *city.Base, scale float64) {
	t.Helper()
	tt := testCity{base: base, scale: scale, city: mustCity(t, base, city.Config{Scale: scale, Seed: 1})}
	tt.terrain = newTerrain(t, base, tt.city)
	for _, c := range []struct {
		name  string
		check func(*testing.T, testCity)
	}{
		{"schema and figures", checkSchema},
		{"buildings", checkBuildings},
		{"curtain walls", checkCurtainWalls},
		{"plots", checkPlots},
		{"pipelines", checkPipelines},
		{"components", checkComponents},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, tt) })
	}
}

// checkFigures checks that each layer has exactly the published number of features.
func checkFigures(t *testing.T, tt testCity, got map[string]int) {
	t.Helper()
	base := tt.base
	want := map[string]int{
		"district": len(base.Districts), "street": len(base.Streets), "village": len(base.Villages),
		"water": len(base.Water), "metro_line": len(base.MetroLines), "metro_station": len(base.MetroStations),
		"place":             len(base.Places),
		"heritage":          int(math.Round(tt.scale * 3_000)),
		"building":          int(math.Round(tt.scale * 1_000_000)),
		"curtain_wall":      int(math.Round(tt.scale * 13_000)),
		"compound":          int(math.Round(tt.scale * 14_000)),
		"construction_site": int(math.Round(tt.scale * 5_000)),
		"component":         int(math.Round(tt.scale * 14_950_000)),
	}
	for _, layer := range tt.city.Layers() {
		if expected := tt.city.Expected(layer); got[layer] != expected {
			t.Errorf("%s: %d features, but Expected says %d", layer, got[layer], expected)
		}
		if n, ok := want[layer]; ok && got[layer] != n {
			t.Errorf("%s: %d features, want %d", layer, got[layer], n)
		}
	}
}

// checkSchema checks that features fit the definition of their layer and say where
// they come from, and how many there are.
func checkSchema(t *testing.T, tt testCity) {
	t.Helper()
	standard, err := layers.Standard()
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]layers.Source{}
	for _, s := range tt.city.Sources() {
		sources[s.Name] = s
	}
	names := make([]string, 0, len(standard))
	counts := map[string]int{}
	for _, layer := range standard {
		names = append(names, layer.Name)
		codes := map[string]bool{}
		for f, err := range tt.city.Features(layer.Name) {
			if err != nil {
				t.Fatalf("%s: %v", layer.Name, err)
			}
			counts[layer.Name]++
			if err := fits(layer, f); err != nil {
				t.Fatalf("%s %s: %v", layer.Name, f.Code, err)
			}
			code := f.Code
			if code == "" {
				code = f.SourceID
			}
			if codes[code] {
				t.Fatalf("%s: code %q is there twice", layer.Name, code)
			}
			codes[code] = true
			s, ok := sources[f.Source]
			if !ok {
				t.Fatalf("%s %s: source %q is not among the city's", layer.Name, code, f.Source)
			}
			if s.Synthetic != f.Synthetic {
				t.Fatalf("%s %s: synthetic is %v, but %v for its source", layer.Name, code, f.Synthetic, s.Synthetic)
			}
		}
	}
	if diff := cmp.Diff(tt.city.Layers(), names); diff != "" {
		t.Errorf("layers (-got +want):\n%s", diff)
	}
	checkFigures(t, tt, counts)
}

// fits checks a feature against the definition of its layer.
func fits(l *layers.Layer, f *layers.Feature) error {
	if len(f.Properties) != len(l.Properties) {
		return fmt.Errorf("%d properties, want %d", len(f.Properties), len(l.Properties))
	}
	if got := layers.GeometryType(f.Geometry.GeoJSONType()); l.Geometry != layers.AnyGeometry && got != l.Geometry && "Multi"+got != l.Geometry {
		return fmt.Errorf("geometry %s in a layer of %s", got, l.Geometry)
	}
	if b := f.Geometry.Bound(); math.IsNaN(b.Min[0]+b.Max[0]+b.Min[1]+b.Max[1]) || b.Min[0] < 119 || b.Max[0] > 125 || b.Min[1] < 29 || b.Max[1] > 34 {
		return fmt.Errorf("it lies at %v", b)
	}
	for i, p := range l.Properties {
		v := f.Properties[i]
		if v == nil {
			if p.Required {
				return fmt.Errorf("%s is null", p.Name)
			}
			continue
		}
		var number float64
		ok := false
		switch p.Type {
		case layers.String:
			var s string
			if s, ok = v.(string); ok {
				if limit := p.MaxLength; s == "" || utf8.RuneCountInString(s) > limit && limit > 0 {
					return fmt.Errorf("%s is %q", p.Name, s)
				}
				if len(p.Enum) > 0 && !strings.Contains("|"+strings.Join(p.Enum, "|")+"|", "|"+s+"|") {
					return fmt.Errorf("%s is %q, not one of %v", p.Name, s, p.Enum)
				}
			}
		case layers.Integer:
			var n int64
			n, ok = v.(int64)
			number = float64(n)
		case layers.Number:
			number, ok = v.(float64)
		case layers.Boolean:
			_, ok = v.(bool)
		case layers.Date, layers.DateTime:
			_, ok = v.(time.Time)
		}
		if !ok {
			return fmt.Errorf("%s is %T, want %s", p.Name, v, p.Type)
		}
		if p.Minimum != nil && number < *p.Minimum || p.Maximum != nil && number > *p.Maximum {
			return fmt.Errorf("%s is %v", p.Name, number)
		}
	}
	return nil
}

func TestEqualCitiesAreEqual(t *testing.T) {
	first := fingerprints(t, 7)
	if diff := cmp.Diff(fingerprints(t, 7), first); diff != "" {
		t.Errorf("the same seed again (-got +want):\n%s", diff)
	}
	other := fingerprints(t, 8)
	for _, layer := range []string{"road", "building", "pipeline", "component"} {
		if other[layer] == first[layer] {
			t.Errorf("%s: another seed makes the same", layer)
		}
	}
}

// fingerprints makes all layers of a city at once, each in its own goroutine.
func fingerprints(t *testing.T, seed uint64) map[string]string {
	t.Helper()
	c := mustCity(t, tinyBase(), city.Config{Scale: tinyScale, Seed: seed})
	var mu sync.Mutex
	prints := map[string]string{}
	var group sync.WaitGroup
	for _, layer := range c.Layers() {
		group.Go(func() {
			h := sha256.New()
			for f, err := range c.Features(layer) {
				if err != nil {
					t.Errorf("%s: %v", layer, err)
					return
				}
				addFeature(h, f)
			}
			mu.Lock()
			defer mu.Unlock()
			prints[layer] = fmt.Sprintf("%x", h.Sum(nil)[:8])
		})
	}
	group.Wait()
	return prints
}

func addFeature(h hash.Hash, f *layers.Feature) {
	enc := json.NewEncoder(h)
	for _, part := range []any{f.Code, f.Source, f.SourceID, f.Synthetic, f.Geometry, f.Properties} {
		if err := enc.Encode(part); err != nil {
			panic(err) // all parts are plain values
		}
	}
}

func TestStoppingEarly(t *testing.T) {
	c := mustCity(t, tinyBase(), city.Config{Scale: tinyScale, Seed: 1})
	for _, layer := range c.Layers() {
		n := 0
		for _, err := range c.Features(layer) {
			if err != nil {
				t.Fatalf("%s: %v", layer, err)
			}
			if n++; n == 3 {
				break
			}
		}
	}
}

// BenchmarkCity makes the schematic city:
//
//	go test ./layers/city -run '^$' -bench City -benchtime 1x
func BenchmarkCity(b *testing.B) {
	base, err := city.Schematic()
	if err != nil {
		b.Fatal(err)
	}
	for _, scale := range []float64{0.05, 1} {
		b.Run(fmt.Sprintf("scale=%v", scale), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, err := city.New(base, city.Config{Scale: scale, Seed: 1})
				if err != nil {
					b.Fatal(err)
				}
				for _, layer := range c.Layers() {
					start, n := time.Now(), 0
					for _, err := range c.Features(layer) {
						if err != nil {
							b.Fatal(err)
						}
						n++
					}
					if layer == "component" {
						b.ReportMetric(float64(n)/time.Since(start).Seconds(), "components/s")
					}
				}
				var memory runtime.MemStats
				runtime.ReadMemStats(&memory)
				b.ReportMetric(float64(memory.Sys)/(1<<20), "MB-from-system")
			}
		})
	}
}
