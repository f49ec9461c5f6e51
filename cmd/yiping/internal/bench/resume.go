package bench

import (
	"context"
	"fmt"
	"time"

	"yiping/layers"
	"yiping/stream/client"
)

// Resume measures what it costs to come back after changes of an area: bytes as
// sent, and the time from the beginning of the handshake until the last changed row
// is there. In turn 0, 1 and 100 rows of the western half have changed, while all of
// the eastern half did; then the western half is fetched anew for comparison.
func (l *Live) Resume(ctx context.Context, whole Area, to Toucher) ([]LiveResult, error) {
	a, elsewhere := whole.Halves()
	if len(a.IDs) == 0 || len(elsewhere.IDs) == 0 {
		return nil, fmt.Errorf("%w: features of %s on both sides of an area", layers.ErrNotFound, l.Layer)
	}
	var results []LiveResult
	for _, changed := range []int{0, 1, 100} {
		r, err := l.resume(ctx, a, elsewhere, to, min(changed, len(a.IDs)))
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	start := time.Now()
	s := l.subscription(a.BBox)
	conn, err := open(ctx, l.URL, s)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r := Timed("resume_snapshot", []time.Duration{time.Since(start)}, 0)
	bytes := conn.Received()
	r.N, r.Bytes = len(s.Rows()), &bytes
	return append(results, r), nil
}

// resume leaves, changes features, and comes back.
func (l *Live) resume(ctx context.Context, a, elsewhere Area, to Toucher, changed int) (LiveResult, error) {
	s := l.subscription(a.BBox)
	if err := l.leave(ctx, s); err != nil {
		return LiveResult{}, err
	}
	if err := to.Touch(ctx, elsewhere.IDs); err != nil {
		return LiveResult{}, err
	}
	// Another client tells when the server has heard of them all. The last is
	// elsewhere, so that it is none of the changes here.
	w := newWaiting()
	watch := l.subscription(elsewhere.BBox)
	conn, err := open(ctx, l.URL, watch)
	if err != nil {
		return LiveResult{}, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.follow(conn) // until it is closed; what is missing tells of faults
	}()
	err = to.Touch(ctx, a.IDs[:changed])
	if err == nil {
		err = to.Touch(ctx, w.expect(elsewhere.IDs[:1], time.Now()))
	}
	missing := w.empty(ctx)
	conn.Close()
	<-ended
	if err != nil || missing > 0 {
		return LiveResult{Case: fmt.Sprintf("resume_%d", changed), Errors: missing}, err
	}
	return l.comeBack(ctx, s, a.IDs[:changed])
}

// leave holds an area until there is a token, and goes.
func (l *Live) leave(ctx context.Context, s *client.Subscription) error {
	conn, err := open(ctx, l.URL, s)
	if err != nil {
		return err
	}
	defer conn.Close()
	for had := s.Token(); s.Token() == had; {
		if _, err := conn.Next(); err != nil {
			return err
		}
	}
	return nil
}

// comeBack goes on from the token until all changes are there.
func (l *Live) comeBack(ctx context.Context, s *client.Subscription, ids []int64) (LiveResult, error) {
	w := newWaiting()
	start := time.Now()
	w.expect(ids, start)
	conn, err := client.Dial(ctx, l.URL, client.Config{})
	if err != nil {
		return LiveResult{}, err
	}
	defer conn.Close()
	r := LiveResult{Case: fmt.Sprintf("resume_%d", len(ids)), N: len(ids)}
	if err := conn.Subscribe(s); err != nil {
		return r, err
	}
	for {
		f, err := conn.Next()
		if err != nil {
			return r, err
		}
		if f.F == "snap" || f.F == "reset" {
			r.Errors++ // it should have been told the changes only
			return r, nil
		}
		w.seen(f.Up, time.Now())
		if f.F == "delta" && w.left() == 0 {
			break
		}
		if time.Since(start) > settle {
			r.Errors = w.left()
			return r, nil
		}
	}
	took, bytes := milliseconds(time.Since(start)), conn.Received()
	r.P50, r.P99, r.Bytes = &took, &took, &bytes
	return r, nil
}
