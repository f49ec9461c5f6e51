package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis/postgistest"
	"yiping/stream/postgis"
	"yiping/stream/track"
)

// standard is one of the standard streams.
func standard(t *testing.T, name string) *track.Definition {
	t.Helper()
	all, err := track.Standard()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Name == name {
			return d
		}
	}
	t.Fatalf("there is no stream %s", name)
	return nil
}

// fix is one of a vehicle, so many seconds after the hour.
func fix(key string, second int) track.Report {
	return track.Report{
		Key: key, Time: thisHour().Add(time.Duration(second) * time.Second), Place: orb.Point{121.4901234, 31.2401 + float64(second)/1e4},
		Speed: 5.27, Heading: 271.53, State: 2, Fields: []any{"沪A-1", nil, nil}, Synthetic: true,
	}
}

func thisHour() time.Time { return time.Now().UTC().Truncate(time.Hour) }

// add records reports.
func add(t *testing.T, r *postgis.Recorder, d *track.Definition, reports ...track.Report) {
	t.Helper()
	n, err := r.Reserve(t.Context(), reports)
	if err != nil {
		t.Fatal(err)
	}
	r.Add(d, n, reports, nil)
}

// finished has a recorder write what it has.
func finished(t *testing.T, r *postgis.Recorder) {
	t.Helper()
	if err := r.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := r.Status(); s.QueuedBytes != 0 || s.Lost != 0 {
		t.Errorf("after the last batch: %+v", s)
	}
}

func store(t *testing.T) (*postgis.Store, *pgx.Conn) {
	t.Helper()
	url := postgistest.URL(t)
	return postgis.New(postgistest.Open(t, url).Pool()), postgistest.Conn(t, url)
}

// What is recorded is read again as it was, in order, each time once.
func TestTrack(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	vehicles, sensors := standard(t, "vehicles"), standard(t, "sensors")
	r := s.NewRecorder(postgis.RecorderConfig{Log: slog.New(slog.DiscardHandler)})
	bare := track.Report{Key: "a", Time: thisHour().Add(9 * time.Second), Place: orb.Point{-10, 0}, Speed: math.NaN(), Heading: math.NaN()}
	add(t, r, vehicles, fix("a", 3), fix("a", 1), fix("b", 1), fix("a", 2), fix("a", 3), bare)
	sensor := track.Report{Key: "a", Time: thisHour(), Place: orb.Point{121, 31}, Speed: math.NaN(), Heading: math.NaN(), Fields: []any{"gas", 0.1, nil, 20.0, true}}
	add(t, r, sensors, sensor)
	finished(t, r)
	for _, tt := range []struct {
		name     string
		d        *track.Definition
		from, to int
		limit    int
		want     []track.Report
	}{
		{"all", vehicles, 0, 60, 10, []track.Report{fix("a", 1), fix("a", 2), fix("a", 3), bare}},
		{"both ends", vehicles, 1, 2, 10, []track.Report{fix("a", 1), fix("a", 2)}},
		{"some", vehicles, 0, 60, 2, []track.Report{fix("a", 1), fix("a", 2)}},
		{"nothing", vehicles, 10, 60, 10, nil},
		{"another stream", sensors, 0, 60, 10, []track.Report{sensor}},
	} {
		got, err := s.Track(t.Context(), tt.d, "a", thisHour().Add(time.Duration(tt.from)*time.Second), thisHour().Add(time.Duration(tt.to)*time.Second), tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, tt.want, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.name, diff)
		}
	}
	newest, err := s.Newest(t.Context(), vehicles, thisHour())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(newest, []track.Report{bare, fix("b", 1)}, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("newest (-got +want):\n%s", diff)
	}
}

