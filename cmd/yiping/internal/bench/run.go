package bench

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/geo"
)

// Request is one thing to ask for.
type Request struct {
	// Path with its parameters, below the server's base.
	Path string
	// Zoom of a tile, to tell the zooms apart.
	Zoom geo.Zoom
}

// Sample is what became of a request.
type Sample struct {
	Zoom geo.Zoom
	// Time from the request to the last byte of its answer.
	Time time.Duration
	// Bytes of the body, compressed.
	Bytes int64
	// Err is why there was no good answer; nil for 200 and 204.
	Err error
}

// Run asks for the requests in order, over so many connections, each of which
// asks for its next as soon as it has an answer. It begins no request after
// limit, so that the samples are those of the first requests; 0 is no limit. It
// returns the time that all took together. Answers that fail are samples; the
// error is ctx's only.
func Run(ctx context.Context, c *Client, requests []Request, connections int, limit time.Duration) ([]Sample, time.Duration, error) {
	samples := make([]Sample, len(requests))
	var next atomic.Int64
	var group errgroup.Group
	start := time.Now()
	for range connections {
		group.Go(func() error {
			for ctx.Err() == nil && (limit == 0 || time.Since(start) < limit) {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return nil
				}
				samples[i] = ask(ctx, c, requests[i])
			}
			return nil
		})
	}
	err := errors.Join(group.Wait(), ctx.Err())
	// A connection that stops at the limit has taken no number, so the numbers
	// taken are those asked.
	return samples[:min(int(next.Load()), len(requests))], time.Since(start), err
}

func ask(ctx context.Context, c *Client, r Request) Sample {
	start := time.Now()
	n, err := c.get(ctx, r.Path, "gzip", io.Discard)
	return Sample{Zoom: r.Zoom, Time: time.Since(start), Bytes: n, Err: err}
}
