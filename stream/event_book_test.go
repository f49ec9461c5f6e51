package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/stream"
)

// matter is what events happen to.
type matter struct {
	at    orb.Point
	level int64
}

// turn is an item before and after an event; nil where it is not open.
type turn struct{ was, is *matter }

// book is a log in memory, and a server of the hub that tells of it. A position is a
// number of events.
type book struct {
	hub *stream.Hub
	url string
	pad string // makes rows long

	mu     sync.Mutex
	events []stream.Event
	turns  []turn // what each of them did
	floor  int
	told   int // events that were announced
	items  map[string]matter
	// versions are those of all items that there have been.
	versions map[string]int64
	// begun is after how many events an epoch began.
	begun map[string]int
}

func newBook(t *testing.T, configure func(*stream.Config)) *book {
	t.Helper()
	b := &book{items: map[string]matter{}, versions: map[string]int64{}, begun: map[string]int{}}
	c := stream.Config{
		Tables: func() []stream.Table { return nil }, Logs: []stream.Log{b},
		Secret: []byte("a secret of the tests"), Pace: fast(), Limits: stream.DefaultLimits(),
	}
	c.Limits.FramesPerSecond, c.Limits.FrameBurst = 1e6, 1e6
	if configure != nil {
		configure(&c)
	}
	b.hub = stream.New(c)
	mux := http.NewServeMux()
	b.hub.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(http.StatusBadRequest)
			}
		})
	})
	server := httptest.NewServer(mux)
	b.url = server.URL
	t.Cleanup(func() {
		b.hub.Close(context.WithoutCancel(t.Context()))
		server.Close()
	})
	b.begin()
	return b
}

// Describe is a stream of alarms.
func (b *book) Describe() stream.Description {
	return stream.Description{Name: "alarms", Durable: true, Rows: &layers.Layer{
		Name: "alarms", Geometry: layers.Point,
		Properties: []layers.Property{
			{Name: "level", Type: layers.Integer}, {Name: "text", Type: layers.String}, {Name: "pad", Type: layers.String},
		},
	}}
}

// Open lists the newest events of open items.
func (b *book) Open(_ context.Context, within orb.Bound, limit int) (open []stream.Event, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	newest := map[string]int{}
	for i, e := range b.events {
		newest[e.Key] = i
	}
	for i, e := range b.events {
		if newest[e.Key] == i && !e.Final && e.Is != nil && within.Contains(*e.Is) && len(open) < limit {
			open = append(open, e)
		}
	}
	return open, nil
}

// Since lists events after a position.
func (b *book) Since(_ context.Context, position string, limit int) ([]stream.Event, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := b.place(position)
	if err != nil {
		return nil, err
	}
	return b.events[n:min(n+limit, len(b.events))], nil
}

// Newest is the last event of an item.
func (b *book) Newest(_ context.Context, key string) (e stream.Event, ok bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range slices.Backward(b.events) {
		if e.Key == key {
			return e, true, nil
		}
	}
	return e, false, nil
}

// Count counts the events between two positions.
func (b *book) Count(_ context.Context, after, upTo string, limit int) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	from, err := b.place(after)
	if err != nil {
		return 0, err
	}
	to, err := b.place(upTo)
	return max(0, min(to-from, limit)), err
}

func (b *book) place(position string) (int, error) {
	n, err := strconv.Atoi(position)
	if err != nil || n < b.floor {
		return 0, stream.ErrExpired
	}
	return n, nil
}

// begin has the hub tell of what comes after all that there is.
func (b *book) begin() {
	b.mu.Lock()
	b.told = len(b.events)
	position := strconv.Itoa(b.told)
	b.mu.Unlock()
	b.hub.Begin("alarms", position)
	epoch, _ := b.hub.TailAt("alarms")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun[epoch] = b.told
}

// happen commits an event of an item; nil closes it.
func (b *book) happen(key string, now *matter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.versions[key]++
	n := len(b.events) + 1
	at := time.UnixMilli(1_577_808_000_000 + int64(n))
	e := stream.Event{
		Position: strconv.Itoa(n), ID: fmt.Sprintf("%s/%d", key, b.versions[key]), Kind: "raised",
		Key: key, Version: b.versions[key], Time: at, Recorded: at,
	}
	change := turn{is: now}
	if was, ok := b.items[key]; ok {
		change.was = &was
		e.Kind, e.Was, e.Before = "changed", &was.at, b.row(key, was)
	}
	if now == nil {
		e.Kind, e.Is, e.Body, e.Final = "closed", e.Was, e.Before, true
		delete(b.items, key)
	} else {
		e.Is, e.Body = &now.at, b.row(key, *now)
		b.items[key] = *now
	}
	b.events, b.turns = append(b.events, e), append(b.turns, change)
}

func (b *book) row(key string, m matter) json.RawMessage {
	return fmt.Appendf(nil, `{"level": %d, "text": "警 %s", "pad": %q}`, m.level, strings.ToUpper(key), b.pad)
}

// announce tells the hub of at most so many of the events that it does not know.
func (b *book) announce(most int) {
	b.mu.Lock()
	next := b.events[b.told:min(b.told+most, len(b.events))]
	b.told += len(next)
	b.mu.Unlock()
	b.hub.Announce("alarms", next)
}
