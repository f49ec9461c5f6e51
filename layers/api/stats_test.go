package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/api"
)

// fakeStats answers every query with the same cells.
type fakeStats struct {
	api.StatsStore
	cells []layers.StatsCell
}

func (f fakeStats) Catalog() *layers.Catalog {
	return layers.NewCatalog([]*layers.Layer{{Name: "thing", Geometry: layers.AnyGeometry, Properties: []layers.Property{
		{Name: "kind", Type: layers.String}, {Name: "size", Type: layers.Number}, {Name: "n", Type: layers.Integer},
	}}})
}

func (f fakeStats) Sources(context.Context) (map[string][]layers.Source, error) {
	return map[string][]layers.Source{"thing": {{Synthetic: true}}}, nil
}

func (f fakeStats) Stats(context.Context, *layers.StatsQuery) (*layers.StatsCells, error) {
	return &layers.StatsCells{Cells: f.cells}, nil
}

func (f fakeStats) RegionsAt(context.Context, float64, float64) (*layers.RegionChain, error) {
	return &layers.RegionChain{}, nil
}

func (f fakeStats) Regions(context.Context) ([]layers.Region, error) { return nil, nil }

// askStats asks the handlers; err is what the handler returned.
func askStats(store api.StatsStore, target *url.URL) (w *httptest.ResponseRecorder, err error) {
	mux := http.NewServeMux()
	api.RegisterStats(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { err = h(w, r) })
	}, store)
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: target, Header: http.Header{}})
	return w, err
}

// Whatever the cells are, the parts of a region add up to it, and each level to
// the one above.
func TestLevelsAddUp(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		store := fakeStats{}
		seen := map[layers.Regions]bool{}
		for range r.IntN(200) {
			// Codes as the database has them: a village's street may be missing.
			code := func() string { return []string{"", "1", "2", "3"}[r.IntN(4)] }
			at := layers.Regions{District: code(), Street: code(), Village: code()}
			if seen[at] {
				continue
			}
			seen[at] = true
			store.cells = append(store.cells, layers.StatsCell{Regions: at, Count: r.Int64N(1000), Tallies: []layers.Tally{{N: r.Int64N(3), Sum: float64(r.IntN(100)), Min: r.Float64(), Max: r.Float64()}}})
		}
		w, err := askStats(store, &url.URL{Path: "/stats/thing", RawQuery: "by=city,district,street,village&measures=count,sum:n"})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Mark   string
			Levels []struct {
				Level  string
				Groups []struct {
					Regions  map[string]*struct{ Code string }
					Measures map[string]*float64
				}
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Mark != "合成数据" {
			t.Errorf("generated data is marked %q", answer.Mark)
		}
		columns := []string{"city", "district", "street", "village"}
		sums := func(level int, down int) map[string]float64 {
			all := map[string]float64{}
			for _, g := range answer.Levels[level].Groups {
				key := ""
				for _, c := range columns[1 : down+1] {
					if region := g.Regions[c]; region != nil {
						key += c + region.Code
					}
					key += "/"
				}
				for name, v := range g.Measures {
					if v != nil {
						all[key+name] += *v
					}
				}
			}
			return all
		}
		for level := 1; level < len(columns); level++ {
			if diff := cmp.Diff(sums(level, level-1), sums(level-1, level-1)); diff != "" {
				t.Errorf("seed %d: %s does not add up to %s:\n%s", seed, columns[level], columns[level-1], diff)
			}
		}
	}
}

func TestStatsBound(t *testing.T) {
	store := fakeStats{cells: make([]layers.StatsCell, layers.MaxStatsGroups+1)}
	for i := range store.cells {
		store.cells[i] = layers.StatsCell{Properties: []any{strconv.Itoa(i)}, Count: 1}
	}
	target := &url.URL{Path: "/stats/thing", RawQuery: "by=kind"}
	var input *layers.InputError
	if _, err := askStats(store, target); !errors.As(err, &input) || input.Field != "by" {
		t.Errorf("too many groups give %v", err)
	}
	store.cells = store.cells[1:]
	if _, err := askStats(store, target); err != nil {
		t.Errorf("as many groups as may be give %v", err)
	}
}

// Whatever is asked gets an answer that is JSON or CSV, or an InputError.
func FuzzStats(f *testing.F) {
	for _, query := range []string{
		"", "by=city,district,kind&measures=count,sum:n,mean:size,area_m2,length_metres&per=km2,head", "by=n&f=csv",
		"filter=size%20%3E%205&filter-lang=cql2-text", "by=,&measures=:", "measures=sum:", "%zz", "by=kind&by=n",
		"filter-crs=gcj02&filter=S_INTERSECTS(geom,POINT(121%2031))",
	} {
		f.Add("/stats/thing", query)
	}
	f.Add("/regions", "point=121,31&crs=gcj02")
	f.Add("/regions", "point=NaN,1e999")
	f.Fuzz(func(t *testing.T, path, query string) {
		if path != "/regions" {
			path = "/stats/thing"
		}
		_, err := askStats(fakeStats{}, &url.URL{Path: path, RawQuery: query})
		var input *layers.InputError
		if err != nil && !errors.As(err, &input) {
			t.Errorf("%s?%s: %v", path, query, err)
		}
	})
}
