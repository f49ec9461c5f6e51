package postgis_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers/postgis/postgistest"
	"yiping/stream"
	"yiping/stream/postgis"
)

// alarms opens a database with the log of a stream.
func alarms(t *testing.T) (*pgx.Conn, stream.Log) {
	t.Helper()
	url := postgistest.URL(t)
	s := postgis.New(postgistest.Open(t, url).Pool())
	return postgistest.Conn(t, url), s.Log(stream.Description{Name: "alarms"})
}

// insert records events in a transaction of their own.
func insert(t *testing.T, conn *pgx.Conn, name string, events ...postgis.NewEvent) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		return postgis.InsertEvents(t.Context(), tx, name, events)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// simple is event n of an item.
func simple(key string, version int64) postgis.NewEvent {
	return postgis.NewEvent{
		ID: fmt.Sprintf("%s/%d", key, version), Kind: "moved", Key: key, Version: version,
		Time: time.UnixMilli(1_577_808_000_000 + version).UTC(), Is: &orb.Point{121, 31}, Body: json.RawMessage(`{}`),
	}
}

// told are events by id, of the log after a position.
func told(t *testing.T, log stream.Log, after string) (ids []string) {
	t.Helper()
	events, err := log.Since(t.Context(), after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// start is a position before all events of a test, once it is one: transactions of
// other tests hold it back, because they share the server.
func start(t *testing.T, conn *pgx.Conn, log stream.Log) string {
	t.Helper()
	insert(t, conn, "alarms", simple("first", 1))
	open, err := log.Open(t.Context(), world(), 1)
	if err != nil || len(open) != 1 {
		t.Fatalf("%d open events, error %v", len(open), err)
	}
	from := open[0].Position
	for {
		if _, err := log.Count(t.Context(), from, from, 1); err == nil {
			return from
		} else if !errors.Is(err, stream.ErrExpired) {
			t.Fatal(err)
		}
	}
}

func world() orb.Bound { return orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}} }

// until asks a log until it tells of an id: other tests hold the horizon back.
func until(t *testing.T, log stream.Log, after, id string) []string {
	t.Helper()
	for {
		ids := told(t, log, after)
		if len(ids) > 0 && ids[len(ids)-1] == id {
			return ids
		}
	}
}

func TestEventsComeAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	from := start(t, conn, log)
	given := []postgis.NewEvent{
		{
			ID: "b/1", Kind: "raised", Key: "b", Version: 1, Time: time.UnixMilli(1_577_808_000_123).UTC(),
			Is: &orb.Point{121.4901234, 31.2401234}, Body: json.RawMessage(`{"text": "积水", "level": 2}`),
		},
		{
			ID: "b/2", Kind: "closed", Key: "b", Version: 2, Time: time.UnixMilli(1_577_808_000_456).UTC(),
			Was: &orb.Point{121.4901234, 31.2401234}, Before: json.RawMessage(`{"text": "积水", "level": 2}`), Final: true,
		},
		{ID: "a/1", Kind: "raised", Key: "a", Version: 1, Time: time.UnixMilli(0).UTC(), Is: &orb.Point{}, Body: json.RawMessage(`{}`)},
	}
	insert(t, conn, "alarms", given...)
	insert(t, conn, "cases", given[0])      // of another stream
	insert(t, conn, "alarms", given[1:]...) // again
	insert(t, conn, "alarms")               // nothing
	until(t, log, from, "a/1")
	got, err := log.Since(t.Context(), from, 10)
	if err != nil {
		t.Fatal(err)
	}
	var want []stream.Event
	for _, e := range given {
		want = append(want, stream.Event{
			ID: e.ID, Kind: e.Kind, Key: e.Key, Version: e.Version, Time: e.Time, Was: e.Was, Is: e.Is,
			Body: e.Body, Before: e.Before, Final: e.Final,
		})
	}
	same := cmp.Options{
		cmpopts.IgnoreFields(stream.Event{}, "Position", "Recorded"),
		cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	}
	if diff := cmp.Diff(got, want, same); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	for i, e := range got {
		if ago := time.Since(e.Recorded); ago < 0 || ago > time.Hour {
			t.Errorf("event %s was recorded at %v", e.ID, e.Recorded)
		}
		if n, err := log.Count(t.Context(), from, e.Position, 10); n != i+1 || err != nil {
			t.Errorf("%d events up to %s, error %v, want %d", n, e.ID, err, i+1)
		}
		if diff := cmp.Diff(told(t, log, e.Position), ids(given[i+1:])); diff != "" {
			t.Errorf("after %s (-got +want):\n%s", e.ID, diff)
		}
	}
	if n, err := log.Count(t.Context(), from, got[2].Position, 2); n != 2 || err != nil {
		t.Errorf("%d events counted, error %v, want the limit, 2", n, err)
	}
	if n, err := log.Count(t.Context(), got[2].Position, from, 2); n != 0 || err != nil {
		t.Errorf("%d events backwards, error %v, want 0", n, err)
	}
}

