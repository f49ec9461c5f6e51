package relay_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"go.uber.org/goleak"

	"yiping/heatmap"
	"yiping/heatmap/relay"
	"yiping/stream/bus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func midnight() time.Time { return time.Date(2019, 12, 31, 16, 0, 0, 0, time.UTC) }

// replica is an engine among others. Signals come after what they tell of.
type replica struct {
	bus    *bus.Bus
	engine *heatmap.Engine
	relay  *relay.Relay
	// heard are the batches that another replica told, took the messages of feeds.
	heard   chan int
	took    chan string
	tallied chan []heatmap.Tally
}

func openBus(t *testing.T, cfg bus.Config) *bus.Bus {
	t.Helper()
	cfg.Log = slog.New(slog.DiscardHandler)
	b, err := bus.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func join(t *testing.T, b *bus.Bus, secret string) *replica {
	t.Helper()
	r := &replica{bus: b, heard: make(chan int, 100), took: make(chan string, 100), tallied: make(chan []heatmap.Tally, 100)}
	r.engine = heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: midnight, Heard: func(h *heatmap.Heard) {
		r.relay.Hear(h)
		if h.Replicated {
			r.heard <- len(h.Sightings)
		}
	}})
	var err error
	r.relay, err = relay.New(relay.Config{
		Bus: b, Engine: r.engine, Secret: []byte(secret), Log: slog.New(slog.DiscardHandler),
		Take: func(feed string, data []byte) error {
			r.engine.Take(crowd(feed, len(data)), false)
			r.took <- feed
			return nil
		},
		Tallied: func(all []heatmap.Tally) { r.tallied <- all },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.relay.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

// crowd are n devices.
func crowd(feed string, n int) []heatmap.Ping {
	all := make([]heatmap.Ping, n)
	for i := range all {
		all[i] = heatmap.Ping{
			Device: fmt.Sprint(feed, i), Time: midnight().Add(-time.Duration(i) * time.Microsecond),
			Place: orb.Point{121.4 + float64(i)/99_999, 31.2 + float64(i%1000)/77_777},
		}
	}
	return all
}

// until waits for something that is bound to happen.
func until(happened func() bool) {
	for !happened() {
		<-time.After(time.Millisecond)
	}
}

// agreed waits until replicas have the same key.
func agreed(all ...*replica) {
	until(func() bool {
		for _, r := range all {
			if r.engine.Key() != all[0].engine.Key() {
				return false
			}
		}
		return true
	})
}

// Pings that enter one replica, by whatever door, are counted by all, each device once;
// a name is never on the bus.
func TestReplicasCountTheSame(t *testing.T) {
	t.Parallel()
	here := openBus(t, bus.Config{Listen: "127.0.0.1:0"})
	there := openBus(t, bus.Config{URLs: []string{here.URL()}})
	feed := openBus(t, bus.Config{URLs: []string{here.URL()}})
	type message struct {
		topic string
		data  []byte
	}
	overheard := make(chan message, 1000)
	if err := feed.Subscribe(bus.Subscription{Pattern: "yiping/#", Handle: func(topic string, data []byte) { overheard <- message{topic, data} }}); err != nil {
		t.Fatal(err)
	}
	until(func() bool {
		if err := there.Publish("yiping/ready", nil); err != nil {
			t.Fatal(err)
		}
		return len(overheard) > 0
	})
	a, b := join(t, here, "one secret"), join(t, there, "one secret")
	agreed(a, b)
	const n = 12_000
	a.engine.Take(crowd("phone", n), true)
	for got := 0; got < n; {
		got += <-b.heard
	}
	// Half of them move on, and are heard of at the other door.
	moved := crowd("phone", n/2)
	for i := range moved {
		moved[i].Place[0] += 0.1
	}
	if got := b.engine.Take(moved, true)[heatmap.Moved]; got != n/2 {
		t.Errorf("%d of %d devices are known to the other replica", got, n/2)
	}
	for got := 0; got < n/2; {
		got += <-a.heard
	}
	if err := feed.Publish("heat/pings/bus", make([]byte, 300)); err != nil {
		t.Fatal(err)
	}
	select { // one of them takes it, and the other is told
	case <-a.took:
		<-b.heard
	case <-b.took:
		<-a.heard
	}
	tallies := make([]heatmap.Tally, 1200)
	for i := range tallies {
		tallies[i] = heatmap.Tally{Counter: fmt.Sprint(i), Place: "bund", Time: midnight(), In: i, Out: 2, Inside: 3, Sees: i%2 == 0, Made: true}
	}
	a.relay.Tally(tallies)
	if diff := cmp.Diff(slices.Concat(<-b.tallied, <-b.tallied, <-b.tallied), tallies); diff != "" {
		t.Errorf("tallies (-there +here):\n%.2000s", diff)
	}
	a.engine.Tick()
	b.engine.Tick()
	if f := a.engine.Frame(); f.Devices != n+300 || !f.Synthetic || !b.engine.Frame().Synthetic {
		t.Errorf("%d devices are there, want %d", f.Devices, n+300)
	}
	for resolution := 6; resolution <= 11; resolution++ {
		if diff := cmp.Diff(b.engine.Frame().Cells(resolution), a.engine.Frame().Cells(resolution)); diff != "" {
			t.Errorf("resolution %d (-there +here):\n%.2000s", resolution, diff)
		}
	}
	secret := a.engine.Key().Secret
	for seen := 0; seen < 3+2+1; { // messages of at most 5,000
		m := <-overheard
		if m.topic == "yiping/heat/seen" {
			seen++
		}
		if bytes.Contains(m.data, []byte("phone")) || bytes.Contains(m.data, []byte("yipings")) || bytes.Contains(m.data, secret[:8]) {
			t.Errorf("the bus tells %.100q by %s", m.data, m.topic)
		}
	}
}

// A replica that comes later takes the key of those that are there, whatever it had
// drawn; one with another secret is not understood and understands nothing.
func TestKeys(t *testing.T) {
	t.Parallel()
	here := openBus(t, bus.Config{Listen: "127.0.0.1:0"})
	a := join(t, here, "one secret")
	first := a.engine.Key()
	stranger := join(t, openBus(t, bus.Config{URLs: []string{here.URL()}}), "another secret")
	// It has asked and told: what a answers to it, it refuses.
	until(func() bool { return stranger.relay.Stats().Refused > 0 && a.relay.Stats().Refused > 0 })
	b := join(t, openBus(t, bus.Config{URLs: []string{here.URL()}}), "one secret")
	agreed(a, b)
	own := stranger.engine.Key()
	if a.engine.Key() != b.engine.Key() || own == a.engine.Key() {
		t.Errorf("keys were drawn at %v, %v and %v", first.Drawn, b.engine.Key().Drawn, own.Drawn)
	}
	a.engine.Take(crowd("phone", 20), false)
	if got := <-b.heard; got != 20 {
		t.Errorf("%d devices are told", got)
	}
	until(func() bool { return stranger.relay.Stats().Refused > 1 })
	if got := stranger.engine.State().Devices; got != 0 {
		t.Errorf("a stranger counts %d devices", got)
	}
}

// Alone, nothing goes over the bus.
func TestAlone(t *testing.T) {
	t.Parallel()
	r := join(t, openBus(t, bus.Config{}), "")
	r.engine.Take(crowd("phone", 20), false)
	r.relay.Tally(make([]heatmap.Tally, 3))
	if s := r.relay.Stats(); s != (relay.Stats{}) || r.bus.Stats().Published != 0 {
		t.Errorf("%+v, %+v", s, r.bus.Stats())
	}
}
