package cache_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles/internal/cache"
)

// low and high are a tile of a zoom that is made at most once a second and one
// of a zoom that is made whenever it has changed.
func low() geo.TileID  { return geo.TileAt(orb.Point{121.5, 31.2}, cache.LowZoom) }
func high() geo.TileID { return geo.TileAt(orb.Point{121.5, 31.2}, cache.LowZoom+1) }

// here is a box that meets low and high, there is one that meets neither.
func here() []geo.FixedBox { return []geo.FixedBox{high().FixedBox()} }

func there() []geo.FixedBox { return []geo.FixedBox{geo.TileAt(orb.Point{-70, -30}, 18).FixedBox()} }

func key(id geo.TileID) cache.Key { return cache.Key{Tile: id, Form: "form"} }

// works makes bodies that tell how many were made before.
type works struct{ made atomic.Int64 }

func (w *works) work(context.Context) ([]byte, string, error) {
	n := w.made.Add(1)
	return fmt.Append(nil, n), fmt.Sprintf(`"%d"`, n), nil
}

func body(t *testing.T, c *cache.Cache, k cache.Key, work cache.Work) string {
	t.Helper()
	e, err := c.Get(t.Context(), k, []string{"road"}, work)
	if err != nil {
		t.Fatal(err)
	}
	return string(e.Body)
}

func TestTilesAreMadeOnce(t *testing.T) {
	t.Parallel()
	c, w := cache.New(1<<20, time.Minute), &works{}
	other := cache.Key{Tile: high(), Form: "another"}
	got := []string{body(t, c, key(high()), w.work), body(t, c, key(high()), w.work), body(t, c, other, w.work), body(t, c, key(low()), w.work), body(t, c, key(high()), w.work)}
	if diff := cmp.Diff(got, []string{"1", "1", "2", "3", "1"}); diff != "" {
		t.Errorf("bodies (-got +want):\n%s", diff)
	}
	s := c.Stats()
	s.Bytes = 0
	if diff := cmp.Diff(s, cache.Stats{Hits: 2, Misses: 3, Entries: 3}); diff != "" {
		t.Errorf("counts (-got +want):\n%s", diff)
	}
}

func TestInvalidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		change  func(*cache.Cache)
		dropped bool
	}{
		{"elsewhere", func(c *cache.Cache) { c.Invalidate("road", there(), 0) }, false},
		{"another layer", func(c *cache.Cache) { c.Invalidate("water", here(), 0) }, false},
		{"here", func(c *cache.Cache) { c.Invalidate("road", here(), 0) }, true},
		{"all of the world", func(c *cache.Cache) {
			c.Invalidate("road", []geo.FixedBox{geo.TileID{}.FixedBox()}, 0)
		}, true},
		{"the whole layer", func(c *cache.Cache) { c.Drop("road") }, true},
		{"all of another layer", func(c *cache.Cache) { c.Drop("water") }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, w := cache.New(1<<20, time.Minute), &works{}
			body(t, c, key(high()), w.work)
			tt.change(c)
			if got := body(t, c, key(high()), w.work) == "2"; got != tt.dropped {
				t.Errorf("made again: %v, want %v", got, tt.dropped)
			}
		})
	}
}

// A change beside a tile reaches it by its margin and not further, at every
// zoom.
func TestInvalidateKeepsToTheMargin(t *testing.T) {
	t.Parallel()
	for z := geo.Zoom(1); z <= geo.MaxZoom; z++ {
		at := geo.TileAt(orb.Point{121.5, 31.2}, z)
		at.X, at.Y = min(at.X, 1<<z-2), min(at.Y, 1<<z-2) // leave room to the south-east
		box := at.FixedBox()
		side := uint64(box.Max.X-box.Min.X) + 1
		margin := side / 64
		for _, d := range []struct {
			distance uint64
			want     bool
		}{{0, true}, {margin - 1, true}, {margin, true}, {margin + 1, false}} {
			for _, axis := range []string{"x", "y"} {
				p := geo.Fixed{X: box.Min.X, Y: box.Min.Y}
				if axis == "x" {
					p.X = uint32(uint64(box.Max.X) + d.distance)
				} else {
					p.Y = uint32(uint64(box.Max.Y) + d.distance)
				}
				c, w := cache.New(1<<20, time.Minute), &works{}
				e, err := c.Get(t.Context(), key(at), []string{"road"}, w.work)
				if err != nil {
					t.Fatal(err)
				}
				c.Invalidate("road", []geo.FixedBox{{Min: p, Max: p}}, 4096/64)
				if e.Stale() != d.want {
					t.Errorf("zoom %d: a change %d units beyond in %s of a margin of %d: stale %v", z, d.distance, axis, margin, e.Stale())
				}
			}
		}
	}
}

func TestLowZoomsAreMadeOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := cache.New(1<<20, time.Minute), &works{}
		var got []string
		for range 8 { // changes all the time, asked for all the time
			got = append(got, body(t, c, key(low()), w.work))
			c.Invalidate("road", here(), 0)
			<-time.After(cache.Interval / 4)
		}
		if diff := cmp.Diff(got, []string{"1", "1", "1", "1", "2", "2", "2", "2"}); diff != "" {
			t.Errorf("bodies (-got +want):\n%s", diff)
		}
		if s := c.Stats(); s.StaleHits != 6 {
			t.Errorf("%d stale hits were counted, want 6", s.StaleHits)
		}
		<-time.After(time.Hour)
		c.Invalidate("road", here(), 0)
		if got := body(t, c, key(low()), w.work); got != "3" {
			t.Errorf("after a calm hour a change is seen at once: got %s, want 3", got)
		}
	})
}

// slow work begins, says so and ends when it is told to.
type slow struct {
	began chan context.Context
	end   chan error
}

func newSlow() *slow { return &slow{make(chan context.Context, 10), make(chan error)} }

func (s *slow) work(ctx context.Context) ([]byte, string, error) {
	s.began <- ctx
	select {
	case err := <-s.end:
		return []byte("slow"), `"slow"`, err
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
}

func TestTileThatRacedWithAChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, w := cache.New(1<<20, time.Minute), newSlow(), &works{}
		before := make(chan string)
		go func() { before <- body(t, c, key(high()), s.work) }()
		<-s.began
		c.Invalidate("road", here(), 0)
		// Who asks after the change does not join what began before it.
		if got := body(t, c, key(high()), w.work); got != "1" {
			t.Errorf("asked after the change, got %q", got)
		}
		s.end <- nil
		if got := <-before; got != "slow" {
			t.Errorf("asked before the change, got %q", got)
		}
		if got := body(t, c, key(high()), w.work); got != "1" {
			t.Errorf("the tile of before the change replaced the one of after: %q", got)
		}
	})
}

func TestOneFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(1<<20, time.Minute), newSlow()
		first, leaveFirst := context.WithCancel(t.Context())
		results := make(chan error, 10)
		ask := func(ctx context.Context) {
			_, err := c.Get(ctx, key(high()), []string{"road"}, s.work)
			results <- err
		}
		go ask(first)
		flight := <-s.began
		for range 3 {
			go ask(t.Context())
		}
		synctest.Wait()
		leaveFirst()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		if flight.Err() != nil {
			t.Error("the work was stopped though others wait")
		}
		s.end <- nil
		for range 3 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if len(s.began) != 0 {
			t.Errorf("%d flights more", len(s.began))
		}
	})
}

func TestLastToLeaveStopsTheWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s, w := cache.New(1<<20, time.Minute), newSlow(), &works{}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { _, _ = c.Get(ctx, key(high()), []string{"road"}, s.work) })
		}
		flight := <-s.began
		synctest.Wait()
		cancel()
		wg.Wait()
		if flight.Err() == nil {
			t.Error("work that nobody waits for goes on")
		}
		if got := body(t, c, key(high()), w.work); got != "1" {
			t.Errorf("the next caller got %q", got)
		}
	})
}

func TestErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	c, w := cache.New(1<<20, time.Minute), &works{}
	broken := errors.New("broken")
	tests := []struct {
		name string
		work cache.Work
		want string
	}{
		{"error", func(context.Context) ([]byte, string, error) { return []byte("half"), "", broken }, "broken"},
		{"panic", func(context.Context) ([]byte, string, error) { panic("lost") }, "panic: lost"},
	}
	for _, tt := range tests {
		if _, err := c.Get(t.Context(), key(high()), []string{"road"}, tt.work); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	if got := body(t, c, key(high()), w.work); got != "1" {
		t.Errorf("after errors: %q", got)
	}
}

func TestWorkHasATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(1<<20, time.Minute), newSlow()
		if _, err := c.Get(t.Context(), key(high()), nil, s.work); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	c := cache.New(most, time.Minute)
	for i := range uint32(200) {
		k := cache.Key{Tile: geo.TileID{Z: 15, X: i}, Form: "form"}
		if _, err := c.Get(t.Context(), k, []string{"road", "water"}, func(context.Context) ([]byte, string, error) {
			return make([]byte, 50_000), "", nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	c.Settle()
	s := c.Stats()
	if s.Bytes > most || s.Bytes < most/2 {
		t.Errorf("%d bytes are held of at most %d", s.Bytes, most)
	}
	if n := c.Indexed(); n != 2*s.Entries {
		t.Errorf("%d places in the index for %d entries in two layers", n, s.Entries)
	}
}

// After any order of events the cache never answers with what was made before
// the last change. Run it with -race.
func TestNeverOlderThanTheLastChange(t *testing.T) {
	t.Parallel()
	c := cache.New(200_000, time.Minute) // small: evictions happen too
	var data atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2000 {
				k := cache.Key{Tile: high(), Form: string(rune('a' + i%7))}
				known := data.Load() // a change that is complete: published and invalidated
				e, err := c.Get(t.Context(), k, []string{"road"}, func(context.Context) ([]byte, string, error) {
					return append(make([]byte, 20_000), fmt.Sprint(data.Load())...), "", nil
				})
				if err != nil {
					t.Error(err)
					return
				}
				var n int64
				if _, err := fmt.Sscan(string(e.Body[20_000:]), &n); err != nil || n+1 < known {
					t.Errorf("made of change %d when %d was known, %v", n, known, err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for range 500 {
			data.Add(1)
			c.Invalidate("road", here(), 0)
		}
	})
	wg.Wait()
}

func TestHitsDoNotGrowWithTheTile(t *testing.T) {
	c := cache.New(64<<20, time.Minute)
	hit := func(size int) float64 {
		k := cache.Key{Tile: high(), Form: fmt.Sprint(size)}
		names := []string{"road"}
		get := func(work cache.Work) {
			if _, err := c.Get(t.Context(), k, names, work); err != nil {
				t.Fatal(err)
			}
		}
		get(func(context.Context) ([]byte, string, error) { return make([]byte, size), "", nil })
		return testing.AllocsPerRun(100, func() { get(nil) })
	}
	if small, large := hit(100), hit(1<<20); small > 0 || large > 0 {
		t.Errorf("a hit allocates %v times for a small tile, %v for a large one", small, large)
	}
}

func BenchmarkInvalidate(b *testing.B) {
	c, w := cache.New(256<<20, time.Minute), &works{}
	for i := range uint32(50_000) {
		id := geo.TileAt(orb.Point{121 + float64(i%500)/500, 31 + float64(i/500)/100}, geo.Zoom(8+i%11))
		if _, err := c.Get(b.Context(), key(id), []string{"road"}, w.work); err != nil {
			b.Fatal(err)
		}
	}
	boxes := make([]geo.FixedBox, 10_000)
	for i := range boxes {
		p := geo.FixedAt(orb.Point{121 + float64(i%100)/100, 31 + float64(i/100)/100})
		boxes[i] = geo.FixedBox{Min: p, Max: p}
	}
	for b.Loop() {
		c.Invalidate("water", boxes, 0)
		c.Invalidate("road", boxes, 0)
	}
}
