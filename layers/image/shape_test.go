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

// shapesLayer mixes all geometries; floors are the first zoom.
func shapesLayer() *layers.Layer {
	l := points()
	l.Name, l.Geometry, l.Tiles = "site", layers.AnyGeometry, layers.TileRules{}
	l.Properties = append(l.Properties, layers.Property{Name: "min_zoom", Type: layers.Integer})
	l.Zoom.Property = "min_zoom"
	return l
}

// someShapes are one of each geometry, and some at the edges of the world.
func someShapes() []thing {
	box := func(x, y, d float64) orb.Polygon {
		return orb.Polygon{{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}}
	}
	hole := append(box(121.40, 31.10, 0.1), orb.Ring{{121.42, 31.12}, {121.42, 31.14}, {121.44, 31.14}, {121.44, 31.12}, {121.42, 31.12}})
	var all []thing
	for n, g := range []orb.Geometry{
		orb.Point{121.5, 31.2},
		orb.MultiPoint{{121.5, 31.2}, {121.6, 31.3}},
		orb.LineString{{121.4, 31.2}, {121.5, 31.25}, {121.6, 31.2}},
		orb.MultiLineString{{{121.4, 31.2}, {121.5, 31.25}}, {{121.6, 31.2}, {121.7, 31.3}}},
		hole,
		orb.MultiPolygon{box(121.1, 31, 0.01), box(121.9, 31.4, 0.02)},
		orb.LineString{{-180, 10}, {180, 12}},
		box(-180, -85, 360),
		box(179.9, 84, 0.1),
		orb.LineString{{121.5, 31.2}, {121.5, 31.2}},
	} {
		all = append(all, thing{ID: int64(n + 1), At: g, State: "good", Class: "tree", Floors: int64(n % 3 * 5)})
	}
	return all
}

// Shapes finds what a look at every bound finds, from its first zoom on, and each
// feature counts in one tile.
func TestShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	all := someShapes()
	for id := int64(100); id < 600; id++ {
		a := orb.Point{121 + r.Float64(), 31 + r.Float64()}
		all = append(all, thing{
			ID: id, State: "good", Class: []string{"tree", "lamp"}[r.IntN(2)], Floors: int64(r.IntN(14)),
			At: orb.LineString{a, {a[0] + r.NormFloat64()/20, a[1] + r.NormFloat64()/20}},
		})
	}
	things := map[int64]thing{}
	for _, x := range all {
		things[x.ID] = x
	}
	i := imageOf(t, shapesLayer(), all, 3)
	b := i.NewBatch()
	for id := int64(100); id < 150; id++ {
		b.Delete(id)
		delete(things, id)
	}
	for id := int64(150); id < 200; id++ {
		x := things[id]
		x.At = orb.Point{121.2, 31.2}
		things[id] = x
		put(t, b, x)
	}
	touches, err := i.Apply(b, cut(2), "")
	if err != nil {
		t.Fatal(err)
	}
	if c := touches[0]; c.ID != 100 && c.ID != 150 || c.Old.Min == c.Old.Max {
		t.Errorf("touch %+v of a line", c)
	}
	data := snapshotOf(t, i)
	j, err := restored(shapesLayer(), data)
	if err != nil {
		t.Fatal(err)
	}
	filter := parse(t, i.Layer(), "class = 'tree' AND S_INTERSECTS(geom, BBOX(121.15, 31.15, 121.6, 31.7))")
	want := map[int64]bool{}
	for id, x := range things {
		c := bound(orb.Bound{Min: orb.Point{121.15, 31.15}, Max: orb.Point{121.6, 31.7}})
		if x.Class == "tree" && c.Meets(bound(x.At.Bound())) {
			want[id] = true // or near it: bounds do not decide for lines
		}
	}
	for _, v := range []*image.View{i.View(), j.View()} {
		s, taken := selected(t, v, nil), selected(t, v, filter)
		for z := range geo.MaxZoom + 1 {
			const margin = 5_000
			id := geo.TileAt(orb.Point{121.2, 31.2}, z)
			var got, model []int64
			s.Shapes(id, margin, func(row image.Row) { got = append(got, v.ID(row)) })
			for n, x := range things {
				if geo.Zoom(x.Floors) <= z && bound(x.At.Bound()).Meets(id.FixedBox().Grow(margin)) {
					model = append(model, n)
				}
			}
			slices.Sort(got)
			slices.Sort(model)
			if diff := cmp.Diff(got, model); diff != "" {
				t.Fatalf("shapes of %v (-got +want):\n%s", id, diff)
			}
			taken.Shapes(id, margin, func(row image.Row) {
				if !want[v.ID(row)] {
					t.Errorf("%d passes the filter", v.ID(row))
				}
			})
			anchored := 0
			for _, x := range things {
				if id.FixedBox().Contains(geo.FixedAt(layers.Anchor(x.At))) {
					anchored++
				}
			}
			if n := s.Count(id); n != anchored {
				t.Errorf("%v has %d anchors, want %d", id, n, anchored)
			}
		}
	}
}

func bound(b orb.Bound) geo.FixedBox {
	low, high := geo.FixedAt(b.Min), geo.FixedAt(b.Max)
	return geo.FixedBox{Min: geo.Fixed{X: low.X, Y: high.Y}, Max: geo.Fixed{X: high.X, Y: low.Y}}
}

func TestUnfitGeometry(t *testing.T) {
	for _, l := range []*layers.Layer{points(), shapesLayer()} {
		b := image.New(l).NewBatch()
		for name, data := range map[string][]byte{
			"nothing": nil, "garbage": {1, 2, 3}, "empty point": emptyPoint(),
			"empty line": {1, 2, 0, 0, 0, 0, 0, 0, 0}, "collection": {1, 7, 0, 0, 0, 0, 0, 0, 0},
			"cut off": {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		} {
			if err := b.Row(1, data); err == nil {
				t.Errorf("%s: %s is taken", l.Name, name)
			}
		}
		if b.Rows() != 0 {
			t.Errorf("%s: %d rows after faults", l.Name, b.Rows())
		}
	}
}

// emptyPoint is as PostGIS writes it: both coordinates are NaN.
func emptyPoint() []byte {
	data := []byte{1, 1, 0, 0, 0}
	for range 2 {
		data = append(data, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)
	}
	return data
}
