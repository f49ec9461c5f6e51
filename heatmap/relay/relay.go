package relay

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/wire"
	"yiping/stream/bus"
)

// The topics in doc.go.
const (
	topicPings = "heat/pings/"
	topicSeen  = "yiping/heat/seen"
	topicTally = "yiping/heat/tallied"
	topicTell  = "yiping/heat/key/tell"
	topicAsk   = "yiping/heat/key/ask"
)

// chunk is how many sightings a message has at most, 120 KB, and tallyChunk how many
// tallies, at most 400 KB.
const (
	chunk      = 5000
	tallyChunk = 400
)

// Config is what a Relay works with.
type Config struct {
	Bus    *bus.Bus
	Engine *heatmap.Engine
	// Secret is known to the replicas alone.
	Secret []byte
	// Take takes the pings of a message to heat/pings into Engine.
	Take func(feed string, data []byte) error
	// Tallied takes the tallies that came to another replica.
	Tallied func([]heatmap.Tally)
	Log     *slog.Logger
}

// Relay is the engine of this server among those of the others.
type Relay struct {
	cfg    Config
	sealer *sealer
	counts struct{ told, heard, refused atomic.Uint64 }
}

// Stats counts sightings that were told to other replicas and heard from them, and
// messages that could not be read.
type Stats struct{ Told, Heard, Refused uint64 }

// Stats is what has been done since New.
func (r *Relay) Stats() Stats {
	return Stats{r.counts.told.Load(), r.counts.heard.Load(), r.counts.refused.Load()}
}

// New makes a relay that has told and heard nothing.
func New(c Config) (*Relay, error) {
	s, err := newSealer(c.Secret)
	return &Relay{cfg: c, sealer: s}, err
}

// Run takes part until ctx is done; it returns nil then. The error is that of a bus
// which is closed.
func (r *Relay) Run(ctx context.Context) error {
	if r.cfg.Bus.Alone() {
		<-ctx.Done()
		return nil
	}
	for _, s := range []bus.Subscription{
		{Pattern: topicPings + "+", Group: "yiping", Handle: r.handle(r.take)},
		{Pattern: topicSeen, Handle: r.handle(r.count)},
		{Pattern: topicTally, Handle: r.handle(r.tallied)},
		{Pattern: topicAsk, Handle: func(string, []byte) { r.tellKey() }},
		// The last: who agrees about the key hears of all that is seen.
		{Pattern: topicTell, Handle: r.handle(r.share), Missed: r.agree},
	} {
		if err := r.cfg.Bus.Subscribe(s); err != nil {
			return fmt.Errorf("count with the other replicas: %w", err)
		}
	}
	r.agree()
	<-ctx.Done()
	return nil
}

// handle counts what a handler refuses, and logs the first of it.
func (r *Relay) handle(take func(topic string, data []byte) error) func(topic string, data []byte) {
	return func(topic string, data []byte) {
		if err := take(topic, data); err != nil && r.counts.refused.Add(1) == 1 {
			r.cfg.Log.Warn("a message about devices is not understood here", "topic", topic, "error", err)
		}
	}
}

// agree asks the others for their keys and tells the own: after a cut both sides may
// have one.
func (r *Relay) agree() {
	r.publish(topicAsk, nil)
	r.tellKey()
}

// keyBytes is the length of a key on the bus.
const keyBytes = 8 + 8 + 32

func (r *Relay) tellKey() {
	k := r.cfg.Engine.Key()
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, keyBytes), uint64(k.Day))
	b = binary.LittleEndian.AppendUint64(b, uint64(k.Drawn.UnixNano()))
	r.publish(topicTell, r.sealer.seal(topicTell, append(b, k.Secret[:]...)))
}

// share takes the key of another replica.
func (r *Relay) share(topic string, message []byte) error {
	data, err := r.sealer.open(topic, message)
	if err != nil {
		return err
	}
	if len(data) != keyBytes {
		return errors.New("a key of another version of the service")
	}
	k := heatmap.Key{Day: int64(binary.LittleEndian.Uint64(data)), Drawn: time.Unix(0, int64(binary.LittleEndian.Uint64(data[8:]))).UTC()}
	copy(k.Secret[:], data[16:])
	r.cfg.Engine.ShareKey(k)
	return nil
}

// Hear tells the other replicas what has been counted here, unless one of them told
// it. It does not wait.
func (r *Relay) Hear(h *heatmap.Heard) {
	if h.Replicated || r.cfg.Bus.Alone() {
		return
	}
	for first := 0; first < len(h.Sightings); first += chunk {
		some := h.Sightings[first:min(first+chunk, len(h.Sightings))]
		data := append(make([]byte, 0, 1+wire.HeadBytes+len(some)*wire.RecordBytes), 0)
		if h.Made {
			data[0] = 1
		}
		data = wire.AppendHead(data, h.Now)
		for i := range some {
			data = wire.Append(data, h.Now, &wire.Record{Device: some[i].Name, Time: some[i].Time, Place: some[i].Place})
		}
		r.publish(topicSeen, r.sealer.seal(topicSeen, data))
		r.counts.told.Add(uint64(len(some)))
	}
}

// count counts what another replica has taken in.
func (r *Relay) count(topic string, message []byte) error {
	data, err := r.sealer.open(topic, message)
	if err != nil {
		return err
	}
	if len(data) == 0 || data[0] > 1 {
		return errors.New("sightings of another version of the service")
	}
	in, records := wire.NewReader(bytes.NewReader(data[1:])), make([]wire.Record, chunk)
	n, err := in.Read(records)
	if err == nil {
		_, err = in.Read(make([]wire.Record, 1))
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("sightings of another version of the service: %w", err)
	}
	all := make([]heatmap.Sighting, n)
	for i := range all {
		all[i] = heatmap.Sighting{Name: records[i].Device, Time: records[i].Time, Place: records[i].Place}
	}
	r.cfg.Engine.Replicate(all, data[0] == 1)
	r.counts.heard.Add(uint64(n))
	return nil
}

// Tally tells the other replicas what counters have told this one. It does not wait.
func (r *Relay) Tally(all []heatmap.Tally) {
	if r.cfg.Bus.Alone() {
		return
	}
	for some := range slices.Chunk(all, tallyChunk) {
		data, err := json.Marshal(some)
		if err != nil { // texts, numbers and times that were read from JSON
			panic(err)
		}
		r.publish(topicTally, r.sealer.seal(topicTally, data))
	}
}

// tallied takes what counters have told another replica.
func (r *Relay) tallied(topic string, message []byte) error {
	data, err := r.sealer.open(topic, message)
	if err != nil {
		return err
	}
	var all []heatmap.Tally
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("tallies of another version of the service: %w", err)
	}
	r.cfg.Tallied(all)
	return nil
}

// take takes pings that a feed has published.
func (r *Relay) take(topic string, data []byte) error {
	return r.cfg.Take(strings.TrimPrefix(topic, topicPings), data)
}

// publish sends a message. What the bus has no room for it counts, and devices are
// heard of again.
func (r *Relay) publish(topic string, data []byte) {
	err := r.cfg.Bus.Publish(topic, data)
	if err != nil && !errors.Is(err, bus.ErrFull) && !errors.Is(err, bus.ErrClosed) {
		r.cfg.Log.Warn("the other replicas are not told of devices", "error", err)
	}
}
