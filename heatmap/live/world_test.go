package live_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"go.uber.org/goleak"

	"yiping/heatmap"
	"yiping/heatmap/live"
	"yiping/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// evening is a crowd that moves at random.
type evening struct {
	*heatmap.Engine

	r   *rand.Rand
	now time.Time
	// steps is how many were made.
	steps int
}

func newEvening(t *testing.T, told func(*heatmap.Frame)) *evening {
	t.Helper()
	seed := rand.Uint64()
	if s, err := strconv.ParseUint(os.Getenv("YIPING_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("again with YIPING_TEST_SEED=%d", seed)
	e := &evening{r: rand.New(rand.NewPCG(seed, 6)), now: time.Date(2019, 12, 31, 15, 0, 0, 0, time.UTC)}
	e.Engine = heatmap.New(heatmap.EngineConfig{
		Rules: heatmap.DefaultRules(), Clock: func() time.Time { return e.now }, Told: told,
	})
	return e
}

// lonely is a place that nobody else comes near to: all of its cells are told.
func lonely() orb.Point { return orb.Point{121.1, 30.8} }

// told is how many are at the lonely place after so many steps: of each another number.
func told(steps int) int { return 100 + steps }

// step has groups come or move, and the frame of that told.
func (e *evening) step(made bool) {
	e.now = e.now.Add(time.Minute)
	e.steps++
	var pings []heatmap.Ping
	for range 5 {
		group := e.r.IntN(40)
		at := orb.Point{121.4 + 0.2*e.r.Float64(), 31.1 + 0.2*e.r.Float64()}
		spread := 0.00005 * math.Pow(40, e.r.Float64())
		for i := range 1 + e.r.IntN(60) {
			near := orb.Point{at[0] + spread*e.r.NormFloat64(), at[1] + spread*e.r.NormFloat64()}
			pings = append(pings, heatmap.Ping{Device: fmt.Sprintf("%d-%d", group, i), Time: e.now, Place: near})
		}
	}
	for i := range told(e.steps) {
		pings = append(pings, heatmap.Ping{Device: fmt.Sprintf("lonely-%d", i), Time: e.now, Place: lonely()})
	}
	e.Take(pings, made)
	e.Tick()
}

// heard is what a hub is told.
type heard struct {
	stream, position string
	touches          []stream.Touch
	anew             bool
}

// listener is a Hub that waits until the test takes what it is told.
type listener chan heard

func (l listener) Touch(stream string, touches []stream.Touch, position string, _ time.Time) {
	l <- heard{stream, position, touches, false}
}

func (l listener) Replace(stream, position string) { l <- heard{stream, position, nil, true} }

// run runs streams until the test is over. Hub may be in the middle of being told then.
func run(t *testing.T, s *live.Streams, hub live.Hub) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, hub) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// serve is a hub of streams, and the address of its server.
func serve(t *testing.T, s *live.Streams) (url string) {
	t.Helper()
	pace := stream.DefaultPace()
	pace.Tick = time.Millisecond
	hub := stream.New(stream.Config{Tables: s.Tables, Secret: []byte("a secret of the tests"), Pace: pace})
	mux := http.NewServeMux()
	hub.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(err.Error()))
			}
		})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		hub.Close(context.WithoutCancel(t.Context()))
		server.Close()
	})
	run(t, s, hub)
	return server.URL
}
