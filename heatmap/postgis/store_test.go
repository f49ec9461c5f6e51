package postgis_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/history"
	"yiping/heatmap/postgis"
	"yiping/heatmap/replay"
	"yiping/layers"
	"yiping/layers/postgis/postgistest"
)

func store(t *testing.T, c postgis.Config) (*postgis.Store, *pgx.Conn) {
	t.Helper()
	url := postgistest.URL(t)
	return postgis.New(postgistest.Open(t, url).Pool(), c), postgistest.Conn(t, url)
}

// noon is when these tests take place.
func noon() time.Time { return time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC) }

// at is the cell of the Bund at a resolution, with devices.
func at(resolution, devices int) []history.Count {
	return []history.Count{{Cell: cell.At(orb.Point{121.486, 31.24}, resolution), Devices: devices}}
}

// minute is one of a run, so many minutes after noon.
func minute(run string, n, devices int) *history.Minute {
	codec := history.NewCodec()
	m := &history.Minute{
		Run: run, Start: noon().Add(time.Duration(n) * time.Minute), Told: noon().Add(time.Duration(n)*time.Minute + 58*time.Second),
		Devices: devices, Places: []history.Place{{ID: "bund", Devices: devices, Visits: 7 * devices, Density: 0.25, In: 1.5, Out: 0.5, Level: heatmap.Watch}},
	}
	for _, r := range history.Resolutions() {
		m.Levels = append(m.Levels, history.Level{Resolution: r, Packed: codec.Pack(at(r, devices))})
	}
	return m
}

func write(t *testing.T, s *postgis.Store, minutes ...*history.Minute) {
	t.Helper()
	if err := s.Write(t.Context(), minutes); err != nil {
		t.Fatal(err)
	}
}

// begin begins a replay.
func begin(t *testing.T, s *postgis.Store, id string) *postgis.Book {
	t.Helper()
	book := postgis.NewBook(s, history.NewRecorder(history.RecorderConfig{Store: s, Log: slog.New(slog.DiscardHandler)}))
	if err := book.Begin(t.Context(), replay.Standing{ID: id, Rules: "by day", Seed: 1 << 63, Speed: 60, At: noon()}); err != nil {
		t.Fatal(err)
	}
	return book
}

