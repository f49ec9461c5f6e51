package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/cmd/yiping/internal/sim"
)

// ear hears what is reported.
type ear struct {
	mu      sync.Mutex
	batches int
	// times of the reports by key.
	times map[string][]int64
	// takes is how long it takes, fails whether it then fails.
	takes time.Duration
	fails bool
}

func (e *ear) Report(ctx context.Context, stream string, lines []byte) (sim.Outcome, error) {
	if e.takes > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(e.takes):
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.batches++
	n := 0
	for line := range strings.Lines(string(lines)) {
		var r struct {
			K string
			T int64
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			return sim.Outcome{}, err
		}
		e.times[stream+" "+r.K] = append(e.times[stream+" "+r.K], r.T)
		n++
	}
	if e.fails {
		return sim.Outcome{}, errors.New("deaf")
	}
	return sim.Outcome{Accepted: n}, nil
}

func crowds(t *testing.T) []sim.Crowd {
	t.Helper()
	n := network(t, town())
	return []sim.Crowd{
		{Population: sim.Vehicles(n, 25, 1), Every: time.Second},
		{Population: sim.Patrols(n, 3, 1), Every: time.Second},
		{Population: sim.NewSensors(sites(12), 1), Every: 10 * time.Second},
	}
}

// Everybody reports once in each of its rounds, a part of them at a time.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &ear{times: map[string][]int64{}}
		accepted := map[string]int{}
		var mu sync.Mutex
		err := sim.Run(t.Context(), sim.Config{
			Crowds: crowds(t), Reporter: e, Duration: 30*time.Second + time.Millisecond, Log: slog.New(slog.DiscardHandler),
			Done: func(stream string, o sim.Outcome) {
				mu.Lock()
				defer mu.Unlock()
				accepted[stream] += o.Accepted
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"vehicles": 25 * 30, "patrols": 3 * 30, "sensors": 12 * 3}
		if diff := cmp.Diff(accepted, want); diff != "" {
			t.Errorf("reports (-got +want):\n%s", diff)
		}
		for key, times := range e.times {
			every := int64(1000)
			if strings.HasPrefix(key, "sensors") {
				every = 10_000
			}
			for i := 1; i < len(times); i++ {
				if times[i]-times[i-1] != every {
					t.Fatalf("%s reports at %v", key, times)
				}
			}
		}
		if want := 10*30 + 3*30 + 10*3; e.batches != want {
			t.Errorf("%d batches, want %d", e.batches, want)
		}
	})
}

// Where reports take long, no clock runs fast afterwards: nobody seems to race.
func TestRunWithASlowReporter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &ear{times: map[string][]int64{}, takes: 170 * time.Millisecond}
		start := time.Now()
		err := sim.Run(t.Context(), sim.Config{
			Crowds: crowds(t)[:1], Reporter: e, Duration: time.Minute, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(e.times) != 25 {
			t.Errorf("%d vehicles report", len(e.times))
		}
		for key, times := range e.times {
			for i := 1; i < len(times); i++ {
				if times[i]-times[i-1] < 1000 {
					t.Fatalf("%s drives for a second within %d ms", key, times[i]-times[i-1])
				}
			}
			if last := slices.Max(times); last > start.Add(time.Minute).UnixMilli() {
				t.Errorf("%s reports from the future", key)
			}
		}
	})
}

// A reporter that fails is said once, and does not end the run.
func TestRunWithoutAnEar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &ear{times: map[string][]int64{}, fails: true}
		var log strings.Builder
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second+time.Millisecond)
		defer stop()
		err := sim.Run(ctx, sim.Config{Crowds: crowds(t)[:1], Reporter: e, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if e.batches != 50 {
			t.Errorf("%d batches were tried", e.batches)
		}
		if n := strings.Count(log.String(), "reports are lost"); n != 1 || !strings.Contains(log.String(), "lost=125") {
			t.Errorf("the log says %d times that reports are lost:\n%s", n, log.String())
		}
	})
}
