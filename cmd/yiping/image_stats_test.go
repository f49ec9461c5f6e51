package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/api"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// statsQueries are of buildings, with whether the image can answer.
func statsQueries() map[string]bool {
	return map[string]bool{
		"": true,
		"by=city,district,street,village&measures=count":                                       true,
		"by=street,use&measures=count,sum:floors,mean:floors,min:height_metres,sum:floor_area": true,
		"by=floors,built_year,district&per=km2,head":                                           true,
		"by=use&filter=floors > 2":                                                             true,
		"by=street,use&filter=use = 'office' AND street IS NOT NULL&per=km2":                   true,
		"by=district&filter=S_INTERSECTS(geom, BBOX(121, 31, 121.0025, 31.0015))":              true,
		"by=district&filter=floors > 1000":                                                     true,
		"filter=floors > 1000":                                                                 true,
		"by=district&measures=area_m2":                                                         false,
		"by=name":                                                                              false,
		"by=district&filter=code LIKE 'b%25'":                                                  false,
	}
}

// askedStats counts how often the database is asked for statistics and regions.
type askedStats struct {
	api.StatsStore
	stats, regions atomic.Int64
}

func (s *askedStats) Stats(ctx context.Context, q *layers.StatsQuery) (*layers.StatsCells, error) {
	s.stats.Add(1)
	return s.StatsStore.Stats(ctx, q)
}

func (s *askedStats) Regions(ctx context.Context) ([]layers.Region, error) {
	s.regions.Add(1)
	return s.StatsStore.Regions(ctx)
}

// serveStats serves the statistics of a store alone.
func serveStats(t *testing.T, store api.StatsStore) string {
	t.Helper()
	mux := http.NewServeMux()
	api.RegisterStats(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				p := problemOf(err)
				w.WriteHeader(p.Status)
				_, _ = w.Write([]byte(p.Detail))
			}
		})
	}, store)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// withoutCut is the answer but for the state of the database that it is of.
func withoutCut(t *testing.T, address string) map[string]any {
	t.Helper()
	got := ask(t, "GET", address, nil)
	var answer map[string]any
	if err := json.Unmarshal(got.body, &answer); err != nil {
		return map[string]any{"status": got.status, "body": string(got.body)}
	}
	delete(answer, "cut")
	return answer
}

// Whatever is asked, the answer is that of the database; and the database is asked
// only for what no image knows.
func TestStatsFromImagesEqualSQL(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, client := postgistest.Open(t, address), postgistest.Conn(t, address)
	sql := func(text string) {
		t.Helper()
		if _, err := client.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	fillStats(sql)
	sql("UPDATE city.building SET height_metres = floors * 3.25, built_year = 1990 + floors WHERE floors <> 5")
	images := benchImages{}
	for _, name := range []string{"district", "street", "village", "building"} {
		images[name] = imageOf(t, store, name)
	}
	database := &askedStats{StatsStore: store}
	fromImage, fromSQL := serveStats(t, newImageStats(database, images, slog.New(slog.DiscardHandler))), serveStats(t, store)
	compare := func() {
		t.Helper()
		for text, kept := range statsQueries() {
			query, err := url.ParseQuery(text)
			if err != nil {
				t.Fatal(err)
			}
			before := database.stats.Load()
			path := "/stats/building?" + query.Encode()
			if diff := cmp.Diff(withoutCut(t, fromImage+path), withoutCut(t, fromSQL+path)); diff != "" {
				t.Errorf("%s (-image +SQL):\n%s", text, diff)
			}
			if asked := database.stats.Load() > before; asked == kept {
				t.Errorf("%s: the database was asked: %v", text, asked)
			}
		}
	}
	compare()
	if n := database.regions.Load(); n != 1 {
		t.Errorf("the database was asked %d times for regions that have not changed", n)
	}

	sql("UPDATE city.building SET floors = 7, use = 'public' WHERE code IN ('b1', 'b8')")
	sql("DELETE FROM city.building WHERE code = 'b0'")
	sql("UPDATE city.district SET name = '新区' WHERE code = '1'")
	changed(t, store, images["building"])
	changed(t, store, images["district"])
	compare()
	if n := database.regions.Load(); n != 2 {
		t.Errorf("the database was asked %d times for regions, want once more after a change", n)
	}
}

func imageOf(t *testing.T, store *postgis.Store, name string) *image.Image {
	t.Helper()
	l, err := store.Catalog().Layer(name)
	if err != nil {
		t.Fatal(err)
	}
	i, err := buildImage(t.Context(), store, l)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// changed brings an image of few features up to date.
func changed(t *testing.T, store *postgis.Store, i *image.Image) {
	t.Helper()
	b := i.NewBatch()
	ids := make([]int64, 20)
	for n := range ids {
		ids[n] = int64(n + 1)
	}
	if err := store.ReadChanged(t.Context(), i.Layer(), ids, b); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Apply(b, layers.Cut{}, ""); err != nil {
		t.Fatal(err)
	}
}

// The regions are read before anybody asks, and again when one has changed.
func TestRegionsAreReadAhead(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	client := postgistest.Conn(t, address)
	_, m := serveStore(t, postgistest.Open(t, address))
	fillStats(func(text string) {
		t.Helper()
		if _, err := client.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	})
	awaitImages(t, m)
	read := make(chan struct{}, 10)
	database := &toldRegions{m.store, read}
	s := newImageStats(database, m.set, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx, &m.news) }()
	<-read
	if _, err := client.Exec(t.Context(), "UPDATE city.district SET name = '新区' WHERE code = '1'"); err != nil {
		t.Fatal(err)
	}
	<-read
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	all, err := s.namedRegions(t.Context())
	if err != nil || len(read) > 0 {
		t.Errorf("regions that were read were asked for %d times again, error %v", len(read), err)
	}
	if !slices.ContainsFunc(all, func(r layers.Region) bool { return r.Name == "新区" }) {
		t.Errorf("the regions lack the new name: %v", all)
	}
}

// toldRegions tells when the database is asked for regions.
type toldRegions struct {
	api.StatsStore
	read chan<- struct{}
}

func (s *toldRegions) Regions(ctx context.Context) ([]layers.Region, error) {
	all, err := s.StatsStore.Regions(ctx)
	s.read <- struct{}{}
	return all, err
}
