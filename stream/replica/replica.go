package replica

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"yiping/stream/bus"
	"yiping/stream/track"
)

// chunkBytes is where a message is full.
const chunkBytes = 128 << 10

// exchangeEvery is the least time between two times of asking for everything: who is
// too slow for what comes must not ask for more of it all the time.
const exchangeEvery = 2 * time.Second

// The topics in doc.go.
const (
	topicApplied = "yiping/applied/"
	topicAsk     = "yiping/state/ask/"
	topicTell    = "yiping/state/tell/"
	topicReports = "streams/"
)

// Config is what a Replica works with.
type Config struct {
	Bus *bus.Bus
	Log *slog.Logger
}

// Replica is this server among the others.
type Replica struct {
	bus     *bus.Bus
	log     *slog.Logger
	id      string
	streams map[string]*member
	missed  chan struct{}
	counts  counts
}

// member is a stream that all replicas have.
type member struct {
	tracker *track.Tracker
	codec   *codec
	buffer  []byte // of Tell
}

type counts struct{ told, heard, refused, exchanges atomic.Uint64 }

// Stats counts reports: those told to others, heard from others (also the ones that
// were known), and messages that could not be read; and how often everything was
// exchanged.
type Stats struct{ Told, Heard, Refused, Exchanges uint64 }

// Stats is what has been done since New.
func (r *Replica) Stats() Stats {
	return Stats{r.counts.told.Load(), r.counts.heard.Load(), r.counts.refused.Load(), r.counts.exchanges.Load()}
}

// New makes a replica without streams.
func New(c Config) *Replica {
	return &Replica{bus: c.Bus, log: c.Log, id: rand.Text(), streams: map[string]*member{}, missed: make(chan struct{}, 1)}
}

// Add takes part with a stream.
func (r *Replica) Add(t *track.Tracker) {
	r.streams[t.Definition().Name] = &member{tracker: t, codec: newCodec(t.Definition())}
}

// Tell tells the other replicas what has been applied here, unless one of them told
// it. It does not wait.
func (r *Replica) Tell(b track.Batch) {
	m := r.streams[b.Stream]
	if m == nil || b.Replicated || len(b.Applied) == 0 || r.bus.Alone() {
		return
	}
	c := r.chunks(topicApplied+b.Stream, m, m.buffer)
	for i := range b.Applied {
		c.add(&b.Applied[i].Report)
	}
	m.buffer = c.flush()
}

// Run takes part until ctx is done; it returns nil then. The error is that of a bus
// which is closed.
func (r *Replica) Run(ctx context.Context) error {
	if r.bus.Alone() {
		<-ctx.Done()
		return nil
	}
	for _, s := range []bus.Subscription{
		{Pattern: topicApplied + "+", Handle: r.apply, Missed: r.miss},
		{Pattern: topicTell + r.id + "/+", Handle: r.apply, Missed: r.miss},
		{Pattern: topicAsk + "+", Handle: r.answer},
		{Pattern: topicReports + "+/+", Group: "yiping", Handle: func(topic string, data []byte) { r.ingest(ctx, topic, data) }},
	} {
		if err := r.bus.Subscribe(s); err != nil {
			return fmt.Errorf("join the other replicas: %w", err)
		}
	}
	pause := time.NewTimer(0)
	defer pause.Stop()
	r.miss() // all that was before
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.missed:
			r.exchange()
			pause.Reset(exchangeEvery)
		}
	}
}

// miss notes that something may not have come.
func (r *Replica) miss() {
	select {
	case r.missed <- struct{}{}:
	default: // already noted
	}
}

// exchange asks the others for what they have, and tells them what is here: what was
// sent while the connection was cut has not come either.
func (r *Replica) exchange() {
	r.counts.exchanges.Add(1)
	r.publish(topicAsk+r.id, nil)
	for name, m := range r.streams {
		r.tellAll(topicApplied+name, m)
	}
}

// answer tells another replica what is here.
func (r *Replica) answer(topic string, _ []byte) {
	who := strings.TrimPrefix(topic, topicAsk)
	for name, m := range r.streams {
		r.tellAll(topicTell+who+"/"+name, m)
	}
}

func (r *Replica) tellAll(topic string, m *member) {
	c := r.chunks(topic, m, nil)
	for report := range m.tracker.Newest() {
		c.add(&report)
	}
	c.flush()
}

// apply takes what another replica has applied.
func (r *Replica) apply(topic string, data []byte) {
	m := r.streams[topic[strings.LastIndexByte(topic, '/')+1:]]
	if m == nil { // of a version with more streams
		return
	}
	reports, err := m.codec.decode(data)
	if err != nil {
		if r.counts.refused.Add(1) == 1 {
			r.log.Warn("what another replica tells is not understood here", "topic", topic, "error", err)
		}
		return
	}
	r.counts.heard.Add(uint64(len(reports)))
	m.tracker.Replicate(reports)
}

// chunks gathers reports into messages.
type chunks struct {
	r     *Replica
	topic string
	m     *member
	buf   []byte
	n     uint64
}

func (r *Replica) chunks(topic string, m *member, buf []byte) *chunks {
	return &chunks{r: r, topic: topic, m: m, buf: append(buf[:0], m.codec.head[:]...)}
}

func (c *chunks) add(report *track.Report) {
	c.buf = c.m.codec.append(c.buf, report)
	if c.n++; len(c.buf) >= chunkBytes {
		c.flush()
	}
}

// flush sends what is there, and returns the buffer for another use.
func (c *chunks) flush() []byte {
	if len(c.buf) > headLen {
		c.r.publish(c.topic, c.buf)
		c.r.counts.told.Add(c.n)
	}
	c.buf, c.n = c.buf[:headLen], 0
	return c.buf
}

// publish sends a message. What the bus has no room for it counts, and all is told
// again once the bus is there.
func (r *Replica) publish(topic string, data []byte) {
	err := r.bus.Publish(topic, data)
	if err != nil && !errors.Is(err, bus.ErrFull) && !errors.Is(err, bus.ErrClosed) {
		r.log.Warn("the other replicas are not told", "error", err)
	}
}
