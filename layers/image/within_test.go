package image_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
)

// A box holds the anchors that lie in it, and those alone; Has knows the same rows
// as the selection gives.
func TestWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 4))
	l := points()
	things := someThings(r, 3000)
	i := imageOf(t, l, things, 2)
	filter, err := layers.ParseFilter(l, "state = 'broken'", "", layers.CRS84)
	if err != nil {
		t.Fatal(err)
	}
	b := i.NewBatch()
	for n := range 400 { // of which some are new and some replace others
		x := randomThing(r, int64(2800+n))
		put(t, b, x)
		things = append(slices.DeleteFunc(things, func(o thing) bool { return o.ID == x.ID }), x)
	}
	if _, err := i.Apply(b, cut(2), "two"); err != nil {
		t.Fatal(err)
	}
	v := i.View()
	all, err := v.Select(nil)
	if err != nil {
		t.Fatal(err)
	}
	broken, err := v.Select(filter)
	if err != nil {
		t.Fatal(err)
	}
	boxes := []geo.FixedBox{geo.TileID{}.FixedBox()}
	for range 40 {
		c, size := geo.FixedAt(orb.Point{121.47 + r.NormFloat64()*0.05, 31.23 + r.NormFloat64()*0.05}), uint32(1)<<r.IntN(24)
		boxes = append(boxes, geo.FixedBox{Min: c, Max: c}.Grow(size))
	}
	for _, box := range boxes {
		var want, wantBroken, got, gotBroken []int64
		for _, x := range things {
			if box.Contains(geo.FixedAt(x.At.(orb.Point))) {
				want = append(want, x.ID)
				if x.State == "broken" {
					wantBroken = append(wantBroken, x.ID)
				}
			}
		}
		all.Within(box, func(row image.Row) bool {
			got = append(got, v.ID(row))
			return true
		})
		broken.Within(box, func(row image.Row) bool {
			gotBroken = append(gotBroken, v.ID(row))
			if !broken.Has(row) {
				t.Errorf("feature %d is in the selection, but Has denies it", v.ID(row))
			}
			return true
		})
		for _, ids := range [][]int64{want, wantBroken, got, gotBroken} {
			slices.Sort(ids)
		}
		if diff := cmp.Diff([][]int64{got, gotBroken}, [][]int64{want, wantBroken}); diff != "" {
			t.Fatalf("box %v (-got +want):\n%s", box, diff)
		}
	}
	n := 0
	all.Within(boxes[0], func(image.Row) bool { n++; return n < 7 })
	if n != 7 {
		t.Errorf("%d rows were visited after the end was asked for at 7", n)
	}
}
