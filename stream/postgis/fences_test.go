package postgis_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis/postgistest"
	"yiping/stream/fence"
	"yiping/stream/postgis"
)

// bund is a fence of about 200 × 200 m.
func bund() fence.Definition {
	return fence.Definition{
		Title: "外滩", Streams: []string{"vehicles"}, Kinds: fence.Kinds(), Hysteresis: 5, Near: 200, Where: "st <> 0", Settle: 1500 * time.Millisecond,
		Dwell: time.Minute, Absence: time.Hour, Synthetic: true,
		Geometry: orb.Polygon{{{121.485, 31.239}, {121.487, 31.239}, {121.487, 31.241}, {121.485, 31.241}, {121.485, 31.239}}},
	}
}

func TestFences(t *testing.T) {
	t.Parallel()
	s := postgis.New(postgistest.New(t).Pool())
	ctx := t.Context()
	all, before, err := s.Fences(ctx)
	if err != nil || len(all) != 0 {
		t.Fatalf("%v, error %v, of no fences", all, err)
	}
	polygon, err := s.AddFence(ctx, bund())
	if err != nil {
		t.Fatal(err)
	}
	want := bund()
	want.ID, want.Version = "F-1", 1
	if diff := cmp.Diff(polygon, want); diff != "" {
		t.Errorf("as added (-got +want):\n%s", diff)
	}
	line := bund()
	line.Geometry, line.Buffer = orb.LineString{{121.48, 31.24}, {121.49, 31.24}}, 25
	if line, err = s.AddFence(ctx, line); err != nil {
		t.Fatal(err)
	}
	want.Title, want.Version = "外滩南段", 2
	replaced, err := s.ReplaceFence(ctx, want, layers.Match{Versions: []int32{1}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(replaced, want); diff != "" {
		t.Errorf("as replaced (-got +want):\n%s", diff)
	}
	if one, err := s.Fence(ctx, "F-1"); err != nil || !cmp.Equal(one, want) {
		t.Errorf("F-1 is %v, error %v", one, err)
	}
	all, after, err := s.Fences(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, []fence.Definition{want, line}); diff != "" {
		t.Errorf("all (-got +want):\n%s", diff)
	}
	if after != before+3 {
		t.Errorf("%d edits, want 3", after-before)
	}
	if err := s.RemoveFence(ctx, "F-1", layers.Match{Any: true}); err != nil {
		t.Error(err)
	}
	if again, err := s.AddFence(ctx, bund()); err != nil || again.ID != "F-3" {
		t.Errorf("a new fence is %s, error %v: IDs are never used again", again.ID, err)
	}
}

func TestFencesRefuse(t *testing.T) {
	t.Parallel()
	s := postgis.New(postgistest.New(t).Pool())
	ctx := t.Context()
	if _, err := s.AddFence(ctx, bund()); err != nil {
		t.Fatal(err)
	}
	stale := errors.AsType[*layers.StaleError]
	_, err := s.ReplaceFence(ctx, fence.Definition{ID: "F-1", Geometry: bund().Geometry}, layers.Match{Versions: []int32{7}})
	if e, ok := stale(err); !ok || e.Version != 1 {
		t.Errorf("a version that is not there: %v", err)
	}
	if _, ok := stale(s.RemoveFence(ctx, "F-1", layers.Match{})); !ok {
		t.Error("no version at all was taken")
	}
	for _, id := range []string{"F-2", "F-01", "F-", "1", "F--1", "f-1", "", "F-99999999999999999999"} {
		if _, err := s.Fence(ctx, id); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("fence %q: %v", id, err)
		}
		if err := s.RemoveFence(ctx, id, layers.Match{Any: true}); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("remove %q: %v", id, err)
		}
	}
	bow := bund()
	bow.Geometry = orb.Polygon{{{121, 31}, {121.1, 31.1}, {121.1, 31}, {121, 31.2}, {121, 31}}}
	if input, ok := errors.AsType[*layers.InputError](second(s.AddFence(ctx, bow))); !ok || input.Field != "geometry" {
		t.Errorf("a polygon that crosses itself: %v", input)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOnlyOneLeads(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	s, other := postgis.New(postgistest.Open(t, url).Pool()), postgis.New(postgistest.Open(t, url).Pool())
	first, err := s.LeadFences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.LeadFences(t.Context()); !errors.Is(err, fence.ErrLed) {
		t.Fatalf("a second leader: %v", err)
	}
	first.Close()
	for {
		next, err := other.LeadFences(t.Context())
		if errors.Is(err, fence.ErrLed) { // the server is about to notice
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if next.Term() != first.Term()+1 {
			t.Errorf("term %d follows %d", next.Term(), first.Term())
		}
		next.Close()
		break
	}
	if err := first.Save(t.Context(), &fence.Outcome{States: []fence.State{{Fence: "F-1", Phase: fence.In}}}); err == nil {
		t.Error("who has given the lease back can still save")
	}
}

// TestSave holds what is read again against what was saved, with several states of
// a pair in one batch and a batch that is saved twice.
func TestSave(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	s := postgis.New(postgistest.Open(t, url).Pool())
	conn := postgistest.Conn(t, url)
	l, err := s.LeadFences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := time.Date(2026, 11, 22, 3, 0, 0, 123e6, time.UTC)
	entering := fence.State{
		Fence: "F-1", Stream: "vehicles", Entity: "v-1", Phase: fence.Entering,
		Entered: at, Seen: at, Last: orb.Point{121.486, 31.24}, Turned: orb.Point{121.4861, 31.24}, Synthetic: true,
	}
	in := entering
	in.Phase, in.Number, in.Told, in.Dwelt, in.Left = fence.In, at.UnixMilli(), &orb.Point{121.486, 31.24}, true, at.Add(time.Second)
	near := in
	near.Entity, near.Phase, near.Near = "v-3", fence.None, true
	gone := in
	gone.Entity, gone.Phase = "v-2", fence.None
	other := in
	other.Entity = "v-2"
	enter := fence.Transition{
		Fence: "F-1", Title: "外滩", Stream: "vehicles", Entity: "v-1", Kind: fence.Enter, Cause: fence.Moved,
		Number: at.UnixMilli(), Time: at, Place: orb.Point{121.486, 31.24}, Inside: true, Entered: at, Synthetic: true,
	}
	batches := []fence.Outcome{
		{States: []fence.State{other}},
		{States: []fence.State{entering, in, gone, near}, Transitions: []fence.Transition{enter}},
	}
	for _, b := range append(batches, batches[1], fence.Outcome{}) {
		if err := l.Save(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []fence.State{in, gone, near}); diff != "" {
		t.Errorf("states (-got +want):\n%s", diff)
	}
	if err := l.Forget(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if got, err := l.States(t.Context()); err != nil || len(got) != 3 {
		t.Errorf("states %v, error %v, of which none are old", got, err)
	}
	if err := l.Forget(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := l.States(t.Context()); err != nil || !cmp.Equal(got, []fence.State{in, near}) {
		t.Errorf("states %v, error %v, after the old ones were forgotten", got, err)
	}
	if got, err := s.FenceStates(t.Context(), "F-1", 10); err != nil || !cmp.Equal(got, []fence.State{in, near}) {
		t.Errorf("states of F-1: %v, error %v", got, err)
	}
	var n int
	var body string
	err = conn.QueryRow(t.Context(), "SELECT count(*), min(body::text) FROM yiping.event WHERE stream = 'fences' AND id = $1", enter.ID()).Scan(&n, &body)
	if err != nil || n != 1 {
		t.Errorf("%d events %s, error %v", n, enter.ID(), err)
	}
	if want := `{"cause": "moved", "fence": "F-1", "title": "外滩", "entity": "v-1", "inside": true, "stream": "vehicles", "entered": 1795316400123, "synthetic": true}`; body != want {
		t.Errorf("body %s, want %s", body, want)
	}
}
