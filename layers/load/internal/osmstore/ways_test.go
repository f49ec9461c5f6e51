package osmstore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/load/internal/osmfile"
	"yiping/layers/load/internal/osmstore"
)

func TestWays(t *testing.T) {
	t.Parallel()
	w, err := osmstore.NewWays(t.TempDir(), []int64{9, 3, 9, -4})
	if err != nil {
		t.Fatal(err)
	}
	long := make([]osmfile.Location, 5000)
	for i := range long {
		long[i] = osmfile.Location{Lon: int32(i), Lat: int32(-i)}
	}
	type found struct {
		Line    []osmfile.Location
		Missing int
		OK      bool
	}
	for id, f := range map[int64]found{9: {Line: long, Missing: 2}, 3: {}, 7: {Line: long}} {
		if err := w.Put(id, f.Line, f.Missing); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[int64]found{
		9:  {Line: long, Missing: 2, OK: true},
		3:  {OK: true},
		-4: {}, // wanted, not put
		7:  {}, // put, not wanted
		1:  {},
	} {
		var got found
		if got.Line, got.Missing, got.OK, err = w.Find(id, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("way %d: got − want +\n%s", id, diff)
		}
		if wants := id == 9 || id == 3 || id == -4; w.Wants(id) != wants {
			t.Errorf("way %d: wants %v", id, !wants)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
