package postgis_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"yiping/layers/postgis/postgistest"
	"yiping/stream"
	"yiping/stream/postgis"
)

// tail runs a Tailer until the test ends, and hands on what it tells of alarms.
func tail(t *testing.T, s *postgis.Store) (begun chan string, events chan stream.Event) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	begun, events = make(chan string), make(chan stream.Event)
	tailer := &postgis.Tailer{
		Store: s, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Keep: time.Hour,
		Begin: func(p string) {
			select {
			case begun <- p:
			case <-ctx.Done():
			}
		},
		Events: func(name string, all []stream.Event) {
			for _, e := range all {
				if name != "alarms" {
					continue
				}
				select {
				case events <- e:
				case <-ctx.Done():
				}
			}
		},
	}
	ended := make(chan error, 1)
	go func() { ended <- tailer.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return begun, events
}

// A transaction that commits late is told late, and not left out.
func TestTailerWaitsForOpenTransactions(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	s := postgis.New(postgistest.Open(t, url).Pool())
	slow, quick := postgistest.Conn(t, url), postgistest.Conn(t, url)
	begun, events := tail(t, s)
	from := <-begun
	tx, err := slow.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := postgis.InsertEvents(t.Context(), tx, "alarms", []postgis.NewEvent{simple("slow", 1)}); err != nil {
		t.Fatal(err)
	}
	insert(t, quick, "alarms", simple("quick", 1))
	log := s.Log(stream.Description{Name: "alarms"})
	if got := told(t, log, from); got != nil {
		t.Errorf("%v told before what is open", got)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := []string{(<-events).ID, (<-events).ID}
	if diff := cmp.Diff(got, []string{"slow/1", "quick/1"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(told(t, log, from), got); diff != "" {
		t.Errorf("the log and the tailer (-log +tailer):\n%s", diff)
	}
}

// Several producers write and roll back, and connections are cut: each event that
// was committed is told once, and in the order of the log.
func TestTailerTellsEachEventOnce(t *testing.T) {
	t.Parallel()
	const producers, transactions = 4, 60
	url := postgistest.URL(t)
	s := postgis.New(postgistest.Open(t, url).Pool())
	begun, events := tail(t, s)
	from := <-begun
	var wait sync.WaitGroup
	var mu sync.Mutex
	want := map[string]bool{}
	for p := range producers {
		conn := postgistest.Conn(t, url)
		wait.Go(func() {
			r := rand.New(rand.NewPCG(uint64(p), 1))
			for i := range transactions {
				mine, err := produce(t.Context(), conn, r, fmt.Sprintf("%d-%d", p, i))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, id := range mine {
					want[id] = true
				}
				mu.Unlock()
			}
		})
	}
	killer := postgistest.Conn(t, url)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		wait.Wait()
	}()
	var order []string
	for done := false; !done || len(order) < len(want); {
		select {
		case e := <-events:
			order = append(order, e.ID)
			if len(order) == 50 {
				if _, err := killer.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE datname = current_database() AND application_name = 'yiping'`); err != nil {
					t.Error(err)
				}
			}
		case p := <-begun:
			t.Errorf("began anew at %s", p)
		case <-ended:
			done, ended = true, nil
		}
	}
	got := map[string]bool{}
	for _, id := range order {
		if got[id] {
			t.Errorf("%s was told twice", id)
		}
		got[id] = true
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("events (-told +committed):\n%s", diff)
	}
	log := postgis.New(postgistest.Open(t, url).Pool()).Log(stream.Description{Name: "alarms"})
	if diff := cmp.Diff(told(t, log, from), order); diff != "" {
		t.Errorf("order (-log +tailer):\n%s", diff)
	}
}

// produce writes some events in a transaction, which may roll back.
func produce(ctx context.Context, conn *pgx.Conn, r *rand.Rand, key string) (committed []string, err error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	var events []postgis.NewEvent
	for v := range 1 + r.Int64N(5) {
		events = append(events, simple(key, v))
	}
	if err := postgis.InsertEvents(ctx, tx, "alarms", events); err != nil {
		return nil, err
	}
	if r.IntN(5) == 0 {
		return nil, tx.Rollback(ctx)
	}
	return ids(events), tx.Commit(ctx)
}
