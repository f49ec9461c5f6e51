package image_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"yiping/geo"
	"yiping/layers/image"
)

// Filters by area, which look at runs of rows before they look at rows, take the
// points that a plain comparison of coordinates takes.
func TestPointsInAreaOfManyRows(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(31, 32))
	i := image.New(cityLayer())
	if err := i.Load([]*image.Batch{cityBatch(i, r, 0, 40_000)}, cut(1), ""); err != nil {
		t.Fatal(err)
	}
	v := i.View()
	all := selected(t, v, nil)
	for n := range 20 {
		x, y, size := 121+0.8*r.Float64(), 30.8+0.8*r.Float64(), 0.4*r.Float64()
		diamond := fmt.Sprintf("POLYGON((%v %v, %v %v, %v %v, %v %v, %v %v))", x-size, y, x, y-size, x+size, y, x, y+size, x-size, y)
		want := 0
		all.Points(geo.TileID{}, func(row image.Row) {
			if p := v.Anchor(row).Point(); math.Abs(p[0]-x)+math.Abs(p[1]-y) <= size {
				want++
			}
		})
		got := selected(t, v, parse(t, i.Layer(), "S_INTERSECTS(geom, "+diamond+")")).Count(geo.TileID{})
		if got != want {
			t.Errorf("diamond %d has %d points, want %d", n, got, want)
		}
	}
}
