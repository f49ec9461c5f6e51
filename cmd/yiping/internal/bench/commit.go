package bench

import (
	"context"
	"time"

	"yiping/stream/client"
)

// statementsPerSecond is into how many statements, each of its own transaction, the
// changes of a second are divided.
const statementsPerSecond = 100

// CommitToFrame changes features of an area and measures the time from the
// beginning of a statement, which is a little before its commit, until the row is
// in the hands of a client that holds the area.
func (l *Live) CommitToFrame(ctx context.Context, a Area, to Toucher) (LiveResult, error) {
	s := l.subscription(a.BBox)
	conn, err := open(ctx, l.URL, s)
	if err != nil {
		return LiveResult{}, err
	}
	w := newWaiting()
	followed := make(chan error, 1)
	go func() { followed <- w.follow(conn) }()
	took, err := l.change(ctx, a, to, w)
	missing := w.empty(ctx)
	conn.Close()
	ended := <-followed
	if err != nil {
		return LiveResult{}, err
	}
	r := Timed("commit_to_frame", w.times, took)
	if r.Errors = missing; missing > 0 && client.CloseCode(ended) > 0 {
		return r, ended // the server ended it: that is why they are missing
	}
	return r, ctx.Err()
}

// change touches features of an area one after another, at the rate, and returns
// how long that took.
func (l *Live) change(ctx context.Context, a Area, to Toucher, w *waiting) (time.Duration, error) {
	ticks := time.NewTicker(time.Second / statementsPerSecond)
	defer ticks.Stop()
	start := time.Now()
	next, done := 0, 0
	for {
		select {
		case <-ctx.Done():
			return time.Since(start), ctx.Err()
		case <-ticks.C:
		}
		since := time.Since(start)
		if since >= l.Duration {
			return since, nil
		}
		// What should have been done by now, so that a slow statement is made up for.
		due := int(since.Seconds()*float64(l.Rate)) - done
		ids := make([]int64, 0, due)
		for range min(due, len(a.IDs)) {
			ids = append(ids, a.IDs[next%len(a.IDs)])
			next++
		}
		done += due
		if ids = w.expect(ids, time.Now()); len(ids) == 0 {
			continue
		}
		if err := to.Touch(ctx, ids); err != nil {
			return time.Since(start), err
		}
	}
}
