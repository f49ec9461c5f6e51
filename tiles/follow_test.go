package tiles_test

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles"
)

// Whatever is asked while a layer changes, in the end every tile of the cache is
// what a new one would be. Run it with -race.
func TestCacheFollowsChanges(t *testing.T) {
	t.Parallel()
	rows := lamps(2000)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	e := w.engine()
	var ids []geo.TileID
	for _, f := range rows[:60] {
		for z := geo.Zoom(12); z <= 15; z++ {
			ids = append(ids, geo.TileAt(f.geometry.(orb.Point), z))
		}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			s, r := newServer(e), rand.New(rand.NewPCG(1, uint64(i)))
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := s.get(t, "/tiles/lamp/"+ids[r.IntN(len(ids))].String()+".mvt"); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(9, 9))
	for range 100 {
		f := rows[r.IntN(len(rows))]
		if r.IntN(3) == 0 {
			w.apply(t, e, "lamp", nil, f.id)
			continue
		}
		f.geometry = rows[r.IntN(60)].geometry
		f.values = map[string]any{"state": []any{"ok", "broken"}[r.IntN(2)], "synthetic": r.IntN(200) == 0}
		w.apply(t, e, "lamp", []feature{f})
	}
	close(done)
	wg.Wait()
	s, q := newServer(e), tiles.Whole(w.images["lamp"].Layer())
	for _, id := range ids {
		got, err := s.get(t, "/tiles/lamp/"+id.String()+".mvt")
		if err != nil {
			t.Fatal(err)
		}
		want, err := e.Tile(t.Context(), q, id)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Body.Bytes(), want) {
			t.Errorf("tile %v of the cache is not what it would be now", id)
		}
	}
}
