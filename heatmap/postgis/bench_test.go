package postgis_test

import (
	"strconv"
	"testing"
	"time"

	"yiping/heatmap/history"
	"yiping/heatmap/postgis"
	"yiping/layers/postgis/postgistest"
)

// The table of the benchmarks: so many places, minute by minute, for so long.
const (
	benchPlaces = 50
	benchDays   = 7
)

// benchStore is a store with the minutes of benchPlaces for benchDays from noon on, and
// with small cells.
func benchStore(b *testing.B) *postgis.Store {
	b.Helper()
	s := postgis.New(postgistest.Open(b, postgistest.URL(b)).Pool(), postgis.Config{})
	var places []history.Place
	for i := range benchPlaces {
		places = append(places, history.Place{ID: "place-" + strconv.Itoa(i), Devices: 100 * i, Visits: 1000 * i, Density: 0.1})
	}
	var batch []*history.Minute
	for n := range benchDays * 24 * 60 {
		m := minute("", n, 1000)
		m.Places = places
		if batch = append(batch, m); len(batch) == 60 {
			if err := s.Write(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	return s
}

// BenchmarkStore reads a day of a place, a minute of cells and of places, and which minutes
// there are.
//
//	go test -run '^$' -bench Store ./heatmap/postgis
func BenchmarkStore(b *testing.B) {
	s := benchStore(b)
	from := noon().Add(2 * 24 * time.Hour)
	b.Run("day of a place", func(b *testing.B) {
		for b.Loop() {
			minutes, err := s.PlaceMinutes(b.Context(), "", "place-7", from, from.Add(24*time.Hour-time.Minute))
			if err != nil || len(minutes) != 1440 {
				b.Fatalf("%d minutes: %v", len(minutes), err)
			}
		}
	})
	b.Run("places of a minute", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Places(b.Context(), "", from); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("span", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Span(b.Context(), ""); err != nil {
				b.Fatal(err)
			}
		}
	})
}
