package heatmap_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// crowd is devices at the Bund.
func crowd(n int, at time.Time) []heatmap.Ping {
	all := make([]heatmap.Ping, n)
	for i := range all {
		all[i] = heatmap.Ping{Device: fmt.Sprint(i), Time: at, Place: orb.Point{121.4905, 31.2397}}
	}
	return all
}

// The key of the names changes at 4 o'clock in Shanghai and at no other time: who was
// there before counts twice until it is forgotten.
func TestNamesChangeDaily(t *testing.T) {
	now := time.Date(2019, 12, 31, 15, 55, 0, 0, time.UTC) // 23:55 in Shanghai
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
	for _, tt := range []struct {
		clock string
		want  int
	}{
		{"2019-12-31T23:55:00+08:00", 20},
		{"2020-01-01T00:01:00+08:00", 20},
		{"2020-01-01T03:56:00+08:00", 20},
		{"2020-01-01T04:01:00+08:00", 40},
		{"2020-01-01T04:05:00+08:00", 40},
		{"2020-01-01T04:10:00+08:00", 20},
	} {
		at, err := time.Parse(time.RFC3339, tt.clock)
		if err != nil {
			t.Fatal(err)
		}
		now = at
		e.Take(crowd(20, at), false)
		e.Tick()
		if got := e.Frame().Devices; got != tt.want {
			t.Errorf("at %s %d devices are there, want %d", tt.clock, got, tt.want)
		}
	}
}

// Frames are made at their tick and at no other time, and say what was made up.
func TestRunMakesFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules()})
		go func() {
			if err := e.Run(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		e.Take(crowd(20, time.Now()), true)
		if got := e.Frame().Devices; got != 0 {
			t.Errorf("%d devices are told before the tick", got)
		}
		<-time.After(e.Rules().Tick)
		synctest.Wait()
		if f := e.Frame(); f.Devices != 20 || !f.Synthetic {
			t.Errorf("the frame has %d devices (synthetic %v), want 20 (true)", f.Devices, f.Synthetic)
		}
		<-time.After(e.Rules().TTL + e.Rules().Tick)
		synctest.Wait()
		if f := e.Frame(); f.Devices != 0 || f.Synthetic {
			t.Errorf("the frame has %d devices (synthetic %v) that have not been heard of", f.Devices, f.Synthetic)
		}
	})
}

// The slots of devices are modulo 2^16, seven days and a half: who was heard of then is
// gone all the same, although no frame was made meanwhile.
func TestNobodyIsRemembered(t *testing.T) {
	for name, steps := range map[string][]time.Duration{
		"at once": {1 << 16}, "in two steps": {1 << 15, 1 << 15}, "in three": {30_000, 30_000, 5536},
		"in many": {10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 5536},
	} {
		now := newYear()
		e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
		e.Take(crowd(20, now), false)
		for _, slots := range steps {
			now = now.Add(slots * heatmap.DefaultSlot)
			e.Take(nil, false)
		}
		if got := e.State().Devices; len(steps) == 1 && got != 0 {
			t.Errorf("%s: %d devices are remembered", name, got)
		}
		// They are other people: the names have changed. So the few are of today.
		e.Take(crowd(15, now), false)
		e.Tick()
		if got := e.Frame().Devices; got != 15 {
			t.Errorf("%s: %d devices, want 15", name, got)
		}
	}
}

// Who comes again after Rules.TTL arrives, although no frame has told meanwhile that
// they were gone.
func TestArriveAgain(t *testing.T) {
	now := newYear()
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
	for range 3 {
		if got := e.Take(crowd(20, now), false)[heatmap.Arrived]; got != 20 {
			t.Errorf("%d arrived, want 20", got)
		}
		now = now.Add(e.Rules().TTL)
	}
	e.Take(crowd(12, now), false)
	e.Tick()
	if f := e.Frame(); f.Devices != 12 || len(f.Cells(11)) != 1 || f.Cells(11)[0].Devices != 12 {
		t.Errorf("%d devices, want 12, in cells %+v", f.Devices, f.Cells(11))
	}
}

// Pings that come while frames are made are counted, each once.
func TestTakeWhileFramesAreMade(t *testing.T) {
	now := newYear()
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
	const goroutines, batches, each = 4, 20, 50
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for n := range batches {
				pings := make([]heatmap.Ping, each)
				for i := range pings {
					pings[i] = heatmap.Ping{
						Device: fmt.Sprint(g, n, i), Time: now, Place: orb.Point{121.3 + 0.1*float64(g), 31.2 + 0.001*float64(i)},
					}
				}
				e.Take(pings, false)
				e.Tick()
				e.State()
			}
		})
	}
	all.Wait()
	e.Tick()
	f := e.Frame()
	sum := 0
	for _, c := range f.Cells(6) {
		sum += c.Devices
	}
	if want := goroutines * batches * each; f.Devices != want || sum != want {
		t.Errorf("%d devices, %d in cells, want %d", f.Devices, sum, want)
	}
}

