package layers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/layers"
)

func square(west, south, east, north float64) orb.Polygon {
	return orb.Polygon{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}
}

// A district is anchored where it is, even if its middle is another's.
func TestDistricts(t *testing.T) {
	t.Parallel()
	x := layers.NewRegionIndex([]layers.RegionPart{
		// b is a frame around c: three sides, of which the south is the largest.
		{Layer: "district", Code: "b", Shape: square(121, 31, 124, 31.5)},
		{Layer: "district", Code: "b", Shape: square(121, 31.5, 121.5, 34)},
		{Layer: "district", Code: "b", Shape: square(123.5, 31.5, 124, 34)},
		{Layer: "district", Code: "c", Shape: square(121.5, 31.5, 123.5, 34)},
		// d is there by its street alone, and nobody says of which district the other is.
		{Layer: "street", Code: "d1", Parent: "d", Shape: square(125, 31, 126, 32)},
		{Layer: "street", Code: "e1", Shape: square(126, 31, 127, 32)},
	})
	got := x.Districts()
	for _, d := range got {
		if at := x.At(d.Anchor).District; at != d.Code {
			t.Errorf("%s is anchored at %v, in %q", d.Code, d.Anchor, at)
		}
	}
	want := []layers.District{{"b", orb.Point{122.5, 31.25}}, {"c", orb.Point{122.5, 32.75}}, {"d", orb.Point{125.5, 31.5}}}
	if diff := cmp.Diff(got, want, cmp.Comparer(near)); diff != "" {
		t.Errorf("districts (-got +want):\n%s", diff)
	}
	if got := layers.NewRegionIndex(nil).Districts(); len(got) > 0 {
		t.Errorf("without regions: %v", got)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
