package tiles_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles"
)

// dense are lamps as dense as the components of a city are: 40 on a hectare.
func dense(n int) []feature {
	r := rand.New(rand.NewPCG(7, 8))
	side := math.Sqrt(float64(n)/40) / 1000 // degrees; a hectare is a thousandth a side
	all := lamps(n)
	for i := range all {
		all[i].geometry = orb.Point{121.5 + (r.Float64()-0.5)*side, 31.2 + (r.Float64()-0.5)*side}
	}
	return all
}

// go test -run '^$' -bench BenchmarkTile ./tiles
func BenchmarkTile(b *testing.B) {
	w := newWorld(b, map[string][]feature{"lamp": dense(1_000_000)})
	e := w.engine()
	q := tiles.Whole(w.images["lamp"].Layer())
	for _, z := range []geo.Zoom{9, 12, 14, 15, 16, 17} {
		b.Run(fmt.Sprint("zoom=", z), func(b *testing.B) {
			id := geo.TileAt(orb.Point{121.5, 31.2}, z)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Tile(b.Context(), q, id); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// go test -run '^$' -bench BenchmarkCachedTile ./tiles
func BenchmarkCachedTile(b *testing.B) {
	w := newWorld(b, map[string][]feature{"lamp": dense(100_000)})
	s := newServer(w.engine())
	for _, tt := range []struct{ name, parameters string }{{"plain", ""}, {"filtered", "?filter=state='ok'%20AND%20watts%20%3E%2010"}} {
		b.Run(tt.name, func(b *testing.B) {
			path := "/tiles/lamp/" + geo.TileAt(orb.Point{121.5, 31.2}, 14).String() + ".mvt" + tt.parameters
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
				r.Header.Set("Accept-Encoding", "gzip")
				s.mux.ServeHTTP(discard{http.Header{}}, r)
				if s.failed != nil {
					b.Fatal(s.failed)
				}
			}
		})
	}
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// The fullest tile there can be, with a point in each of its cells, is not more
// than clients can take at once.
func TestFullestTile(t *testing.T) {
	t.Parallel()
	rows := dense(150_000)
	s := newServer(newWorld(t, map[string][]feature{"lamp": rows}).engine())
	w, err := s.get(t, "/tiles/lamp/"+geo.TileAt(orb.Point{121.5, 31.2}, 13).String()+".mvt", "Accept-Encoding", "gzip")
	if err != nil {
		t.Fatal(err)
	}
	size := w.Body.Len()
	if size < 250_000 || size > 500_000 {
		t.Errorf("the fullest tile has %d bytes", size)
	}
}

// The allocation of a cached hit does not grow with the tile.
func TestCachedTilesAllocateLittle(t *testing.T) {
	rows := dense(50_000)
	s := newServer(newWorld(t, map[string][]feature{"lamp": rows}).engine())
	measure := func(z geo.Zoom) (size int, bytesPerHit uint64) {
		path := "/tiles/lamp/" + here(rows[0], z)
		w, err := s.get(t, path, "Accept-Encoding", "gzip")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		const runs = 100
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			s.mux.ServeHTTP(discard{http.Header{}}, r)
		}
		runtime.ReadMemStats(&after)
		return w.Body.Len(), (after.TotalAlloc - before.TotalAlloc) / runs
	}
	size, large := measure(14)
	_, small := measure(20)
	if size < 100_000 {
		t.Fatalf("the large tile has %d bytes only", size)
	}
	if large > small+256 {
		t.Errorf("a hit allocates %d bytes for a tile of %d, %d for a small one", large, size, small)
	}
}
