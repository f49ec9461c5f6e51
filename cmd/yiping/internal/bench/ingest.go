package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"
)

const (
	// ingestConnections report at once, each for objects of its own.
	ingestConnections = 4
	// ingestLines is how many reports a request has.
	ingestLines = 1000
	// trafficStream is the one that takes the reports.
	trafficStream = "vehicles"
)

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// taken is what a server says has become of reports.
type taken struct {
	Accepted  int `json:"accepted"`
	Late      int `json:"late"`
	Duplicate int `json:"duplicate"`
	Rejected  int `json:"rejected_count"`
}

func (t *taken) add(o taken) {
	t.Accepted += o.Accepted
	t.Late += o.Late
	t.Duplicate += o.Duplicate
	t.Rejected += o.Rejected
}

// report posts lines of reports.
func (c *Client) report(ctx context.Context, lines []byte) (taken, error) {
	path := "/streams/" + trafficStream
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(lines))
	if err != nil {
		return taken{}, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	var body bytes.Buffer
	if err := c.send(req, &body); err != nil {
		return taken{}, err
	}
	var t taken
	if err := json.Unmarshal(body.Bytes(), &t); err != nil {
		return t, fmt.Errorf("POST %s: %w", path, err)
	}
	return t, nil
}

// IngestHTTP reports n objects as fast as the server takes it. Times are of requests
// of a thousand reports each. The history is written too, as the server does it.
func (l *Live) IngestHTTP(ctx context.Context, box orb.Bound, n int) (LiveResult, error) {
	before, err := l.HTTP.Usage(ctx)
	if err != nil {
		return LiveResult{}, err
	}
	var mu sync.Mutex
	var sum taken
	var times []time.Duration
	group, running := errgroup.WithContext(ctx)
	start := time.Now()
	for c := range ingestConnections {
		traffic := NewTraffic(n, box, l.Seed, start)
		group.Go(func() error {
			var lines []byte
			i, told := c, start
			for time.Since(start) < l.Duration {
				lines = lines[:0]
				at := time.Now()
				// Two reports of an object in one millisecond would be one.
				told = latest(at, told.Add(time.Millisecond))
				for range min(ingestLines, n/ingestConnections) {
					lines = traffic.Line(lines, i, told)
					if i += ingestConnections; i >= n {
						i = c
					}
				}
				t, err := l.HTTP.report(running, lines)
				if err != nil {
					return err
				}
				mu.Lock()
				sum.add(t)
				times = append(times, time.Since(at))
				mu.Unlock()
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return LiveResult{}, err
	}
	took := time.Since(start)
	after, err := l.HTTP.Usage(ctx)
	if err != nil {
		return LiveResult{}, err
	}
	r := Timed("ingest_http", times, 0)
	rate, cpu := float64(sum.Accepted)/took.Seconds(), (after.CPU-before.CPU)/took.Seconds()
	r.N, r.PerSecond, r.CPU, r.Errors = sum.Accepted, &rate, &cpu, sum.Late+sum.Duplicate+sum.Rejected
	return r, nil
}
