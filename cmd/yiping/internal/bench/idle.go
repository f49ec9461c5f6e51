package bench

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/stream/client"
)

// dialers is how many connections are opened at a time.
const dialers = 8

// idleFor is how long connections do nothing before they are measured.
const idleFor = 3 * time.Second

// IdleConnections opens n connections that each hold a small area in which nothing
// happens, and tells what memory of the server each takes.
func (l *Live) IdleConnections(ctx context.Context, a Area, n int) (r LiveResult, err error) {
	at := around([2]float64{a.BBox[0], a.BBox[1]}, 1e-5)
	before, err := l.HTTP.Usage(ctx)
	if err != nil {
		return r, err
	}
	held := newCrowd(ctx)
	defer held.end()
	start := time.Now()
	err = held.join(l.URL, n, func(int) *client.Subscription { return l.subscription(at) }, func(int, *client.Frame) {})
	if err != nil {
		return r, err
	}
	took := time.Since(start)
	if err := pause(ctx, idleFor); err != nil {
		return r, err
	}
	after, err := l.HTTP.Usage(ctx)
	if err != nil {
		return r, err
	}
	each := (after.Resident - before.Resident) / int64(max(n, 1))
	rate := float64(n) / took.Seconds()
	return LiveResult{Case: "idle_connections", N: n, PerSecond: &rate, Bytes: &each, Errors: held.lost()}, nil
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// crowd is connections that read what comes, each in a goroutine, until the end.
type crowd struct {
	ctx   context.Context //nolint:containedctx // of the connections, which end with it
	stop  context.CancelFunc
	group errgroup.Group
	// gone is told of each connection that ended before the crowd.
	gone chan error
}

// maxCrowd is how many connections a crowd may have.
const maxCrowd = 10_000

func newCrowd(ctx context.Context) *crowd {
	c := &crowd{gone: make(chan error, maxCrowd)}
	c.ctx, c.stop = context.WithCancel(ctx)
	return c
}

// join connects n clients, each with a subscription that is whole when join
// returns. visit is told of the frames of each, one at a time.
func (c *crowd) join(url string, n int, subscribe func(i int) *client.Subscription, visit func(i int, f *client.Frame)) error {
	var dialing errgroup.Group
	dialing.SetLimit(dialers)
	for i := range n {
		dialing.Go(func() error {
			conn, err := open(c.ctx, url, subscribe(i))
			if err != nil {
				return err
			}
			c.group.Go(func() error {
				defer conn.Close()
				for {
					f, err := conn.Next()
					if err != nil {
						if c.ctx.Err() == nil {
							c.gone <- err
						}
						return nil
					}
					visit(i, f)
				}
			})
			return nil
		})
	}
	return dialing.Wait()
}

// lost is how many connections have ended by themselves.
func (c *crowd) lost() int { return len(c.gone) }

// end ends all connections and waits.
func (c *crowd) end() {
	c.stop()
	_ = c.group.Wait() // they tell gone
}
