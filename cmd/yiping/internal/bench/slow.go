package bench

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/stream/client"
)

// SlowClients measures CommitToFrame beside n clients of the same area that
// subscribe and then read nothing for the time stall, and what memory of the server
// each of them takes at the most. The first result is how it is without them.
func (l *Live) SlowClients(ctx context.Context, a Area, to Toucher, n int, stall time.Duration) ([]LiveResult, error) {
	quiet, err := l.CommitToFrame(ctx, a, to)
	if err != nil {
		return nil, err
	}
	quiet.Case = "slow_client_without"
	before, err := l.HTTP.Usage(ctx)
	if err != nil {
		return nil, err
	}
	var slow LiveResult
	peak := before.Resident
	stalling, stop := context.WithCancel(ctx)
	group, stalling := errgroup.WithContext(stalling)
	for range n {
		group.Go(func() error { return l.stall(stalling, a) })
	}
	group.Go(func() (err error) {
		peak, err = l.peak(stalling, peak)
		return err
	})
	group.Go(func() (err error) {
		defer stop()
		longer := *l
		longer.Duration = stall
		slow, err = longer.CommitToFrame(stalling, a, to)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slow.Case = "slow_client"
	each := (peak - before.Resident) / int64(max(n, 1))
	slow.Bytes = &each
	return []LiveResult{quiet, slow}, nil
}

// stallFor is how long the server keeps a client that acknowledges nothing.
const stallFor = 30 * time.Second

// stall is a client that reads nothing. One that the server has given up comes again,
// so that there is one at any time until ctx is done.
func (l *Live) stall(ctx context.Context, a Area) error {
	for ctx.Err() == nil {
		if err := l.deaf(ctx, a); err != nil {
			return unlessEnded(ctx, err)
		}
	}
	return nil
}

// deaf subscribes and reads nothing for as long as the server bears it.
func (l *Live) deaf(ctx context.Context, a Area) error {
	conn, err := client.Dial(ctx, l.URL, client.Config{})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Subscribe(l.subscription(a.BBox)); err != nil {
		return err
	}
	return pause(ctx, stallFor)
}

// peak is the greatest memory that the server has once a second until ctx is done.
func (l *Live) peak(ctx context.Context, most int64) (int64, error) {
	for {
		err := pause(ctx, time.Second)
		var used Usage
		if err == nil {
			used, err = l.HTTP.Usage(ctx)
		}
		if err != nil {
			return most, unlessEnded(ctx, err)
		}
		most = max(most, used.Resident)
	}
}

// unlessEnded is an error that is not for the end of ctx.
func unlessEnded(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return nil
	default:
		return err
	}
}
