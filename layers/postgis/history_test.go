package postgis_test

import (
	"errors"
	"testing"
	"time"

	"yiping/layers"
)

// kept counts the versions of the layer watched that hold no more.
const kept = "SELECT count(*) FROM city_history.watched"

func TestHistoryIsSwitched(t *testing.T) {
	t.Parallel()
	s, conn, _ := openWatched(t)
	execSQL(t, conn, "INSERT INTO city.watched (id, geom) VALUES (1, 'SRID=4326;POINT(121 31)')")
	change := func(want int) {
		t.Helper()
		execSQL(t, conn, "UPDATE city.watched SET level = coalesce(level, 0) + 1")
		if n := value[int](t, conn, kept); n != want {
			t.Errorf("%d versions are kept, want %d", n, want)
		}
	}
	set := func(on bool, keep time.Duration) {
		t.Helper()
		if err := s.SetHistory(t.Context(), "watched", on, keep); err != nil {
			t.Fatal(err)
		}
		if l, err := s.Catalog().Layer("watched"); err != nil || l.History != on {
			t.Errorf("the catalog says %+v, error %v, want history %v", l, err, on)
		}
	}
	change(1)
	set(false, 0)
	change(0) // and what was kept is gone
	set(false, 0)
	execSQL(t, conn, "ALTER TABLE city.watched ADD COLUMN extra text")
	set(true, 0)
	change(1)
	set(true, time.Hour) // which forgets nothing by itself
	change(2)
	if err := s.SetHistory(t.Context(), "nowhere", true, 0); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("error %v for a layer that is none", err)
	}
}

func TestPruneHistory(t *testing.T) {
	t.Parallel()
	s, conn, _ := openWatched(t)
	execSQL(t, conn, "INSERT INTO city.watched (id, geom) SELECT n, 'SRID=4326;POINT(121 31)' FROM generate_series(1, 6000) n")
	execSQL(t, conn, "UPDATE city.watched SET level = 1")
	execSQL(t, conn, "UPDATE city_history.watched SET valid_to = now() - interval '8 days' WHERE id > 10")
	prune := func(forgotten int64, left int) {
		t.Helper()
		n, err := s.PruneHistory(t.Context())
		if err != nil || n != forgotten {
			t.Errorf("%d versions are forgotten, error %v, want %d", n, err, forgotten)
		}
		if n := value[int](t, conn, kept); n != left {
			t.Errorf("%d versions are left, want %d", n, left)
		}
	}
	prune(0, 6000) // for ever
	if err := s.SetHistory(t.Context(), "watched", true, 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	prune(5990, 10) // more than a batch
	if err := s.SetHistory(t.Context(), "watched", false, 0); err != nil {
		t.Fatal(err)
	}
	prune(0, 0)
}