// No more devices are counted than there is room for; those that are there go on.
func TestFull(t *testing.T) {
	rules := heatmap.DefaultRules()
	rules.Most = 15
	now := newYear()
	e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
	if diff := cmp.Diff(e.Take(crowd(21, now), false), map[heatmap.Outcome]int{heatmap.Arrived: 15, heatmap.Full: 6}); diff != "" {
		t.Errorf("a crowd (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(e.Take(crowd(20, now), false), map[heatmap.Outcome]int{heatmap.Stayed: 15, heatmap.Full: 5}); diff != "" {
		t.Errorf("the same again (-got +want):\n%s", diff)
	}
	now = now.Add(rules.TTL)
	if diff := cmp.Diff(e.Take(crowd(20, now)[5:], false), map[heatmap.Outcome]int{heatmap.Arrived: 15}); diff != "" {
		t.Errorf("others, when all are gone (-got +want):\n%s", diff)
	}
}

// Who listens hears of the pings that count, and of those in places; a replica that
// hears of them with the same key counts the same devices.
func TestHeard(t *testing.T) {
	now := newYear()
	rules := heatmap.DefaultRules()
	rules.Places = []heatmap.Place{{ID: "square", Outline: orb.MultiPolygon{{orb.Bound{Min: orb.Point{121.49, 31.23}, Max: orb.Point{121.5, 31.24}}.ToRing()}}}}
	clock := func() time.Time { return now }
	var heard []heatmap.Heard
	other := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: clock})
	e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: clock, Heard: func(h *heatmap.Heard) {
		heard = append(heard, *h)
		other.Replicate(h.Sightings, h.Made)
	}})
	pings := append(crowd(20, now), heatmap.Ping{Device: "far", Time: now, Place: orb.Point{121.4, 31.2}},
		heatmap.Ping{Device: "fast", Time: now.Add(5 * time.Second), Place: orb.Point{121.4, 31.2}},
		heatmap.Ping{Device: "late", Time: now.Add(-time.Hour), Place: orb.Point{121.4905, 31.2397}})
	e.Take(pings, true)
	if len(heard) != 1 || !heard[0].Made || heard[0].Replicated || len(heard[0].Sightings) != 22 || len(heard[0].Visits) != 20 {
		t.Fatalf("heard %+v", heard)
	}
	if s := heard[0].Sightings[21]; !s.Time.Equal(now) || s.Cell != cell.At(orb.Point{121.4, 31.2}, rules.Finest) {
		t.Errorf("a ping from a clock that is ahead: %+v", s)
	}
	if v := heard[0].Visits[0]; v.Place.ID != "square" || v.Name != heard[0].Sightings[0].Name {
		t.Errorf("the first visit is %+v", v)
	}
	e.Tick()
	other.Tick()
	if diff := cmp.Diff(other.Frame().Cells(9), e.Frame().Cells(9)); diff != "" || other.Frame().Places[0].Devices != 20 || !other.Frame().Synthetic {
		t.Errorf("the other has %+v (-got +want):\n%s", other.Frame(), diff)
	}
	other.ShareKey(e.Key())
	if diff := cmp.Diff(other.Take(pings[:20], true), map[heatmap.Outcome]int{heatmap.Stayed: 20}); diff != "" {
		t.Errorf("those that were heard of elsewhere (-got +want):\n%s", diff)
	}
}

// Of two keys both take the one that was drawn first, and still agree a day later; a
// key of long ago is none.
func TestKeysAreShared(t *testing.T) {
	now := newYear()
	open := func() *heatmap.Engine {
		return heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
	}
	a, b := open(), open()
	first := a.Key()
	now = now.Add(time.Minute)
	b.Key()
	a.ShareKey(b.Key())
	b.ShareKey(a.Key())
	if a.Key() != first || b.Key() != first {
		t.Errorf("the keys are %v and %v, want %v", a.Key().Drawn, b.Key().Drawn, first.Drawn)
	}
	for range 2 {
		now = now.Add(24 * time.Hour)
		if a.Key() != b.Key() || a.Key().Secret == first.Secret || a.Key().Day != heatmap.KeyDay(now) {
			t.Errorf("at %v the keys are of days %d and %d", now, a.Key().Day, b.Key().Day)
		}
	}
	own := a.Key()
	if a.ShareKey(first); a.Key() != own {
		t.Error("a key of two days ago is taken")
	}
	fresh := open()
	if fresh.ShareKey(own); fresh.Key() != own {
		t.Error("who has no key does not take one")
	}
	if start := heatmap.KeyDayStart(own.Day); heatmap.KeyDay(start) != own.Day || heatmap.KeyDay(start.Add(-1)) != own.Day-1 {
		t.Errorf("the day of the key begins at %v", start)
	}
}
