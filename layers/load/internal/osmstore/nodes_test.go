package osmstore_test

import (
	"math/rand/v2"
	"os"
	"testing"

	"yiping/layers/load/internal/osmfile"
	"yiping/layers/load/internal/osmstore"
)

// TestNodesAgainstMap puts nodes in several orders, more than one run of them, and
// compares every lookup with a map.
func TestNodesAgainstMap(t *testing.T) {
	t.Parallel()
	const seed, run, many = 20261121, 1000, 20_700
	for _, tt := range []struct {
		name string
		n    int
		id   func(r *rand.Rand, i int) int64
	}{
		{"none", 0, func(*rand.Rand, int) int64 { return 0 }},
		{"one", 1, func(*rand.Rand, int) int64 { return 7 }},
		{"ascending, part of a page", 300, func(_ *rand.Rand, i int) int64 { return int64(3 * i) }},
		{"ascending, many runs", many, func(_ *rand.Rand, i int) int64 { return int64(3 * i) }},
		{"descending", many, func(_ *rand.Rand, i int) int64 { return int64(3 * (many - i)) }},
		{"shuffled with repeats", many, func(r *rand.Rand, _ int) int64 { return r.Int64N(many / 2) }},
		{"all the same", 1000, func(*rand.Rand, int) int64 { return 5 }},
		{"negative ids", 1000, func(_ *rand.Rand, i int) int64 { return int64(-i) }},
		{"ascending with repeats", 1000, func(_ *rand.Rand, i int) int64 { return int64(i / 3) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s, err := osmstore.NewNodes(dir)
			if err != nil {
				t.Fatal(err)
			}
			s.SetRun(run)
			r := rand.New(rand.NewPCG(seed, 0))
			want := map[int64]osmfile.Location{}
			for i := range tt.n {
				id, at := tt.id(r, i), osmfile.Location{Lon: int32(i), Lat: int32(-i)}
				want[id] = at
				if err := s.Put(id, at); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Freeze(); err != nil {
				t.Fatal(err)
			}
			for id, at := range want {
				if got, ok, err := s.Find(id); err != nil || !ok || got != at {
					t.Fatalf("node %d: got %v, %v, %v; want %v (seed %d)", id, got, ok, err, at, seed)
				}
			}
			for range 1000 {
				id := r.Int64N(4*many) - many/2
				if _, known := want[id]; known {
					continue
				}
				if _, ok, err := s.Find(id); err != nil || ok {
					t.Fatalf("node %d was found, %v (seed %d)", id, err, seed)
				}
			}
			if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
				t.Errorf("the folder holds %v, %v", names, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
