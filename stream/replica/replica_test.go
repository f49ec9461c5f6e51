package replica_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	"go.uber.org/goleak"

	"yiping/stream/bus"
	"yiping/stream/replica"
	"yiping/stream/track"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is a replica with one stream.
type peer struct {
	bus     *bus.Bus
	replica *replica.Replica
	tracker *track.Tracker
	// took counts the reports that were applied here and not told by another.
	took atomic.Int64
	stop func() // also at the end of the test
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

func join(t *testing.T, b *bus.Bus) *peer {
	t.Helper()
	p := &peer{bus: b, replica: replica.New(replica.Config{Bus: b, Log: slog.New(slog.DiscardHandler)})}
	p.tracker = track.New(definition(t), track.Config{Applied: func(b track.Batch) {
		if !b.Replicated {
			p.took.Add(int64(len(b.Applied)))
		}
		p.replica.Tell(b)
	}})
	p.replica.Add(p.tracker)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.replica.Run(ctx) }()
	stopped := false
	p.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(p.stop)
	return p
}

func (p *peer) report(t *testing.T, reports ...track.Report) {
	t.Helper()
	if _, err := p.tracker.Report(t.Context(), reports); err != nil {
		t.Fatal(err)
	}
}

func (p *peer) newest() map[string]track.Report {
	all := map[string]track.Report{}
	for r := range p.tracker.Newest() {
		all[r.Key] = r
	}
	return all
}

// until waits for something that is bound to happen.
func until(happened func() bool) {
	for !happened() {
		<-time.After(time.Millisecond)
	}
}

// agree waits until a replica has as many objects as expected, each as new, and
// compares them.
func (p *peer) agree(t *testing.T, want map[string]track.Report) {
	t.Helper()
	until(func() bool {
		return maps.EqualFunc(p.newest(), want, func(a, b track.Report) bool { return a.Time.Equal(b.Time) })
	})
	if diff := cmp.Diff(want, p.newest(), cmpopts.EquateNaNs(), cmpopts.IgnoreFields(track.Report{}, "At")); diff != "" {
		t.Errorf("(-want +got):\n%.3000s", diff)
	}
}

// Reports of the same objects that enter anywhere, in any order, leave all replicas
// with the newest of each, also those that come later; nobody tells what he was told.
func TestReplicasAgree(t *testing.T) {
	seed := rand.Uint64() //nolint:gosec // a test that says its seed
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // see above
	first := join(t, openBus(t, bus.Config{Listen: "127.0.0.1:0"}))
	url := first.bus.URL()
	peers := []*peer{first, join(t, openBus(t, bus.Config{URLs: []string{url}}))}
	want := map[string]track.Report{}
	now := time.Now()
	for round := range 300 {
		if round == 150 {
			peers = append(peers, join(t, openBus(t, bus.Config{URLs: []string{url}})))
		}
		var batch []track.Report
		for range random.IntN(20) {
			// A time of its own for each, so that the newest is one.
			at := now.Add(-time.Duration(random.IntN(60_000))*time.Millisecond - time.Duration(round)*time.Microsecond).Truncate(time.Millisecond)
			r := randomReport(random, fmt.Sprintf("v-%d", random.IntN(300)), at)
			if known, ok := want[r.Key]; ok && known.Time.Equal(r.Time) {
				continue
			} else if !ok || r.Time.After(known.Time) {
				want[r.Key] = r
			}
			batch = append(batch, r)
		}
		peers[random.IntN(len(peers))].report(t, batch...)
	}
	told := uint64(0)
	for i, p := range peers {
		p.agree(t, want)
		s := p.replica.Stats()
		if s.Refused != 0 || s.Exchanges == 0 {
			t.Errorf("replica %d: %+v", i, s)
		}
		told += s.Told
	}
	if told == 0 {
		t.Error("nobody told anything")
	}
}

// Whoever comes to a city that is already moving has all of it at once.
func TestLateReplicaIsComplete(t *testing.T) {
	first := join(t, openBus(t, bus.Config{Listen: "127.0.0.1:0"}))
	now := time.Now().UTC().Truncate(time.Millisecond)
	want := map[string]track.Report{}
	for i := range 10_000 {
		r := track.Report{Key: fmt.Sprintf("v-%05d", i), Time: now, Place: orb.Point{121, 31}, Fields: []any{"沪A", nil, nil, nil}}
		first.report(t, r)
		want[r.Key] = r
	}
	second := join(t, openBus(t, bus.Config{URLs: []string{first.bus.URL()}}))
	second.agree(t, want)
	if s := second.replica.Stats(); s.Told != 0 {
		t.Errorf("the one that came told %d reports that it was told", s.Told)
	}
}