func ids(events []postgis.NewEvent) (all []string) {
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

func TestOpenIsTheNewestOfWhatIsNotFinal(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	last := simple("done", 3)
	last.Final = true
	far := simple("far", 1)
	far.Is = &orb.Point{100, 10}
	insert(t, conn, "alarms", simple("moved", 1), simple("moved", 2), simple("done", 1), far)
	insert(t, conn, "alarms", last)
	insert(t, conn, "alarms", simple("done", 2)) // came late
	insert(t, conn, "alarms", simple("late", 5))
	insert(t, conn, "alarms", simple("late", 4))
	near := orb.Bound{Min: orb.Point{120, 30}, Max: orb.Point{122, 32}}
	for _, test := range []struct {
		within orb.Bound
		limit  int
		want   []string
	}{
		{near, 10, []string{"late/5", "moved/2"}},
		{world(), 10, []string{"far/1", "late/5", "moved/2"}},
		{world(), 2, []string{"far/1", "late/5"}},
	} {
		events, err := log.Open(t.Context(), test.within, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range events {
			got = append(got, e.ID)
		}
		if diff := cmp.Diff(got, test.want); diff != "" {
			t.Errorf("open within %v (-got +want):\n%s", test.within, diff)
		}
	}
}

func TestOldEventsAreDroppedAndTheirPositionsExpire(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	from := start(t, conn, log)
	closed := simple("b", 2)
	closed.Final = true
	insert(t, conn, "alarms", simple("a", 1), simple("b", 1), simple("a", 2), closed)
	until(t, log, from, "b/2")
	before, err := log.Since(t.Context(), from, 10)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT yiping.drop_events('1 hour', 10)").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d young events dropped, error %v", n, err)
	}
	if err := conn.QueryRow(t.Context(), "SELECT yiping.drop_events('0', 2) + yiping.drop_events('0', 10)").Scan(&n); err != nil || n != 3 {
		t.Errorf("%d events dropped, error %v, want 3: the newest of what is open stays", n, err)
	}
	open, err := log.Open(t.Context(), world(), 10)
	if err != nil || len(open) != 2 || open[0].ID != "a/2" || open[1].ID != "first/1" {
		t.Errorf("open are %v, error %v, want a/2 and first/1", open, err)
	}
	if _, err := log.Since(t.Context(), from, 10); !errors.Is(err, stream.ErrExpired) {
		t.Errorf("since the start: error %v, want ErrExpired", err)
	}
	if _, err := log.Count(t.Context(), before[2].Position, before[3].Position, 10); !errors.Is(err, stream.ErrExpired) {
		t.Errorf("count before the last: error %v, want ErrExpired", err)
	}
	if got := told(t, log, before[3].Position); got != nil {
		t.Errorf("after the last: %v, want nothing and no error", got)
	}
	var rows int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM yiping.event_item").Scan(&rows); err != nil || rows != 2 {
		t.Errorf("%d items remembered, error %v, want 2", rows, err)
	}
}

func TestPositionsOfOtherHistoriesExpire(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	from := start(t, conn, log)
	for name, p := range map[string]string{
		"none": "", "words": "a/b/c", "too few": "a/1", "other": "x/1/1", "of the future": from[:len(from)-2] + "99999999/1",
	} {
		if _, err := log.Since(t.Context(), p, 1); !errors.Is(err, stream.ErrExpired) {
			t.Errorf("%s %q: error %v, want ErrExpired", name, p, err)
		}
		if _, err := log.Count(t.Context(), p, from, 1); !errors.Is(err, stream.ErrExpired) {
			t.Errorf("%s %q: counted with error %v, want ErrExpired", name, p, err)
		}
	}
}

// An id that a producer has used before is left out, whatever its event says.
func TestEventsAreRecordedOnce(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	from := start(t, conn, log)
	twin := simple("a", 9)
	twin.ID = "a/1"
	insert(t, conn, "alarms", simple("a", 1), simple("a", 1))
	insert(t, conn, "alarms", twin, simple("a", 2))
	if diff := cmp.Diff(until(t, log, from, "a/2"), []string{"a/1", "a/2"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	open, err := log.Open(t.Context(), world(), 10)
	if err != nil || open[0].Version != 2 {
		t.Errorf("newest is %+v, error %v, want version 2", open[0], err)
	}
}