// Without room reports are refused, and room comes back with what was not kept.
func TestRecorderIsBounded(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	d := standard(t, "vehicles")
	r := s.NewRecorder(postgis.RecorderConfig{QueueBytes: 1000, Wait: time.Nanosecond, Log: slog.New(slog.DiscardHandler)})
	three := []track.Report{fix("a", 1), fix("a", 2), fix("a", 3)}
	n, err := r.Reserve(t.Context(), three)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Reserve(t.Context(), three); !errors.Is(err, layers.ErrBusy) {
		t.Errorf("without room: %v", err)
	}
	var fault *layers.InputError
	if _, err := r.Reserve(t.Context(), make([]track.Report, 6)); !errors.As(err, &fault) {
		t.Errorf("more than ever fits: %v", err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.Reserve(gone, three); !errors.Is(err, context.Canceled) {
		t.Errorf("of one who has gone: %v", err)
	}
	r.Add(d, n, three[:1], three[1:2])
	if _, err := r.Reserve(t.Context(), three); !errors.Is(err, layers.ErrBusy) {
		t.Errorf("with room for one: %v", err)
	}
	if _, err := r.Reserve(t.Context(), three[2:]); err != nil {
		t.Errorf("with room for one: %v", err)
	}
}

// notices hands on the lines of a log.
type notices chan string

func (n notices) Write(b []byte) (int, error) {
	n <- string(b)
	return len(b), nil
}

var _ io.Writer = notices(nil)

// While the database does not take it, history waits, also in the end; nothing of it
// is lost.
func TestRecorderWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	s, conn := store(t)
	d := standard(t, "vehicles")
	if _, err := conn.Exec(t.Context(), "ALTER TABLE yiping.track RENAME TO track_away"); err != nil {
		t.Fatal(err)
	}
	log := make(notices, 100)
	r := s.NewRecorder(postgis.RecorderConfig{Log: slog.New(slog.NewTextHandler(log, nil))})
	var all []track.Report
	for i := range 30_000 { // more than a batch
		all = append(all, fix(fmt.Sprint("v", i%100), i/100))
	}
	add(t, r, d, all...)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		r.Run(ctx)
		ended <- r.Finish(context.WithoutCancel(ctx))
	}()
	<-log // the days
	<-log // the batch
	if n := r.Status().Written; n != 0 {
		t.Errorf("%d fixes were written to nowhere", n)
	}
	stop()
	for line := range log {
		if strings.Contains(line, "the rest of the track history") {
			break
		}
	}
	if _, err := conn.Exec(t.Context(), "ALTER TABLE yiping.track_away RENAME TO track"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM yiping.track").Scan(&n); err != nil || n != len(all) || r.Status().Written != int64(n) {
		t.Errorf("%d of %d fixes are there: %v", n, len(all), err)
	}
}

// Who cannot wait for the database hears how much is lost.
func TestRecorderGivesUp(t *testing.T) {
	t.Parallel()
	s, conn := store(t)
	if _, err := conn.Exec(t.Context(), "ALTER TABLE yiping.track RENAME TO track_away"); err != nil {
		t.Fatal(err)
	}
	log := make(notices, 100)
	r := s.NewRecorder(postgis.RecorderConfig{Log: slog.New(slog.NewTextHandler(log, nil))})
	add(t, r, standard(t, "vehicles"), fix("a", 1), fix("a", 2))
	ctx, giveUp := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Finish(ctx) }()
	<-log
	giveUp()
	if err := <-ended; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "2 fixes") {
		t.Errorf("error %v, want one that counts", err)
	}
}

// A day is a partition; old ones are dropped, and what is too old has no place.
func TestTrackDays(t *testing.T) {
	t.Parallel()
	s, conn := store(t)
	d := standard(t, "vehicles")
	r := s.NewRecorder(postgis.RecorderConfig{Keep: 24 * time.Hour, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	old := fix("a", 1)
	old.Time = old.Time.Add(-72 * time.Hour)
	add(t, r, d, fix("a", 1), old)
	if _, err := conn.Exec(t.Context(), `CREATE TABLE yiping.track_20200101 PARTITION OF yiping.track FOR VALUES FROM ('2020-01-01Z') TO ('2020-01-02Z')`); err != nil {
		t.Fatal(err)
	}
	rotate := func() {
		t.Helper()
		if _, err := conn.Exec(t.Context(), "SELECT yiping.rotate_tracks('1 day')"); err != nil {
			t.Fatal(err)
		}
	}
	rotate() // makes the days, and once more drops what is old
	finished(t, r)
	rotate()
	rows, err := conn.Query(t.Context(), "SELECT relname::text FROM yiping.track t JOIN pg_class c ON c.oid = t.tableoid")
	if err != nil {
		t.Fatal(err)
	}
	where, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(where, []string{"track_" + thisHour().Format("20060102")}); diff != "" {
		t.Errorf("fixes are in (-got +want):\n%s", diff)
	}
	var there *string
	if err := conn.QueryRow(t.Context(), "SELECT to_regclass('yiping.track_20200101')::text").Scan(&there); err != nil || there != nil {
		t.Errorf("an old day is still there: %v, %v", there, err)
	}
}

// BenchmarkRecorder writes fixes. An operation is a batch of 20,000.
func BenchmarkRecorder(b *testing.B) {
	url := postgistest.URL(b)
	s := postgis.New(postgistest.Open(b, url).Pool())
	all, err := track.Standard()
	if err != nil {
		b.Fatal(err)
	}
	var batch []track.Report
	for i := range 20_000 {
		batch = append(batch, fix(fmt.Sprint("v", i), i%3600))
	}
	fixes := 0
	for b.Loop() {
		r := s.NewRecorder(postgis.RecorderConfig{Log: slog.New(slog.DiscardHandler)})
		n, err := r.Reserve(b.Context(), batch)
		if err != nil {
			b.Fatal(err)
		}
		r.Add(all[0], n, batch, nil)
		if err := r.Finish(b.Context()); err != nil {
			b.Fatal(err)
		}
		fixes += len(batch)
	}
	b.ReportMetric(float64(fixes)/b.Elapsed().Seconds(), "fixes/s")
}
