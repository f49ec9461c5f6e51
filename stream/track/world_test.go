package track_test

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/stream"
	"yiping/stream/track"
)

// noon is when the tests begin.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// clock is a clock that stands still.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// definition is one of the standard streams.
func definition(tb testing.TB, name string) *track.Definition {
	tb.Helper()
	all, err := track.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range all {
		if d.Name == name {
			return d
		}
	}
	tb.Fatalf("there is no standard stream %s", name)
	return nil
}

// world is a tracker of vehicles whose batches are kept.
type world struct {
	*track.Tracker
	clock   *clock
	batches []track.Batch
}

func newWorld(tb testing.TB, name string) *world {
	tb.Helper()
	w := &world{clock: &clock{now: noon()}}
	w.Tracker = track.New(definition(tb, name), track.Config{
		Now:     w.clock.Now,
		Applied: func(b track.Batch) { w.batches = append(w.batches, b) },
	})
	return w
}

// at is a report of a vehicle that drives 5 m/s to the east.
func at(key string, t time.Time, lon, lat float64) track.Report {
	return track.Report{Key: key, Time: t, Place: orb.Point{lon, lat}, Speed: 5, Heading: 90, State: 2}
}

// report has reports applied.
func (w *world) report(tb testing.TB, reports ...track.Report) track.Outcome {
	tb.Helper()
	out, err := w.Report(tb.Context(), reports)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// rows are those that a filter takes in a bound, by key.
func rows(tb testing.TB, table stream.Table, v stream.View, bound orb.Bound, where string) map[string]string {
	tb.Helper()
	var filter *cql2.Filter
	if where != "" {
		var err error
		if filter, err = layers.ParseFilter(table.Describe().Rows, where, "", layers.CRS84); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := v.Select(filter)
	if err != nil {
		tb.Fatal(err)
	}
	write, out := v.Writer(nil), map[string]string{}
	box := geo.FixedBox{Min: geo.FixedAt(bound.LeftTop()), Max: geo.FixedAt(bound.RightBottom())}
	s.Within(box, func(r stream.Row) bool {
		if !s.Has(r) {
			tb.Errorf("row %d is within and is not taken", r)
		}
		out[v.(stream.Movers).Key(uint32(v.ID(r)))] = string(write(nil, r))
		return true
	})
	return out
}

func everywhere() orb.Bound {
	return orb.Bound{Min: orb.Point{-180, -85}, Max: orb.Point{180, 85}}
}

// east is the longitude so many metres east of 121.49° at 31.24° north.
func east(metres float64) float64 {
	return 121.49 + metres/(6371008.8*math.Pi/180*math.Cos(31.24*math.Pi/180))
}

func key(n int) string { return fmt.Sprintf("v-%d", n) }
