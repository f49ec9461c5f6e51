package bench_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yiping/cmd/yiping/internal/bench"
)

// serve runs a handler for the test, and a client with so many connections.
func serve(t *testing.T, connections int, h http.HandlerFunc) *bench.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c := bench.NewClient(server.URL+"/", connections)
	t.Cleanup(c.Close)
	return c
}

func requests(n int) []bench.Request {
	all := make([]bench.Request, n)
	for i := range all {
		all[i] = bench.Request{Path: fmt.Sprintf("/tiles/%d", i), Zoom: 9}
	}
	return all
}

func TestRunAsksEachOnce(t *testing.T) {
	t.Parallel()
	var asked [100]atomic.Int64
	var now, most atomic.Int64
	c := serve(t, 4, func(w http.ResponseWriter, r *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/tiles/%d", &i); err != nil {
			t.Error(err)
		}
		asked[i].Add(1)
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("Accept-Encoding is %q", r.Header.Get("Accept-Encoding"))
		}
		switch {
		case i%10 == 0:
			w.WriteHeader(http.StatusNoContent)
		case i%25 == 3:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = w.Write([]byte(strings.Repeat("x", i)))
		}
	})
	samples, took, err := bench.Run(t.Context(), c, requests(100), 4, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range samples {
		if asked[i].Load() != 1 {
			t.Errorf("request %d was sent %d times", i, asked[i].Load())
		}
		var status *bench.StatusError
		switch failed := errors.As(s.Err, &status); {
		case failed != (i%25 == 3):
			t.Errorf("request %d: error %v", i, s.Err)
		case failed && status.Status != 503:
			t.Errorf("request %d: status %d", i, status.Status)
		case !failed && i%10 != 0 && s.Bytes != int64(i):
			t.Errorf("request %d: %d bytes", i, s.Bytes)
		}
		if s.Time <= 0 || s.Time > took {
			t.Errorf("request %d took %v of %v", i, s.Time, took)
		}
	}
	if len(samples) != 100 || most.Load() > 4 {
		t.Errorf("%d samples, %d requests at once; want 100, at most 4", len(samples), most.Load())
	}
}

// A phase whose time is over begins no request.
func TestRunLimit(t *testing.T) {
	t.Parallel()
	c := serve(t, 2, func(http.ResponseWriter, *http.Request) { t.Error("asked after the limit") })
	samples, _, err := bench.Run(t.Context(), c, requests(10), 2, time.Nanosecond)
	if err != nil || len(samples) != 0 {
		t.Errorf("%d samples, error %v; want none", len(samples), err)
	}
}

func TestRunIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, 1, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, _, err := bench.Run(ctx, c, requests(10), 1, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}
