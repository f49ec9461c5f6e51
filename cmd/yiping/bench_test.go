package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/cmd/yiping/internal/bench"
	"yiping/layers"
	"yiping/layers/postgis/postgistest"
)

func newBench(command benchTilesCommand) *benchTiles {
	return &benchTiles{command: &command, log: slog.New(slog.DiscardHandler)}
}

func smallBench() benchTilesCommand {
	return benchTilesCommand{
		Engine: []string{"image", "postgis"}, Layers: []string{"component", "road"},
		Tiles: 60, Seed: 1, Connections: 2, MinZoom: 12, MaxZoom: 16, Limit: time.Hour,
	}
}

// Every engine answers every tile of every phase, and the city is afterwards what
// it was before.
func TestBenchTiles(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, client := postgistest.Open(t, address), postgistest.Conn(t, address)
	_, err := client.Exec(t.Context(), `INSERT INTO city.component (code, class, state, geom)
		SELECT n, lpad((n % 7)::text, 5, '0'), '完好', ST_SetSRID(ST_MakePoint(121 + n % 97 / 1000.0, 31 + n % 89 / 1000.0), 4326)
		FROM generate_series(1, 5000) AS n`)
	if err != nil {
		t.Fatal(err)
	}
	content := func() (sum string) {
		t.Helper()
		err := client.QueryRow(t.Context(), "SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM city.component c").Scan(&sum)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := content()
	b := newBench(smallBench())
	if err := b.engines(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	if b.failed > 0 {
		t.Errorf("%d requests failed, the first: %v", b.failed, b.first)
	}
	got := map[string]int{}
	for _, r := range b.report.Results {
		if r.Zoom == nil {
			got[r.Engine+" "+r.Phase] = r.Tiles
		}
		if r.Tiles > 0 && (r.Max <= 0 || r.P50 > r.Max) {
			t.Errorf("result %+v", r)
		}
	}
	want := map[string]int{
		"image cold": 60, "image warm": 60, "image filtered": 60, "image updated": 60, "image quiet": 60, "image changing": 60,
		"postgis cold": 60, "postgis warm": 60,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("tiles by phase (-got +want):\n%s", diff)
	}
	figures := map[string]bool{}
	for _, f := range b.report.Figures {
		figures[strings.TrimSpace(f.Engine+" "+f.Figure+" "+f.Layer)] = true
		if f.Value <= 0 {
			t.Errorf("figure %+v", f)
		}
	}
	for _, name := range []string{
		"image build component", "image restore component", "image memory component", "image snapshot component", "image resident",
		"image apply_10000_p50 component", "image stats_cold_p50 component", "postgis stats_warm_max component",
	} {
		if !figures[name] {
			t.Errorf("there is no figure %q among %v", name, figures)
		}
	}
	if after := content(); after != before {
		t.Error("the benchmark has changed the city")
	}
}

// A server that answers badly makes the benchmark fail, with its words.
func TestBenchOfABadServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/ogc/") {
			fmt.Fprint(w, `{"type": "FeatureCollection", "features": [{"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "Point", "coordinates": [121, 31]}}]}`)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, "too tired")
	}))
	t.Cleanup(server.Close)
	b := newBench(smallBench())
	if err := b.server(t.Context(), "server", server.URL); err != nil {
		t.Fatal(err)
	}
	status, ok := errors.AsType[*bench.StatusError](b.first)
	if !ok || status.Status != http.StatusServiceUnavailable || !strings.Contains(status.Error(), "too tired") || b.failed == 0 {
		t.Errorf("%d faults, the first: %v", b.failed, b.first)
	}
	command := smallBench()
	command.URL = server.URL
	var figures strings.Builder
	if err := command.print(t.Context(), &Globals{LogLevel: slog.LevelError}, &figures); !errors.Is(err, errBench) {
		t.Errorf("error %v, want one that says that requests failed", err)
	}
	if !strings.Contains(figures.String(), "cold") {
		t.Errorf("there are no figures: %q", figures.String())
	}
}

// A filter that came before in a run would be answered from memory.
func TestBenchFiltersDiffer(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		seen := map[string]int{}
		for n := range filteredTiles + statsFilters {
			f := benchFilter(seed, n)
			if before, ok := seen[f]; ok {
				t.Fatalf("seed %d: filters %d and %d are both %q", seed, before, n, f)
			}
			seen[f] = n
		}
	}
}

func TestBenchOfNothing(t *testing.T) {
	t.Parallel()
	store := postgistest.New(t)
	if err := newBench(smallBench()).engines(t.Context(), store); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("an empty city: error %v", err)
	}
	unknown := smallBench()
	unknown.Layers = []string{"dragons"}
	if err := newBench(unknown).engines(t.Context(), store); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("an unknown layer: error %v", err)
	}
}

func TestBenchFlags(t *testing.T) {
	t.Parallel()
	for field, wrong := range map[string]func(*benchTilesCommand){
		"--tiles":       func(c *benchTilesCommand) { c.Tiles = 0 },
		"--connections": func(c *benchTilesCommand) { c.Connections = 0 },
		"--min-zoom":    func(c *benchTilesCommand) { c.MinZoom = 17 },
		"--limit":       func(c *benchTilesCommand) { c.Limit = 0 },
	} {
		c := smallBench()
		wrong(&c)
		if fault, ok := errors.AsType[*layers.InputError](c.Run(t.Context(), &Globals{})); !ok || fault.Field != field {
			t.Errorf("%s: %v", field, fault)
		}
	}
}
