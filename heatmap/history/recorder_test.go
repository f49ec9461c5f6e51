package history_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/history"
)

// evening is when all of these tests take place.
func evening() time.Time { return time.Date(2019, 12, 31, 14, 0, 0, 0, time.UTC) }

// crowded is an engine whose time is that of its frames.
type crowded struct {
	*heatmap.Engine
	now time.Time
}

// newCrowded is an engine that o observes.
func newCrowded(o *history.Observer) *crowded {
	c := &crowded{now: evening()}
	rules := heatmap.DefaultRules()
	rules.Places = []heatmap.Place{{
		ID: "square", Flow: heatmap.Standing,
		Outline: orb.MultiPolygon{orb.Bound{Min: orb.Point{121.48, 31.23}, Max: orb.Point{121.50, 31.25}}.ToPolygon()},
	}}
	c.Engine = heatmap.New(heatmap.EngineConfig{
		Rules: rules, Clock: func() time.Time { return c.now }, Told: o.Observe, Warming: 2 * time.Minute,
	})
	return c
}

// play has ten more devices each ten seconds, for so many frames.
func (c *crowded) play(frames int) {
	for range frames {
		var pings []heatmap.Ping
		for i := range 10 {
			pings = append(pings, heatmap.Ping{Device: fmt.Sprint(c.now, i), Time: c.now, Place: orb.Point{121.49, 31.24}})
		}
		c.Take(pings, true)
		c.Tick()
		c.now = c.now.Add(10 * time.Second)
	}
}

// shelf is a store in memory.
type shelf struct {
	mu      sync.Mutex
	minutes []*history.Minute
	fault   error
	tried   int
}

func (s *shelf) Write(_ context.Context, minutes []*history.Minute) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried++
	if s.fault != nil {
		return s.fault
	}
	s.minutes = append(s.minutes, minutes...)
	return nil
}

func (s *shelf) Drop(context.Context) error { return nil }

// mend ends the fault.
func (s *shelf) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = nil
}

// starts are the minutes after the evening's beginning that the store has.
func (s *shelf) starts() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	starts := make([]int, len(s.minutes))
	for i, m := range s.minutes {
		starts[i] = int(m.Start.Sub(evening()).Minutes())
	}
	return starts
}

// recording is a recorder that runs until the test ends or stop is called.
func recording(t *testing.T, s *shelf, bytes int) (r *history.Recorder, stop func()) {
	t.Helper()
	r = history.NewRecorder(history.RecorderConfig{Store: s, QueueBytes: bytes, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	return r, func() {
		cancel()
		<-ended
	}
}

// A minute is as its last frame told, and the one in progress is not kept.
func TestMinutesAreThoseOfFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		r, stop := recording(t, s, 0)
		c := newCrowded(r.Observer("bund"))
		c.play(6*3 + 2)
		<-time.After(3 * time.Second)
		stop()
		if diff := cmp.Diff(s.starts(), []int{0, 1, 2}); diff != "" {
			t.Fatalf("minutes (-got +want):\n%s", diff)
		}
		m := s.minutes[1]
		want := &history.Minute{
			Run: "bund", Start: evening().Add(time.Minute), Told: evening().Add(110 * time.Second), Devices: 120,
			Synthetic: true, WarmingUntil: evening().Add(2 * time.Minute),
			Places: []history.Place{{ID: "square", Devices: 120, Visits: 120, In: 1}},
		}
		if diff := cmp.Diff(m, want, cmpopts.IgnoreFields(history.Minute{}, "Levels"), cmpopts.IgnoreFields(history.Place{}, "Density")); diff != "" {
			t.Errorf("the second minute (-got +want):\n%s", diff)
		}
		codec := history.NewCodec()
		for i, l := range m.Levels {
			cells, err := codec.Unpack(l.Packed, l.Resolution)
			if err != nil || l.Resolution != history.Resolutions()[i] || len(cells) != 1 || cells[0].Devices != 120 {
				t.Errorf("resolution %d has %v: %v", l.Resolution, cells, err)
			}
		}
		if until := s.minutes[2].WarmingUntil; !until.IsZero() {
			t.Errorf("it is warming until %v after two minutes", until)
		}
	})
}