// While the bus is away each replica goes on alone; once it is back they agree.
func TestReplicasAgreeAfterCut(t *testing.T) {
	server := openBus(t, bus.Config{Listen: "127.0.0.1:0"})
	url := server.URL()
	a, b := join(t, openBus(t, bus.Config{URLs: []string{url}})), join(t, openBus(t, bus.Config{URLs: []string{url}}))
	now := time.Now().UTC().Truncate(time.Millisecond)
	at := func(key string, seconds int) track.Report {
		return track.Report{Key: key, Time: now.Add(time.Duration(seconds-30) * time.Second), Place: orb.Point{121, 31}}
	}
	a.report(t, at("x", 0), at("y", 0))
	b.agree(t, map[string]track.Report{"x": at("x", 0), "y": at("y", 0)})
	if err := server.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(func() bool { return !a.bus.Stats().Connected && !b.bus.Stats().Connected })
	a.report(t, at("x", 10), at("y", 10), at("only a", 10))
	b.report(t, at("x", 9), at("y", 11), at("only b", 10))
	again := openBus(t, bus.Config{Listen: url[len("nats://"):]})
	want := map[string]track.Report{"x": at("x", 10), "y": at("y", 11), "only a": at("only a", 10), "only b": at("only b", 10)}
	a.agree(t, want)
	b.agree(t, want)
	if again.Stats().Lost != 0 {
		t.Error("the bus lost something")
	}
}

// What devices publish is taken by one replica and known to all.
func TestDevicesPublish(t *testing.T) {
	a := join(t, openBus(t, bus.Config{Listen: "127.0.0.1:0"}))
	b := join(t, openBus(t, bus.Config{URLs: []string{a.bus.URL()}}))
	device := openBus(t, bus.Config{URLs: []string{a.bus.URL()}})
	now := time.Now().UTC().Truncate(time.Millisecond)
	publish := func(key, text string) {
		if err := device.Publish("streams/mixed/"+key, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	until(func() bool { return a.replica.Stats().Exchanges > 0 && b.replica.Stats().Exchanges > 0 })
	want := map[string]track.Report{}
	const n = 500
	for i := range n {
		key := fmt.Sprintf("v.%d 沪", i)
		publish(key, fmt.Sprintf(`{"k":%q,"t":%d,"lon":121.5,"lat":31.25,"s":1.5,"h":90,"st":2,"level":3,"synthetic":true}`, key, now.UnixMilli()))
		want[key] = track.Report{
			Key: key, Time: now, Place: orb.Point{121.5, 31.25}, Speed: 1.5, Heading: 90, State: 2, Synthetic: true,
			Fields: []any{nil, 3.0, nil, nil},
		}
	}
	publish("v", `{"k":"w","t":1,"lon":121.5,"lat":31.25}`) // of another
	publish("v", `{"k":"v","t":1,"lon":181,"lat":31.25}`)
	publish("v", `what`)
	publish("z", fmt.Sprintf(`[{"k":"z","t":%d,"lon":121.5,"lat":31.25},{"k":"y","t":1,"lon":121.5,"lat":31.25}]`, now.UnixMilli()))
	want["z"] = track.Report{Key: "z", Time: now, Place: orb.Point{121.5, 31.25}, Speed: math.NaN(), Heading: math.NaN()}
	until(func() bool {
		return a.tracker.Status().Rejected[track.RuleMalformed]+b.tracker.Status().Rejected[track.RuleMalformed] >= 4
	})
	a.agree(t, want)
	b.agree(t, want)
	if took := a.took.Load() + b.took.Load(); took != n+1 {
		t.Errorf("%d reports were taken, want each once: %d", took, n+1)
	}
	if malformed := a.tracker.Status().Rejected[track.RuleMalformed] + b.tracker.Status().Rejected[track.RuleMalformed]; malformed != 4 {
		t.Errorf("%d were malformed, want 4", malformed)
	}
}

// Alone, nothing goes over the bus.
func TestAlone(t *testing.T) {
	p := join(t, openBus(t, bus.Config{}))
	p.report(t, track.Report{Key: "a", Time: time.Now(), Place: orb.Point{121, 31}})
	p.stop()
	if s := p.replica.Stats(); s != (replica.Stats{}) || p.bus.Stats().Published != 0 {
		t.Errorf("%+v, %+v", s, p.bus.Stats())
	}
}
