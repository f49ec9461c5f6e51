package postgis_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// follower runs Follow and hands what it brings to the test.
type follower struct {
	changes chan postgis.Changes
	stop    func() error // waits for Follow's end
}

func follow(t *testing.T, s *postgis.Store, from postgis.Position) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f := &follower{changes: make(chan postgis.Changes)}
	ended := make(chan error, 1)
	go func() {
		ended <- s.Follow(ctx, from, func(ctx context.Context, c postgis.Changes) error {
			select {
			case f.changes <- c:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	var err error
	stopped := false
	f.stop = func() error {
		cancel()
		if !stopped {
			err, stopped = <-ended, true
		}
		return err
	}
	t.Cleanup(func() { _ = f.stop() })
	return f
}

// until gathers changes of places until the one of an id has come.
func (f *follower) until(t *testing.T, id int64) (all []postgis.Change, at postgis.Position) {
	t.Helper()
	for {
		select {
		case c := <-f.changes:
			for _, l := range c.Layers {
				if l.Layer == "place" {
					all = append(all, l.Changes...)
				}
			}
			if slices.ContainsFunc(all, func(c postgis.Change) bool { return c.ID == id }) {
				return all, c.Position
			}
		case <-t.Context().Done():
			t.Fatal("the test ended before the change came")
		}
	}
}

// here is where the feed stands when it holds nothing back: transactions of
// other tests do so for a moment, because they share the server.
func here(t *testing.T, s *postgis.Store) postgis.Position {
	t.Helper()
	for {
		p, err := s.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lag, err := s.Lag(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if lag == 0 {
			return p
		}
	}
}

const addPlace = "INSERT INTO city.place (id, name, kind, geom) VALUES ($1, 'x', 'other', ST_SetSRID(ST_MakePoint($2, 31), 4326))"

func at(lon float64) orb.Bound { return orb.Point{lon, 31}.Bound() }

func nowhere() orb.Bound { return orb.MultiPoint{}.Bound() }

func TestFollowHandsOnWhatWasDone(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	f := follow(t, s, here(t, s))
	execSQL(t, conn, addPlace, 1, 121)
	execSQL(t, conn, addPlace, 2, 122)
	execSQL(t, conn, "UPDATE city.place SET geom = ST_SetSRID(ST_MakePoint(123, 31), 4326) WHERE id = 1")
	execSQL(t, conn, "BEGIN; UPDATE city.place SET name = 'y' WHERE id = 2; DELETE FROM city.place WHERE id = 2; COMMIT")
	execSQL(t, conn, "BEGIN")
	execSQL(t, conn, addPlace, 3, 121)
	execSQL(t, conn, "ROLLBACK")
	execSQL(t, conn, "UPDATE city.place SET name = 'z' WHERE id = 999")
	execSQL(t, conn, addPlace, 4, 124)
	got, _ := f.until(t, 4)
	want := []postgis.Change{
		{ID: 1, Op: postgis.Insert, Old: nowhere()},
		{ID: 2, Op: postgis.Insert, Old: nowhere()},
		{ID: 1, Op: postgis.Update, Old: at(121)},
		{ID: 2, Op: postgis.Update, Old: at(122)},
		{ID: 2, Op: postgis.Delete, Old: at(122)},
		{ID: 4, Op: postgis.Insert, Old: nowhere()},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("changes (-got +want):\n%s", diff)
	}
	if err := f.stop(); err != nil {
		t.Errorf("Follow ended with %v after a normal stop", err)
	}
}

// The transaction that numbered its change first commits last.
func TestFollowSkipsNoLateCommit(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	s, slow, quick := postgistest.Open(t, url), postgistest.Conn(t, url), postgistest.Conn(t, url)
	from := here(t, s)
	execSQL(t, slow, "BEGIN")
	execSQL(t, slow, addPlace, 1, 121)
	execSQL(t, quick, addPlace, 2, 122)
	// Nothing is handed on past the open transaction: not even what is committed.
	early, err := s.Look(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	if len(early) != 0 {
		t.Errorf("%d changes were read past an open transaction", len(early))
	}
	if lag, err := s.Lag(t.Context(), from); err != nil || lag <= 0 {
		t.Errorf("lag = %v, %v while a committed change is held back", lag, err)
	}
	f := follow(t, s, from)
	execSQL(t, slow, "COMMIT")
	got, at := f.until(t, 2)
	if diff := cmp.Diff(got, []postgis.Change{{ID: 1, Op: postgis.Insert, Old: nowhere()}, {ID: 2, Op: postgis.Insert, Old: nowhere()}}); diff != "" {
		t.Errorf("changes (-got +want):\n%s", diff)
	}
	if lag, err := s.Lag(t.Context(), at); err != nil || lag != 0 {
		t.Errorf("lag = %v, %v after all was read", lag, err)
	}
}

func TestFollowResets(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	var points []orb.Point
	for i := range 60_000 {
		points = append(points, orb.Point{121 + float64(i)/1e6, 31})
	}
	var many []layers.Feature
	for i := range points {
		many = append(many, layers.Feature{SourceID: itoa(i), Geometry: points[i], Properties: []any{"x", nil, "other", nil}})
	}
	tests := []struct {
		name string
		do   func()
		want int64 // rows of the feed
	}{
		{"truncate", func() { execSQL(t, conn, "TRUNCATE city.place") }, 1},
		{"load", func() {
			if _, err := s.ReplaceLayer(t.Context(), "place", nil, placesAt(points)); err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"update of most", func() { execSQL(t, conn, "UPDATE city.place SET name = 'all'") }, 1},
		{"import that outnumbers the layer", func() {
			execSQL(t, conn, "DELETE FROM city.place")
			execSQL(t, conn, "TRUNCATE yiping.change")
			imported(t, s, postgis.ImportConfig{}, map[string][]layers.Feature{"place": many})
		}, 1},
		{"small update", func() { execSQL(t, conn, "UPDATE city.place SET name = 'few' WHERE source_id::int < 10") }, 10},
	}
	for _, tt := range tests { // one after the other: each builds on the last
		execSQL(t, conn, "TRUNCATE yiping.change")
		tt.do()
		type feed struct{ rows, resets int64 }
		var got feed
		err := conn.QueryRow(t.Context(), "SELECT count(*), count(*) FILTER (WHERE op = 'r') FROM yiping.change").Scan(&got.rows, &got.resets)
		if err != nil {
			t.Fatal(err)
		}
		want := feed{tt.want, 1}
		if tt.want > 1 {
			want.resets = 0
		}
		if got != want {
			t.Errorf("%s: the feed has %+v, want %+v", tt.name, got, want)
		}
	}
	// A reset speaks for the changes around it.
	from := here(t, s)
	execSQL(t, conn, "BEGIN; UPDATE city.place SET name = 'a' WHERE id = 1; TRUNCATE city.place; INSERT INTO city.place (name, kind, geom) VALUES ('b', 'other', 'SRID=4326;POINT(121 31)'); COMMIT")
	f := follow(t, s, from)
	c := <-f.changes
	if diff := cmp.Diff(c.Layers, []postgis.LayerChanges{{Layer: "place", Reset: true}}); diff != "" {
		t.Errorf("changes (-got +want):\n%s", diff)
	}
}

// A moved border moves its features, and the feed says which.
func TestFollowSeesFeaturesOfMovedRegions(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	execSQL(t, conn, "INSERT INTO city.place (id, name, kind, geom) VALUES (7, 'x', 'other', 'SRID=4326;POINT(121.005 31.005)')")
	f := follow(t, s, here(t, s))
	execSQL(t, conn, "DELETE FROM city.street WHERE code = '11'")
	got, _ := f.until(t, 7)
	if len(got) != 1 || got[0].Op != postgis.Update {
		t.Errorf("changes of places = %+v, want one update", got)
	}
}

func TestFollowGoesOnWhereItWasStopped(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	f := follow(t, s, here(t, s))
	execSQL(t, conn, addPlace, 1, 121)
	_, position := f.until(t, 1)
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	execSQL(t, conn, addPlace, 2, 121)
	parsed, err := postgis.ParsePosition(position.String())
	if err != nil {
		t.Fatal(err)
	}
	got, _ := follow(t, s, parsed).until(t, 2)
	if len(got) != 1 {
		t.Errorf("changes after the stop = %+v, want the one that was made since", got)
	}
}

// What a handler could not do comes again.
func TestFollowRepeatsWhatFailed(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	from := here(t, s)
	execSQL(t, conn, addPlace, 1, 121)
	ctx, cancel := context.WithCancel(t.Context())
	var calls []postgis.Changes
	err := s.Follow(ctx, from, func(_ context.Context, c postgis.Changes) error {
		if calls = append(calls, c); len(calls) == 1 {
			return errors.New("not now")
		}
		cancel()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(calls) != 2 || !cmp.Equal(calls[0].Layers, calls[1].Layers) {
		t.Errorf("the handler was called with %+v, want the same twice", calls)
	}
}

func TestFollowSurvivesLostConnections(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	f := follow(t, s, here(t, s))
	execSQL(t, conn, addPlace, 1, 121)
	f.until(t, 1)
	execSQL(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'yiping'")
	execSQL(t, conn, addPlace, 2, 121)
	if got, _ := f.until(t, 2); len(got) != 1 {
		t.Errorf("changes after the break = %+v, want one", got)
	}
}

func TestFollowReadsLongTransactionsInPieces(t *testing.T) {
	t.Parallel()
	for _, n := range []int{9_999, 10_000, 10_001, 20_000} { // a batch is 10,000
		t.Run(itoa(n), func(t *testing.T) {
			t.Parallel()
			s, conn := open(t)
			from := here(t, s)
			execSQL(t, conn, "INSERT INTO city.place (id, name, kind, geom) SELECT i, 'x', 'other', 'SRID=4326;POINT(121 31)' FROM generate_series(1, $1::int) i", n)
			got, at := follow(t, s, from).until(t, int64(n))
			if ids := (postgis.LayerChanges{Changes: got}).IDs(); len(got) != n || len(ids) != n {
				t.Errorf("%d changes of %d features, want %d of each", len(got), len(ids), n)
			}
			if lag, err := s.Lag(t.Context(), at); err != nil || lag != 0 {
				t.Errorf("lag = %v, %v after all was read", lag, err)
			}
		})
	}
}

func TestFollowSaysThatThereIsAGap(t *testing.T) {
	t.Parallel()
	// Today's day may not be dropped, so the past is made by hand.
	past := map[string]func(t *testing.T, conn *pgx.Conn){
		"in a day of its own": func(t *testing.T, conn *pgx.Conn) {
			t.Helper()
			execSQL(t, conn, "CREATE TABLE yiping.change_20200102 PARTITION OF yiping.change FOR VALUES FROM ('2020-01-02 00:00+00') TO ('2020-01-03 00:00+00')")
		},
		"in the rest": func(*testing.T, *pgx.Conn) {},
	}
	for name, prepare := range past {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, conn := open(t)
			prepare(t, conn)
			before := here(t, s)
			execSQL(t, conn, "INSERT INTO yiping.change (at, layer, id, op) VALUES ('2020-01-02 12:00+00', 'place', 1, 'u')")
			after := here(t, s)
			if holds, err := s.Holds(t.Context(), before.String()); err != nil || !holds {
				t.Fatalf("before the days are dropped: holds = %v, %v", holds, err)
			}
			execSQL(t, conn, "SELECT yiping.rotate_changes('7 days')")
			if n := value[int64](t, conn, "SELECT count(*) FROM yiping.change WHERE at < '2020-02-01'"); n != 0 {
				t.Errorf("%d old changes are still there", n)
			}
			if err := s.Follow(t.Context(), before, nil); !errors.Is(err, postgis.ErrGap) {
				t.Errorf("from before the gap: %v, want ErrGap", err)
			}
			if holds, err := s.Holds(t.Context(), after.String()); err != nil || !holds {
				t.Errorf("after the gap: holds = %v, %v, want true", holds, err)
			}
		})
	}
}

// Positions of another history are known as such.
func TestHoldsKnowsItsHistory(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	p := here(t, s)
	tests := []struct {
		name     string
		position postgis.Position
		want     bool
	}{
		{"this one", p, true},
		{"ahead of it, as after a restored backup", postgis.Position{Epoch: p.Epoch, Xid: p.Xid + 1e6}, false},
		{"of another database", postgis.Position{Epoch: "other", Xid: p.Xid}, false},
		{"none", postgis.Position{}, false},
	}
	for _, tt := range tests {
		if got, err := s.Holds(t.Context(), tt.position.String()); err != nil || got != tt.want {
			t.Errorf("%s: holds = %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "/", "epoch", "epoch/", "epoch/-1", "epoch/x"} {
		if p, err := postgis.ParsePosition(bad); err == nil {
			t.Errorf("ParsePosition(%q) = %v, want an error", bad, p)
		}
		if got, err := s.Holds(t.Context(), bad); err != nil || got {
			t.Errorf("holds %q = %v, %v, want false", bad, got, err)
		}
	}
}

func TestRotateMakesTheComingDays(t *testing.T) {
	t.Parallel()
	_, conn := open(t)
	execSQL(t, conn, "TRUNCATE yiping.change") // a new database notes its layers in the rest
	for range 2 {
		execSQL(t, conn, "SET TimeZone = 'Asia/Shanghai'; SELECT yiping.rotate_changes('7 days')")
	}
	execSQL(t, conn, addPlace, 1, 121)
	today := "change_" + time.Now().UTC().Format("20060102")
	if got := value[string](t, conn, "SELECT relname::text FROM yiping.change JOIN pg_class c ON c.oid = change.tableoid"); got != today {
		t.Errorf("a change of today lies in %s, want %s", got, today)
	}
}