// While the store is away minutes wait, also in the end, and none is lost.
func TestMinutesWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fault: errors.New("away")}
		r, stop := recording(t, s, 0)
		c := newCrowded(r.Observer("bund"))
		c.play(6*3 + 1)
		<-time.After(20 * time.Second)
		c.play(6 * 2)
		stop()
		if s.tried < 5 || s.tried > 10 {
			t.Errorf("%d tries in twenty seconds, want one each two or three", s.tried)
		}
		ended := make(chan error, 1)
		go func() { ended <- r.Finish(t.Context()) }()
		<-time.After(time.Minute)
		s.mend()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.starts(), []int{0, 1, 2, 3, 4}); diff != "" {
			t.Errorf("minutes (-got +want):\n%s", diff)
		}
		if diff := cmp.Diff(r.Status(), history.RecorderStatus{Written: 5}); diff != "" {
			t.Errorf("status (-got +want):\n%s", diff)
		}
	})
}

// What cannot be written in the end is told.
func TestMinutesThatAreLostInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fault: errors.New("away")}
		r, stop := recording(t, s, 0)
		newCrowded(r.Observer("bund")).play(6*3 + 1)
		stop()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := r.Finish(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

// When the queue is full the oldest minutes go, and are counted; who waits for room loses
// none.
func TestMinutesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fault: errors.New("away")}
		r, stop := recording(t, s, 3000)
		c := newCrowded(r.Observer("bund"))
		if err := r.Room(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			c.play(6)
			synctest.Wait()
		}
		status := r.Status()
		if status.Lost == 0 || status.Queued == 0 || status.Lost+int64(status.Queued) != 19 {
			t.Errorf("%+v of 19 minutes", status)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := r.Room(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("room in a full queue: %v", err)
		}
		s.mend()
		if err := r.Room(t.Context()); err != nil {
			t.Errorf("room when the store is back: %v", err)
		}
		stop()
		want := []int{}
		for n := int(status.Lost); n < 19; n++ {
			want = append(want, n)
		}
		if diff := cmp.Diff(s.starts(), want); diff != "" {
			t.Errorf("minutes (-got +want):\n%s", diff)
		}
	})
}

// What the store can never keep is dropped and counted, and what comes after it is kept.
func TestRefusedMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fault: fmt.Errorf("%w: too odd", history.ErrRefused)}
		r, stop := recording(t, s, 0)
		c := newCrowded(r.Observer("bund"))
		c.play(6*2 + 1)
		<-time.After(3 * time.Second)
		s.mend()
		c.play(6)
		<-time.After(3 * time.Second)
		stop()
		if diff := cmp.Diff(s.starts(), []int{2}); diff != "" {
			t.Errorf("minutes (-got +want):\n%s", diff)
		}
		if diff := cmp.Diff(r.Status(), history.RecorderStatus{Written: 1, Lost: 2}); diff != "" {
			t.Errorf("status (-got +want):\n%s", diff)
		}
	})
}

// After a run is renewed, only what new observers hear of is written; other runs are as
// before. A change that fails renews nothing.
func TestRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fault: errors.New("away")}
		r, stop := recording(t, s, 0)
		before, other := newCrowded(r.Observer("bund")), newCrowded(r.Observer(""))
		before.play(6*2 + 1)
		other.play(6 + 1)
		synctest.Wait()
		fault := errors.New("no")
		if err := r.Renew(t.Context(), "", func(context.Context) error { return fault }); !errors.Is(err, fault) {
			t.Fatal(err)
		}
		if err := r.Renew(t.Context(), "bund", func(context.Context) error { return nil }); err != nil {
			t.Fatal(err)
		}
		after := newCrowded(r.Observer("bund"))
		after.now = evening().Add(time.Hour)
		after.play(6 + 1)
		before.play(6)
		s.mend()
		<-time.After(5 * time.Second)
		stop()
		if diff := cmp.Diff(s.starts(), []int{0, 60}); diff != "" {
			t.Errorf("minutes (-got +want):\n%s", diff)
		}
	})
}
