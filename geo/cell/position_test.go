package cell_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
)

// A position names one cell of a resolution, in the order of cells.
func TestPosition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 52))
	for resolution := range cell.MaxResolution + 1 {
		before := cell.At(orb.Point{121.49, 31.24}, resolution)
		for range 200 {
			c := cell.At(orb.Point{360*r.Float64() - 180, 180*r.Float64() - 90}, resolution)
			if got := cell.AtPosition(c.Position(), resolution); got != c || c.Position() >= 1<<52 {
				t.Fatalf("%v has position %x, which is %v", c, c.Position(), got)
			}
			if (c < before) != (c.Position() < before.Position()) {
				t.Errorf("%v and %v have positions in another order", c, before)
			}
			before = c
		}
	}
	for _, p := range []uint64{122, 127, 128, math.MaxUint64} { // there are 122 base cells
		if got := cell.AtPosition(p, 0); got != 0 {
			t.Errorf("position %d of resolution 0 is %v", p, got)
		}
	}
	for _, resolution := range []int{-1, 16} {
		if got := cell.AtPosition(0, resolution); got != 0 {
			t.Errorf("resolution %d has %v", resolution, got)
		}
	}
}