// What is written is read again as it was; a minute that is there stays as it is.
func TestMinutes(t *testing.T) {
	t.Parallel()
	s, _ := store(t, postgis.Config{})
	warming, few := minute("", 0, 20), minute("", 1, -1)
	warming.Synthetic, warming.WarmingUntil = true, noon().Add(10*time.Minute)
	few.Levels, few.Places = minute("", 1, 30).Levels, nil
	begin(t, s, "bund-2019")
	write(t, s, warming, few, minute("bund-2019", 0, 50))
	write(t, s, minute("", 0, 999), minute("", 3, 40))
	cells, err := s.Cells(t.Context(), "", 9, noon())
	if err != nil {
		t.Fatal(err)
	}
	want := &history.Cells{
		Start: noon(), Told: noon().Add(58 * time.Second), Resolution: 9, Devices: 20, Synthetic: true,
		WarmingUntil: noon().Add(10 * time.Minute), Counts: at(9, 20),
	}
	if diff := cmp.Diff(cells, want); diff != "" {
		t.Errorf("cells (-got +want):\n%s", diff)
	}
	if cells, err = s.Cells(t.Context(), "", 7, noon().Add(time.Minute)); err != nil || cells.Devices != -1 || cells.Synthetic {
		t.Errorf("too few devices: %+v, %v", cells, err)
	}
	places, err := s.Places(t.Context(), "", noon())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(places.Places, map[string]history.Place{"bund": warming.Places[0]}); diff != "" || !places.WarmingUntil.Equal(warming.WarmingUntil) {
		t.Errorf("places, warming until %v (-got +want):\n%s", places.WarmingUntil, diff)
	}
	if places, err = s.Places(t.Context(), "", noon().Add(time.Minute)); err != nil || len(places.Places) != 0 {
		t.Errorf("a minute without places: %+v, %v", places, err)
	}
	minutes, err := s.PlaceMinutes(t.Context(), "", "bund", noon(), noon().Add(3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	wantMinutes := []history.PlaceMinute{
		{Start: noon(), Place: warming.Places[0], Synthetic: true, Warming: true},
		{Start: noon().Add(3 * time.Minute), Place: minute("", 3, 40).Places[0]},
	}
	if diff := cmp.Diff(minutes, wantMinutes); diff != "" {
		t.Errorf("minutes of the place (-got +want):\n%s", diff)
	}
}

// A minute that is not kept is answered with the nearest that is.
func TestMissingMinutes(t *testing.T) {
	t.Parallel()
	s, _ := store(t, postgis.Config{})
	_, err := s.Cells(t.Context(), "", 9, noon())
	if !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	begin(t, s, "other")
	write(t, s, minute("", 0, 20), minute("", 1, 20), minute("", 9, 20), minute("", 20, 20), minute("other", 4, 20))
	for _, tt := range []struct {
		minute int
		want   string
	}{
		{-5, "04:00:00Z"},
		{4, "04:01:00Z"},
		{6, "04:09:00Z"},
		{60, "04:20:00Z"},
	} {
		when := noon().Add(time.Duration(tt.minute) * time.Minute)
		_, err := s.Cells(t.Context(), "", 10, when)
		_, errOfPlaces := s.Places(t.Context(), "", when)
		for _, err := range []error{err, errOfPlaces} {
			if !errors.Is(err, layers.ErrNotFound) || !strings.HasSuffix(err.Error(), "nearest is 2026-11-22T"+tt.want) {
				t.Errorf("minute %d: %v, want that of %s", tt.minute, err, tt.want)
			}
		}
	}
	span, err := s.Span(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	want := &history.Span{First: noon(), Last: noon().Add(20 * time.Minute), Count: 4, Gaps: []history.Gap{
		{From: noon().Add(2 * time.Minute), To: noon().Add(8 * time.Minute)},
		{From: noon().Add(10 * time.Minute), To: noon().Add(19 * time.Minute)},
	}}
	if diff := cmp.Diff(span, want); diff != "" {
		t.Errorf("span (-got +want):\n%s", diff)
	}
	if span, err = s.Span(t.Context(), "nothing"); err != nil || span.Count != 0 || !span.First.IsZero() {
		t.Errorf("span of nothing: %+v, %v", span, err)
	}
}

// A replay belongs to the service that went on with it last: what another tells of it is
// not kept, nor what is told of one that has been ended.
func TestReplayHasOneOwner(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	one := postgis.New(postgistest.Open(t, url).Pool(), postgis.Config{})
	two := postgis.New(postgistest.Open(t, url).Pool(), postgis.Config{})
	first := begin(t, one, "bund-2019")
	write(t, one, minute("bund-2019", 0, 10))
	second := postgis.NewBook(two, history.NewRecorder(history.RecorderConfig{Store: two, Log: slog.New(slog.DiscardHandler)}))
	standings, err := second.Standings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []replay.Standing{{ID: "bund-2019", Rules: "by day", Seed: 1 << 63, Speed: 60, At: noon().Add(time.Minute)}}
	if diff := cmp.Diff(standings, want); diff != "" {
		t.Errorf("standings (-got +want):\n%s", diff)
	}
	write(t, one, minute("bund-2019", 1, 11), minute("", 1, 12))
	write(t, two, minute("bund-2019", 1, 13))
	if err := first.Change(t.Context(), replay.Standing{ID: "bund-2019", Speed: 1, At: noon()}); err != nil {
		t.Fatal(err)
	}
	for run, devices := range map[string]int{"bund-2019": 13, "": 12} {
		if c, err := one.Cells(t.Context(), run, 9, noon().Add(time.Minute)); err != nil || c.Devices != devices {
			t.Errorf("%q has %+v: %v, want %d devices", run, c, err, devices)
		}
	}
	want[0].At = noon().Add(2 * time.Minute)
	if standings, err = second.Standings(t.Context()); err != nil || cmp.Diff(standings, want) != "" {
		t.Errorf("after a change by another: %+v, %v", standings, err)
	}
	if err := second.End(t.Context(), "bund-2019"); err != nil {
		t.Fatal(err)
	}
	write(t, two, minute("bund-2019", 2, 14))
	if span, err := two.Span(t.Context(), "bund-2019"); err != nil || span.Count != 0 {
		t.Errorf("of a replay that was ended %+v is kept: %v", span, err)
	}
}

// Cells that somebody else has damaged are told as such.
func TestDamagedRow(t *testing.T) {
	t.Parallel()
	s, conn := store(t, postgis.Config{})
	write(t, s, minute("", 0, 20))
	if _, err := conn.Exec(t.Context(), `UPDATE yiping.heat_minute SET cells = '\x00'`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cells(t.Context(), "", 9, noon()); !errors.Is(err, history.ErrDamaged) {
		t.Errorf("%v", err)
	}
}

// A minute that the database can never take is refused, with its batch.
func TestRefused(t *testing.T) {
	t.Parallel()
	s, _ := store(t, postgis.Config{})
	odd := minute("", 0, 20)
	odd.Places[0].ID = "\x00"
	if err := s.Write(t.Context(), []*history.Minute{odd}); !errors.Is(err, history.ErrRefused) {
		t.Errorf("%v", err)
	}
}

// Cells of now are kept for days, its places longer, replays as long as they are played.
func TestDrop(t *testing.T) {
	t.Parallel()
	s, conn := store(t, postgis.Config{KeepCells: 2 * 24 * time.Hour, KeepPlaces: 4 * 24 * time.Hour})
	today := time.Now().UTC().Truncate(24 * time.Hour)
	daysAgo := func(run string, days int) *history.Minute {
		m := minute(run, 0, 20)
		m.Start = today.AddDate(0, 0, -days)
		return m
	}
	if err := s.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin(t, s, "bund-2019")
	write(t, s, daysAgo("", 0), daysAgo("", 1), daysAgo("", 3), daysAgo("", 9), daysAgo("bund-2019", 9))
	// A day that had a partition when it was young.
	if _, err := conn.Exec(t.Context(), "CREATE TABLE yiping.heat_minute_20200101 PARTITION OF yiping.heat_minute FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')"); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		run           string
		days          int
		cells, places bool
	}{
		{"", 0, true, true},
		{"", 1, true, true},
		{"", 3, false, true},
		{"", 9, false, false},
		{"bund-2019", 9, true, true},
	} {
		when := today.AddDate(0, 0, -tt.days)
		_, err := s.Cells(t.Context(), tt.run, 9, when)
		if gone := errors.Is(err, layers.ErrNotFound); err != nil && !gone || gone == tt.cells {
			t.Errorf("cells of %q %d days ago: %v", tt.run, tt.days, err)
		}
		minutes, err := s.PlaceMinutes(t.Context(), tt.run, "bund", when, when)
		if err != nil || (len(minutes) == 1) != tt.places {
			t.Errorf("place of %q %d days ago: %d minutes, %v", tt.run, tt.days, len(minutes), err)
		}
	}
	var parts []string
	rows, err := conn.Query(t.Context(), "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'yiping.heat_minute'::regclass ORDER BY 1")
	if err == nil {
		parts, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for n := -1; n <= 2; n++ {
		want = append(want, "heat_minute_"+today.AddDate(0, 0, n).Format("20060102"))
	}
	if diff := cmp.Diff(parts, append(want, "heat_minute_rest")); diff != "" {
		t.Errorf("partitions (-got +want):\n%s", diff)
	}
}
