package bench

import (
	"context"
	"strconv"
	"sync"
	"time"

	"yiping/stream/client"
)

// Live measures live/1 of one server.
type Live struct {
	// URL is the server's.
	URL string
	// HTTP asks the same server.
	HTTP *Client
	// Layer is a layer of points with a property state.
	Layer string
	// Rate is how many features change in a second, Duration for how long.
	Rate     int
	Duration time.Duration
	Seed     uint64
}

// Toucher changes features as any SQL client may: it writes them as they are, so
// that only their version tells.
type Toucher interface {
	Touch(ctx context.Context, ids []int64) error
}

// subscription is one to the rows of a box.
func (l *Live) subscription(box [4]float64) *client.Subscription {
	return client.NewSubscription(client.Query{
		Stream: "layer." + l.Layer, Area: client.Area{BBox: &box}, Fields: []string{"state"}, LOD: "objects", MaxObjects: maxAreaRows,
	})
}

// fill reads until a subscription is whole.
func fill(conn *client.Conn, s *client.Subscription) error {
	for !s.Whole() {
		if _, err := conn.Next(); err != nil {
			return err
		}
	}
	return nil
}

// open connects and waits until a subscription is whole.
func open(ctx context.Context, url string, s *client.Subscription) (*client.Conn, error) {
	conn, err := client.Dial(ctx, url, client.Config{})
	if err != nil {
		return nil, err
	}
	err = conn.Subscribe(s)
	if err == nil {
		err = fill(conn, s)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// waiting is what was changed and has not been seen yet: since when.
type waiting struct {
	mu    sync.Mutex
	since map[string]time.Time
	times []time.Duration
	// none is told when nothing is waited for.
	none chan struct{}
}

func newWaiting() *waiting {
	return &waiting{since: map[string]time.Time{}, none: make(chan struct{}, 1)}
}

// expect notes keys that will change, and returns those that were not waited for.
func (w *waiting) expect(ids []int64, at time.Time) []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := make([]int64, 0, len(ids))
	for _, id := range ids {
		k := strconv.FormatInt(id, 10)
		if _, ok := w.since[k]; !ok {
			w.since[k] = at
			fresh = append(fresh, id)
		}
	}
	return fresh
}

// await notes a key that will come.
func (w *waiting) await(key string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since[key] = at
}

// seen notes rows that came.
func (w *waiting) seen(rows []client.Row, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range rows {
		if since, ok := w.since[rows[i].Key]; ok {
			w.times = append(w.times, at.Sub(since))
			delete(w.since, rows[i].Key)
		}
	}
	if len(w.since) == 0 {
		select {
		case w.none <- struct{}{}:
		default:
		}
	}
}

func (w *waiting) left() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.since)
}

// settle is how long what is missing at the end is waited for.
const settle = 10 * time.Second

// empty waits until all has been seen, or for so long, and returns how much has not.
func (w *waiting) empty(ctx context.Context) int {
	limit := time.NewTimer(settle)
	defer limit.Stop()
	for w.left() > 0 {
		select {
		case <-w.none:
		case <-limit.C:
			return w.left()
		case <-ctx.Done():
			return w.left()
		}
	}
	return 0
}

// follow reads a connection until it ends, and notes what comes.
func (w *waiting) follow(conn *client.Conn) error {
	for {
		f, err := conn.Next()
		if err != nil {
			return err
		}
		w.seen(f.Up, time.Now())
	}
}
