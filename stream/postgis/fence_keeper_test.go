package postgis_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis/postgistest"
	"yiping/stream/fence"
	"yiping/stream/postgis"
)

// replica is a keeper that runs.
type replica struct {
	*fence.Keeper
	stop func()
}

// run starts a keeper on a database.
func run(t *testing.T, url string) *replica {
	t.Helper()
	k := fence.NewKeeper(fence.KeeperConfig{
		Store: postgis.New(postgistest.Open(t, url).Pool()), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	stopped := false
	r := &replica{k, func() {
		if stop(); stopped {
			return
		}
		stopped = true
		if err := <-ended; err != nil {
			t.Errorf("the keeper ended with %v", err)
		}
	}}
	t.Cleanup(r.stop)
	return r
}

// leads waits until the replica leads, with some number of fences.
func (r *replica) leads(t *testing.T, conn *pgx.Conn, fences int) {
	t.Helper()
	for f := r.Figures(); !f.Leads || f.Fences != fences; f = r.Figures() {
		written(t, conn, 0) // takes its time
	}
}

// drive sends an object to some places east of the fence's middle, in metres, a
// second apart from a second on.
func (r *replica) drive(second int, metres ...float64) {
	for i, x := range metres {
		r.Observe("vehicles", []fence.Fix{{
			Key: "v-1", Time: time.Date(2026, 11, 22, 3, 0, second+i, 0, time.UTC), Place: orb.Point{121.486 + x/95_280, 31.24}, Synthetic: true,
		}})
	}
}

// written waits for a number of events and gives them as "second kind".
func written(t *testing.T, conn *pgx.Conn, n int) []string {
	t.Helper()
	for {
		rows, err := conn.Query(t.Context(), "SELECT extract(epoch FROM happened)::bigint % 3600, kind FROM yiping.event WHERE stream = 'fences' ORDER BY xid, seq")
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			var second int
			var kind string
			err := row.Scan(&second, &kind)
			return fmt.Sprint(second, " ", kind), err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(all) >= n {
			return all
		}
	}
}

// simpleFence tells of its 200 m at once.
func simpleFence() fence.Definition {
	d := bund()
	d.Hysteresis, d.Settle, d.Dwell, d.Absence, d.Near, d.Where = 0, 0, 0, 0, 0, ""
	return d
}

// TestKeepersTakeTurns drives an object through a fence while replicas come and go
// and the leader's connection is cut.
func TestKeepersTakeTurns(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	conn := postgistest.Conn(t, url)
	s := postgis.New(postgistest.Open(t, url).Pool())
	if _, err := s.AddFence(t.Context(), simpleFence()); err != nil {
		t.Fatal(err)
	}
	first := run(t, url)
	first.leads(t, conn, 1)
	first.drive(0, -150, 0)
	want := []string{"1 enter"}
	if diff := cmp.Diff(written(t, conn, 1), want); diff != "" {
		t.Fatal(diff)
	}
	// Cut off, it goes on: nobody else has led.
	cut(t, conn)
	first.drive(2, 10, 150, 0, 10)
	want = append(want, "3 exit", "4 enter")
	if diff := cmp.Diff(written(t, conn, 3), want); diff != "" {
		t.Fatal(diff)
	}
	second := run(t, url)
	second.drive(4, 0, 10, 150) // does not lead; hears it again when it does
	first.stop()
	second.leads(t, conn, 1)
	second.drive(10, 20, 150)
	if diff := cmp.Diff(written(t, conn, 6), append(want, "6 exit", "10 enter", "11 exit")); diff != "" {
		t.Fatal(diff)
	}
	if first.Figures().Leads {
		t.Error("who has stopped leads")
	}
}

// cut ends the connection that leads.
func cut(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), `
		SELECT pg_terminate_backend(l.pid) FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('yiping.fences', 0)`); err != nil {
		t.Fatal(err)
	}
}

// TestKeeperHearsOfEdits changes fences by SQL, as anybody may.
func TestKeeperHearsOfEdits(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	conn := postgistest.Conn(t, url)
	s := postgis.New(postgistest.Open(t, url).Pool())
	k := run(t, url)
	k.leads(t, conn, 0)
	d, err := s.AddFence(t.Context(), simpleFence())
	if err != nil {
		t.Fatal(err)
	}
	k.leads(t, conn, 1)
	k.drive(0, 0)
	written(t, conn, 1)
	if _, err := conn.Exec(t.Context(), "UPDATE yiping.fence SET geom = ST_Translate(geom, 1, 0)"); err != nil {
		t.Fatal(err)
	}
	second := 1 // the object stands still; the fence moves
	for ; len(written(t, conn, 0)) < 2; second++ {
		k.drive(second, 0)
	}
	if _, err := conn.Exec(t.Context(), "UPDATE yiping.fence SET geom = ST_Translate(geom, -1, 0)"); err != nil {
		t.Fatal(err)
	}
	for ; len(written(t, conn, 0)) < 3; second++ {
		k.drive(second, 0)
	}
	if err := s.RemoveFence(t.Context(), d.ID, layers.Match{Any: true}); err != nil {
		t.Fatal(err)
	}
	all := written(t, conn, 4)
	var cause string
	if err := conn.QueryRow(t.Context(), "SELECT body->>'cause' FROM yiping.event ORDER BY xid DESC, seq DESC LIMIT 1").Scan(&cause); err != nil || cause != "removed" {
		t.Errorf("of %v the last has the cause %s, error %v", all, cause, err)
	}
	k.leads(t, conn, 0)
	if states, err := s.FenceStates(t.Context(), d.ID, 10); err != nil || len(states) > 0 {
		t.Errorf("states %v are left, error %v", states, err)
	}
}

// TestKeeperWritesBeforeItEnds stops a keeper right after a fix.
func TestKeeperWritesBeforeItEnds(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	conn := postgistest.Conn(t, url)
	if _, err := postgis.New(postgistest.Open(t, url).Pool()).AddFence(t.Context(), simpleFence()); err != nil {
		t.Fatal(err)
	}
	k := run(t, url)
	k.leads(t, conn, 1)
	k.drive(0, 0)
	k.stop()
	if diff := cmp.Diff(written(t, conn, 1), []string{"0 enter"}); diff != "" {
		t.Error(diff)
	}
}
