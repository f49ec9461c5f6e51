package bus_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"yiping/stream/bus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open is a bus that the test closes.
func open(t *testing.T, cfg bus.Config) *bus.Bus {
	t.Helper()
	cfg.Log, cfg.Name = slog.New(slog.DiscardHandler), t.Name()
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

// two are a bus that others may join, and one that has.
func two(t *testing.T) (first, second *bus.Bus) {
	t.Helper()
	first = open(t, bus.Config{Listen: "127.0.0.1:0"})
	return first, open(t, bus.Config{URLs: []string{first.URL()}})
}

type message struct{ Topic, Data string }

// inbox is a subscription whose messages wait to be read.
type inbox struct {
	messages chan message
	missed   chan struct{}
}

func subscribe(t *testing.T, b *bus.Bus, pattern, group string) *inbox {
	t.Helper()
	in := &inbox{make(chan message, 10_000), make(chan struct{}, 100)}
	err := b.Subscribe(bus.Subscription{
		Pattern: pattern, Group: group,
		Handle: func(topic string, data []byte) { in.messages <- message{topic, string(data)} },
		Missed: func() { in.missed <- struct{}{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func publish(t *testing.T, b *bus.Bus, topic, data string) {
	t.Helper()
	if err := b.Publish(topic, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

// meet returns once what a publishes reaches b: subscriptions spread through a
// cluster in their own time.
func meet(t *testing.T, a, b *bus.Bus) {
	t.Helper()
	met := make(chan struct{}, 1)
	err := b.Subscribe(bus.Subscription{Pattern: "met/" + t.Name(), Handle: func(string, []byte) {
		select {
		case met <- struct{}{}:
		default:
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for {
		publish(t, a, "met/"+t.Name(), "")
		select {
		case <-met:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func TestMessagesReachWhoeverSubscribes(t *testing.T) {
	first, second := two(t)
	own := subscribe(t, first, "#", "")
	all := subscribe(t, second, "streams/#", "")
	one := subscribe(t, second, "streams/+/v.1", "")
	meet(t, first, second)
	publish(t, first, "streams/vehicles/v.1", "a")
	publish(t, first, "streams/vehicles/v.2", "b")
	publish(t, first, "other/vehicles/v.1", "c")
	publish(t, first, "streams/sensors/v.1", "d")
	want := []message{{"streams/vehicles/v.1", "a"}, {"streams/vehicles/v.2", "b"}, {"streams/sensors/v.1", "d"}}
	if diff := cmp.Diff([]message{<-all.messages, <-all.messages, <-all.messages}, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
	want = slices.Delete(want, 1, 2)
	if diff := cmp.Diff([]message{<-one.messages, <-one.messages}, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
	publish(t, second, "streams/back", "e")
	if got := <-own.messages; got != (message{"streams/back", "e"}) { // and nothing of its own before
		t.Errorf("the publisher got %v", got)
	}
	if s := first.Stats(); !s.Connected || s.Lost != 0 || s.Dropped != 0 || s.Received == 0 || s.Published == 0 {
		t.Errorf("%+v", s)
	}
}

// Of a group, one gets each message.
func TestGroupSharesMessages(t *testing.T) {
	first, second := two(t)
	third := open(t, bus.Config{URLs: []string{first.URL()}})
	a, b := subscribe(t, second, "work", "group"), subscribe(t, third, "work", "group")
	meet(t, first, second)
	meet(t, first, third)
	const n = 200
	var want []string
	for i := range n {
		publish(t, first, "work", fmt.Sprintf("%03d", i))
		want = append(want, fmt.Sprintf("%03d", i))
	}
	var got []string
	for range n {
		select {
		case m := <-a.messages:
			got = append(got, m.Data)
		case m := <-b.messages:
			got = append(got, m.Data)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

func TestInput(t *testing.T) {
	b := open(t, bus.Config{})
	if !b.Alone() || b.URL() != "" {
		t.Errorf("a bus that does not listen is at %q", b.URL())
	}
	if err := b.Publish("a/+", nil); !errors.Is(err, bus.ErrTopic) {
		t.Errorf("publish to a pattern: %v", err)
	}
	if err := b.Publish("a", make([]byte, bus.MaxData+1)); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("publish too much: %v", err)
	}
	if err := b.Subscribe(bus.Subscription{Pattern: "#/a"}); !errors.Is(err, bus.ErrTopic) {
		t.Errorf("subscribe to no pattern: %v", err)
	}
	for _, cfg := range []bus.Config{{Listen: "nowhere"}, {Listen: "127.0.0.1:x"}, {Listen: "127.0.0.1:0", URLs: []string{"nats://127.0.0.1:1"}}} {
		cfg.Log = slog.New(slog.DiscardHandler)
		if _, err := bus.Open(cfg); err == nil {
			t.Errorf("%+v is opened", cfg)
		}
	}
}

// What is slow is told that it missed something, and nobody else is.
func TestSlowSubscription(t *testing.T) {
	first, second := two(t)
	release := make(chan struct{})
	missed := make(chan struct{}, 1)
	err := second.Subscribe(bus.Subscription{
		Pattern: "flood", Handle: func(string, []byte) { <-release },
		Missed: func() { missed <- struct{}{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	healthy := subscribe(t, second, "calm", "")
	meet(t, first, second)
	chunk := make([]byte, bus.MaxData)
	for range 3 * bus.MaxPending / bus.MaxData {
		if err := first.Publish("flood", chunk); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, first, "calm", "x")
	if got := <-healthy.messages; got.Data != "x" {
		t.Errorf("got %v", got)
	}
	<-missed
	if s := second.Stats(); s.Dropped == 0 || len(healthy.missed) != 0 {
		t.Errorf("%+v, and the healthy one missed %d", s, len(healthy.missed))
	}
	close(release)
}

// Close hands on what has arrived, and takes nothing more.
func TestCloseDrains(t *testing.T) {
	first, second := two(t)
	const n = 1000
	in := subscribe(t, first, "last", "")
	meet(t, second, first)
	for i := range n {
		publish(t, second, "last", fmt.Sprint(i))
	}
	if err := second.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if got := <-in.messages; got.Data != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, got.Data)
		}
	}
	if err := second.Publish("last", nil); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("publish after Close: %v", err)
	}
	if err := second.Subscribe(bus.Subscription{Pattern: "last"}); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("subscribe after Close: %v", err)
	}
}

// node starts a server of a cluster that is met at the given routes.
func node(t *testing.T, name string, routes ...string) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		ServerName: name, Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		Cluster: server.ClusterOpts{Name: "city", Host: "127.0.0.1", Port: server.RANDOM_PORT},
		Routes:  server.RoutesFromStr(strings.Join(routes, ",")),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

// A node of a cluster of three ends; whoever was on it goes to another one, is told
// that messages may have been missed, and gets those that follow.
func TestClusterLosesNode(t *testing.T) {
	first := node(t, "one")
	seed := "nats://" + first.ClusterAddr().String()
	nodes := []*server.Server{first, node(t, "two", seed), node(t, "three", seed)}
	at := func(i int) *bus.Bus { return open(t, bus.Config{URLs: []string{nodes[i].ClientURL()}}) } // which tells of the others
	a, b, c := at(0), at(1), at(2)
	in := map[string]*inbox{"a": subscribe(t, a, "streams/#", ""), "b": subscribe(t, b, "streams/#", ""), "c": subscribe(t, c, "streams/#", "")}
	all := []*bus.Bus{a, b, c}
	for _, from := range all {
		for _, to := range all {
			if from != to {
				meet(t, from, to)
			}
		}
	}
	publish(t, a, "streams/x", "before")
	for _, name := range []string{"b", "c"} {
		if got := <-in[name].messages; got.Data != "before" {
			t.Errorf("%s got %v", name, got)
		}
	}
	nodes[1].Shutdown()
	<-in["b"].missed
	meet(t, a, b)
	meet(t, b, c)
	publish(t, a, "streams/x", "after")
	publish(t, b, "streams/x", "from b")
	if got := <-in["b"].messages; got.Data != "after" {
		t.Errorf("b got %v", got)
	}
	got := []string{(<-in["c"].messages).Data, (<-in["c"].messages).Data}
	slices.Sort(got)
	if diff := cmp.Diff(got, []string{"after", "from b"}); diff != "" {
		t.Errorf("c (-got +want):\n%s", diff)
	}
	if len(in["c"].missed) != 0 || b.Stats().Reconnects == 0 {
		t.Errorf("c, which lost nothing, was told of %d gaps; b: %+v", len(in["c"].missed), b.Stats())
	}
}

// Without a server messages wait up to a bound, and reach it when it comes.
func TestCutOff(t *testing.T) {
	s := node(t, "gone")
	url := s.ClientURL()
	s.Shutdown()
	s.WaitForShutdown()
	b := open(t, bus.Config{URLs: []string{url}})
	in := subscribe(t, b, "in", "")
	var err error
	for range bus.MaxUnsent/bus.MaxData + 2 {
		if err = b.Publish("out", make([]byte, bus.MaxData)); err != nil {
			break
		}
	}
	if !errors.Is(err, bus.ErrFull) || b.Stats().Lost != 1 || b.Stats().Connected {
		t.Errorf("publish to nobody: %v, %+v", err, b.Stats())
	}
	again := open(t, bus.Config{Listen: url[len("nats://"):]})
	<-in.missed
	meet(t, again, b)
	publish(t, again, "in", "hello")
	if got := <-in.messages; got.Data != "hello" {
		t.Errorf("got %v", got)
	}
}
