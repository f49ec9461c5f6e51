package postgis_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/place"
	"yiping/layers"
	"yiping/layers/postgis/postgistest"
	"yiping/stream/postgis"
)

// aSquare is a place of some hundred metres.
func aSquare(id string) heatmap.Place {
	return heatmap.Place{
		ID: id, Name: "陈毅广场", NameEN: "Chen Yi Square", Flow: heatmap.Standing, Usable: 1234.5, Capacity: 5000, Source: "量测 measured",
		Outline: orb.MultiPolygon{{{{121.485, 31.24}, {121.487, 31.24}, {121.487, 31.242}, {121.485, 31.242}, {121.485, 31.24}}}},
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	s := postgis.New(postgistest.New(t).Pool())
	edits := func() int64 {
		t.Helper()
		n, err := s.PlaceEdits(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := edits()
	want := aSquare("square")
	want.Version = 1
	got, err := s.AddPlace(t.Context(), aSquare("square"))
	if diff := cmp.Diff(got, want); diff != "" || err != nil {
		t.Fatalf("error %v, added (-got +want):\n%s", err, diff)
	}
	if _, err := s.AddPlace(t.Context(), aSquare("square")); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("added twice: error %v", err)
	}
	bow := aSquare("bow")
	bow.Outline[0][0][1], bow.Outline[0][0][2] = bow.Outline[0][0][2], bow.Outline[0][0][1]
	if _, err := s.AddPlace(t.Context(), bow); !isInput(err) {
		t.Errorf("an outline that crosses itself: error %v", err)
	}
	want.Name, want.Usable, want.Capacity, want.Version = "广场", 0, 0, 2
	if got, err = s.ReplacePlace(t.Context(), want, layers.Match{Versions: []int32{1}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("replaced (-got +want):\n%s", diff)
	}
	var stale *layers.StaleError
	if _, err := s.ReplacePlace(t.Context(), want, layers.Match{Versions: []int32{1}}); !errors.As(err, &stale) || stale.Version != 2 {
		t.Errorf("replaced what was not seen: error %v", err)
	}
	if got, err = s.Place(t.Context(), "square"); err != nil || !cmp.Equal(got, want) {
		t.Errorf("the place is %+v, error %v", got, err)
	}
	all, err := s.Places(t.Context())
	if diff := cmp.Diff(all, []heatmap.Place{want}); diff != "" || err != nil {
		t.Errorf("error %v, places (-got +want):\n%s", err, diff)
	}
	if err := s.RemovePlace(t.Context(), "square", layers.Match{Any: true}); err != nil {
		t.Fatal(err)
	}
	_, none := s.Place(t.Context(), "square")
	if err := s.RemovePlace(t.Context(), "square", layers.Match{Any: true}); !errors.Is(err, layers.ErrNotFound) || !errors.Is(none, layers.ErrNotFound) {
		t.Errorf("what is gone is there: errors %v and %v", none, err)
	}
	if n := edits() - before; n < 3 {
		t.Errorf("%d edits were counted, want at least 3", n)
	}
}

func isInput(err error) bool {
	var input *layers.InputError
	return errors.As(err, &input)
}

// The first places come once; there are never more than the most.
func TestFirstPlaces(t *testing.T) {
	t.Parallel()
	s := postgis.New(postgistest.New(t).Pool())
	var most []heatmap.Place
	for n := range place.Max {
		most = append(most, aSquare(fmt.Sprintf("p%d", n)))
	}
	if err := s.SeedPlaces(t.Context(), most); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddPlace(t.Context(), aSquare("more")); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("one more than the most: error %v", err)
	}
	if err := s.RemovePlace(t.Context(), "p7", layers.Match{Any: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.SeedPlaces(t.Context(), most); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Places(t.Context()); err != nil || len(all) != place.Max-1 {
		t.Errorf("%d places, error %v: who deletes one of the first gets it again", len(all), err)
	}
}
