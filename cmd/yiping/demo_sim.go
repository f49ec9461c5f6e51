package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"yiping/cmd/yiping/internal/sim"
	"yiping/geo"
	"yiping/layers"
	"yiping/stream/track"
)

// simulation is what lives in the demonstration city while it is served.
type simulation struct {
	simCommand
	log *slog.Logger
}

// run lives until ctx is done. The city is read from the service itself, as others
// read it. A simulation that cannot go on is no reason to stop serving: it is
// logged.
func (s *simulation) run(ctx context.Context, at net.Addr, streams *streams) {
	address := "http://" + reachable(at)
	err := awaitReady(ctx, address)
	if err == nil {
		err = s.simulate(ctx, address, trackers(streams.trackers), 0, s.log)
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("nothing is simulated", "error", err)
	}
}

// reachable is an address that this host can connect to: one that listens
// everywhere does so on loopback too.
func reachable(at net.Addr) string {
	if tcp, ok := at.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return at.String()
}

// trackers take reports in this process as POST /streams/{stream} does.
type trackers []*track.Tracker

var _ sim.Reporter = trackers(nil)

// Report hands lines to the tracker of a stream.
func (t trackers) Report(ctx context.Context, stream string, lines []byte) (sim.Outcome, error) {
	for _, one := range t {
		if one.Definition().Name != stream {
			continue
		}
		o, err := one.ReadLines(ctx, bytes.NewReader(lines), geo.WGS84)
		out := sim.Outcome{Accepted: o.Accepted, Late: o.Late, Duplicate: o.Duplicate, Rejected: o.RejectedCount}
		for _, r := range o.Rejected {
			out.Faults = append(out.Faults, sim.Fault{Line: r.Line, Reason: r.Reason})
		}
		return out, err
	}
	return sim.Outcome{}, fmt.Errorf("%w: the stream %s", layers.ErrNotFound, stream)
}

// demoHistory is how often the history of a demonstration keeps where a synthetic
// object was. All reports of 12,000 objects would be 146 GB a day.
const demoHistory = time.Minute

// sparse is a recorder that keeps one report of a synthetic object in a while, and
// all of others.
type sparse struct {
	track.Recorder
	every time.Duration
	mu    sync.Mutex
	kept  map[objectKey]time.Time
}

// objectKey names an object of any stream.
type objectKey struct{ stream, key string }

func newSparse(r track.Recorder, every time.Duration) *sparse {
	return &sparse{Recorder: r, every: every, kept: map[objectKey]time.Time{}}
}

// Add passes on what is to be kept.
func (s *sparse) Add(d *track.Definition, reserved int64, accepted, late []track.Report) {
	s.mu.Lock()
	keep := accepted[:0:0]
	for _, r := range accepted {
		object := objectKey{d.Name, r.Key}
		if last, ok := s.kept[object]; r.Synthetic && ok && r.Time.Sub(last) < s.every {
			continue
		}
		if r.Synthetic {
			s.kept[object] = r.Time
		}
		keep = append(keep, r)
	}
	s.mu.Unlock()
	s.Recorder.Add(d, reserved, keep, late)
}

// awaitReady waits until a service has everything in memory.
func awaitReady(ctx context.Context, url string) error {
	ticks := time.NewTicker(readyEvery)
	defer ticks.Stop()
	for {
		ready, err := isReady(ctx, url)
		if ready || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks.C:
		}
	}
}

// readyEvery is how often a service is asked whether it is ready.
const readyEvery = 200 * time.Millisecond

func isReady(ctx context.Context, url string) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false, err
	}
	return res.StatusCode == http.StatusOK, res.Body.Close()
}
