package alarm_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
)

// memory is a store that can fail: before it has written, or after it and before it
// says so.
type memory struct {
	mu     sync.Mutex
	alarms []alarm.Alarm
	events []event
	turns  map[string]turn
	fault  fault
}

type turn struct {
	holder string
	until  time.Time
	batch  int64
}

type event struct {
	ID    string
	Kind  alarm.Kind
	Alarm alarm.Alarm
}

type fault int

const (
	none fault = iota
	away
	unsure // it writes, and does not say so
)

var errAway = errors.New("the store is away")

func newMemory() *memory { return &memory{turns: map[string]turn{}} }

func (m *memory) Tell(_ context.Context, t alarm.Turn, tell func([]alarm.Alarm) []alarm.Change) ([]alarm.Alarm, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault == away {
		return nil, errAway
	}
	now, was := time.Now(), m.turns[t.Run]
	if was.holder != t.Holder && now.Before(was.until) {
		return m.latest(t), alarm.ErrTold
	}
	told := was.holder == t.Holder && t.Batch <= was.batch
	next := turn{t.Holder, now.Add(t.Lease), t.Batch}
	if was.holder == t.Holder {
		next.batch = max(t.Batch, was.batch)
	}
	m.turns[t.Run] = next
	if !told {
		for _, c := range tell(m.latest(t)) {
			m.write(c)
		}
	}
	if m.fault == unsure {
		return nil, errAway
	}
	return m.latest(t), nil
}

func (m *memory) write(c alarm.Change) {
	switch {
	case c.Kind == alarm.Begun:
		c.Now.ID = fmt.Sprintf("A-%d", len(m.alarms)+1)
		m.alarms = append(m.alarms, *c.Now)
	case c.Now.ID == "":
		c.Now.ID = c.Before.ID
	}
	m.alarms[slices.IndexFunc(m.alarms, func(a alarm.Alarm) bool { return a.ID == c.Now.ID })] = *c.Now
	m.events = append(m.events, event{fmt.Sprintf("%s/%d", c.Now.ID, c.Now.Version), c.Kind, *c.Now})
}

// latest are the newest alarms of places.
func (m *memory) latest(t alarm.Turn) []alarm.Alarm {
	of := map[string]alarm.Alarm{}
	for _, a := range m.alarms {
		if a.Run == t.Run && (a.Open() || !a.Changed.Before(t.Since)) {
			of[a.Place] = a
		}
	}
	var all []alarm.Alarm
	for _, a := range of {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b alarm.Alarm) int { return cmp.Compare(a.Place, b.Place) })
	return all
}

func (m *memory) Leave(_ context.Context, run, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault == away {
		return errAway
	}
	if m.turns[run].holder == holder {
		delete(m.turns, run)
	}
	return nil
}

// acknowledge is what an operator does.
func (m *memory) acknowledge(id, by string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.alarms, func(a alarm.Alarm) bool { return a.ID == id })
	before := m.alarms[i]
	now := before
	now.Acknowledgement = &alarm.Acknowledgement{At: time.Now(), By: by, Level: before.Highest}
	now.Version++
	m.write(alarm.Change{Kind: alarm.Acknowledged, Now: &now, Before: &before})
}

// all are the alarms so far, happened the events.
func (m *memory) all() []alarm.Alarm {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.alarms)
}

func (m *memory) happened() []event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.events)
}

// told are the events so far, as "kind level".
func (m *memory) told() (all []string) {
	for _, e := range m.happened() {
		all = append(all, fmt.Sprint(e.Kind, " ", e.Alarm.Level))
	}
	return all
}

func (m *memory) set(f fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = f
}

// replica is a keeper that runs, with a source.
type replica struct {
	*alarm.Keeper
	source *alarm.Source
	// end has the keeper end, stop waits for it as well.
	end, stop func()
}

const settle = 10 * time.Minute

// run starts a keeper with a source of a run, in a bubble.
func run(t *testing.T, m *memory, of string) *replica {
	t.Helper()
	k := alarm.NewKeeper(alarm.KeeperConfig{Store: m, Settle: settle, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	r := &replica{k, k.Open(of), cancel, sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the keeper ended with %v", err)
		}
	})}
	t.Cleanup(r.stop)
	synctest.Wait()
	return r
}

// kill ends a keeper without a word: the store does not hear of it.
func (r *replica) kill(m *memory) {
	m.set(away)
	r.stop()
	m.set(none)
}

// evening is when all of these tests begin.
func evening() time.Time { return time.Date(2019, 12, 31, 8, 0, 0, 0, time.UTC) }

// state is how a place stands, with a count that is complete.
func state(id string, density float64, level heatmap.Level) heatmap.PlaceState {
	return heatmap.PlaceState{
		Place: &heatmap.Place{
			ID: id, Name: "外滩", NameEN: "Bund", Flow: heatmap.Moving,
			Outline: orb.MultiPolygon{{{{121.485, 31.24}, {121.487, 31.24}, {121.487, 31.242}, {121.485, 31.242}, {121.485, 31.24}}}},
		},
		Since: evening().Add(-time.Hour), Devices: int(density * 1000), Density: density, Level: level, Next: level,
	}
}

// frame has places at a second of the evening.
func frame(second int, places ...heatmap.PlaceState) *heatmap.Frame {
	return &heatmap.Frame{Time: evening().Add(time.Duration(second) * time.Second), Synthetic: true, Places: append([]heatmap.PlaceState{}, places...)}
}
