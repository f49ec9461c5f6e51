package image_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
)

// A random walk of changes and merges stays equal to the plain model.
func TestWalk(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 5))
		l := points()
		start := someThings(r, 600)
		things := map[int64]thing{}
		for _, x := range start {
			things[x.ID] = x
		}
		i := imageOf(t, l, start, 3)
		agree(t, r, i.View(), things)
		for step := range 12 {
			b := i.NewBatch()
			want := map[int64][2]bool{}
			for range r.IntN(120) {
				id := int64(1 + r.IntN(900))
				_, was := things[id]
				if w, ok := want[id]; ok {
					was = w[0]
				}
				if r.IntN(3) == 0 {
					b.Delete(id)
					delete(things, id)
					want[id] = [2]bool{was, false}
					continue
				}
				x := randomThing(r, id)
				things[id] = x
				put(t, b, x)
				want[id] = [2]bool{was, true}
			}
			old := i.View()
			oldLen := old.Len()
			touches, err := i.Apply(b, cut(step+2), "later")
			if err != nil {
				t.Fatal(err)
			}
			got := map[int64][2]bool{}
			for _, c := range touches {
				got[c.ID] = [2]bool{c.Was, c.Is}
				if c.Is && c.New.Min != geo.FixedAt(things[c.ID].At.(orb.Point)) {
					t.Fatalf("touch %+v of %+v", c, things[c.ID])
				}
			}
			for id, w := range want {
				if w == [2]bool{} {
					delete(want, id)
				}
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Fatalf("touches (-got +want):\n%s", diff)
			}
			if old.Len() != oldLen || old == i.View() {
				t.Fatal("a view has changed")
			}
			if step%4 == 3 {
				if _, err := i.Merge(r.IntN(2) == 0); err != nil {
					t.Fatal(err)
				}
			}
			agree(t, r, i.View(), things)
		}
	}
}

// What a zoom shows, the next one shows too, whatever the filter.
func TestNested(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	i := imageOf(t, points(), someThings(r, 20_000), 2)
	for _, f := range filters(t, i.Layer()) {
		s := selected(t, i.View(), f.filter)
		for z := range image.MaxCellZoom {
			id := geo.TileAt(orb.Point{121.47, 31.23}, z)
			below := map[int64]bool{}
			for n := range uint32(4) {
				s.Cells(geo.TileID{Z: z + 1, X: id.X*2 + n%2, Y: id.Y*2 + n/2}, func(c image.Cell) { below[s.View().ID(c.Row)] = true })
			}
			s.Cells(id, func(c image.Cell) {
				if !below[s.View().ID(c.Row)] {
					t.Errorf("%d is shown in %v and not below, where %q", s.View().ID(c.Row), id, f.text)
				}
			})
		}
	}
}

// Where features have a first zoom, the least of them stands for a cell, and is not
// shown before that zoom; it counts the others of the cell all the same.
func TestFirstZoom(t *testing.T) {
	l := points()
	l.Properties = append(l.Properties, layers.Property{Name: "min_zoom", Type: layers.Integer})
	l.Zoom.Property = "min_zoom"
	r := rand.New(rand.NewPCG(15, 16))
	all := someThings(r, 20_000)
	things := map[int64]thing{}
	for n := range all {
		all[n].Floors = int64(6 + r.IntN(10))
		things[all[n].ID] = all[n]
	}
	s := selected(t, imageOf(t, l, all, 2).View(), nil)
	seen := map[int64]bool{} // at the zoom above
	for z := range geo.Zoom(18) {
		id := geo.TileAt(orb.Point{121.47, 31.23}, z)
		type cell struct{ x, y uint32 }
		first, counts, want := map[cell]int64{}, map[cell]int{}, map[int64]int{}
		shownPoints := 0
		for _, x := range things {
			f := geo.FixedAt(x.At.(orb.Point))
			if !id.FixedBox().Contains(f) {
				continue
			}
			if geo.Zoom(x.Floors) <= z {
				shownPoints++
			}
			at := cell{f.X >> (32 - z - image.CellBits), f.Y >> (32 - z - image.CellBits)}
			best, ok := first[at]
			if counts[at]++; !ok || x.Floors < things[best].Floors || x.Floors == things[best].Floors && hashBefore(x.ID, best) {
				first[at] = x.ID
			}
		}
		for at, id := range first {
			if geo.Zoom(things[id].Floors) <= z {
				want[id] = counts[at]
			}
		}
		got := map[int64]int{}
		s.Cells(id, func(c image.Cell) { got[s.View().ID(c.Row)] = c.Count })
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("cells of %v (-got +want):\n%s", id, diff)
		}
		n := 0
		s.Points(id, func(image.Row) { n++ })
		if n != shownPoints {
			t.Errorf("%v shows %d points, want %d", id, n, shownPoints)
		}
		for above := range seen {
			if _, ok := got[above]; !ok && id.FixedBox().Contains(geo.FixedAt(things[above].At.(orb.Point))) {
				t.Errorf("%d is shown at zoom %d and not at %d", above, z-1, z)
			}
		}
		clear(seen)
		for id := range got {
			seen[id] = true
		}
	}
}

// Ids that a database has found are a selection like any other; it is asked once
// for a state of the view.
func TestSelectIDs(t *testing.T) {
	i, things := changed(t)
	asked := 0
	var fault error
	ids := func(context.Context) ([]int64, error) {
		asked++
		return []int64{1, 2, 5, 295, 305, 4_000}, fault // 5 is deleted, 4,000 never was
	}
	choose := func() []int64 {
		s, err := i.View().SelectIDs(t.Context(), "name = 'x'", ids)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		s.Points(geo.TileID{}, func(r image.Row) { got = append(got, s.View().ID(r)) })
		slices.Sort(got)
		return got
	}
	for range 2 {
		if diff := cmp.Diff(choose(), []int64{1, 2, 295, 305}); diff != "" {
			t.Errorf("selected (-got +want):\n%s", diff)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	b := i.NewBatch()
	put(t, b, things[1])
	b.Delete(2)
	if _, err := i.Apply(b, cut(11), ""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(choose(), []int64{1, 295, 305}); diff != "" || asked != 2 {
		t.Errorf("asked %d times; selected after a change (-got +want):\n%s", asked, diff)
	}
	fault = errors.New("the database is away")
	if _, err := i.View().SelectIDs(t.Context(), "name = 'y'", ids); !errors.Is(err, fault) {
		t.Errorf("error is %v", err)
	}
}

func TestFaults(t *testing.T) {
	i, _ := changed(t)
	var unkept *image.ColumnError
	if _, err := i.View().Select(parse(t, i.Layer(), "note = 'x' AND open")); !errors.As(err, &unkept) || unkept.Property != "note" {
		t.Errorf("a filter on what is not kept gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := selected(t, i.View(), parse(t, i.Layer(), "floors = 5"))
	if err := s.Prepare(ctx, geo.TileID{}, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("Prepare goes on: %v", err)
	}
	if _, err := image.New(points()).Apply(i.NewBatch(), cut(1), ""); err == nil {
		t.Error("changes before a load are taken")
	}
	before := i.View()
	b := i.NewBatch()
	x := randomThing(rand.New(rand.NewPCG(1, 1)), 8)
	put(t, b, x)
	put(t, b, x)
	if err := i.Load([]*image.Batch{b}, cut(1), ""); err == nil || i.View() != before {
		t.Errorf("an id that comes twice is loaded: %v", err)
	}
	half := i.NewBatch()
	if err := half.Row(1, append([]byte{1, 1, 0, 0, 0}, make([]byte, 16)...)); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Apply(half, cut(1), ""); err == nil {
		t.Error("half a row is applied")
	}
	if err := half.Row(2, nil); err == nil {
		t.Error("a row begins within another")
	}
}

// The directory of a large segment gives the same cells as the model.
func TestLarge(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	all := someThings(r, 70_000)
	things := map[int64]thing{}
	for _, x := range all {
		things[x.ID] = x
	}
	i := imageOf(t, points(), all, 2)
	b := i.NewBatch()
	for range 3_000 {
		id := int64(1 + r.IntN(len(all)))
		if r.IntN(2) == 0 {
			b.Delete(id)
			delete(things, id)
		} else {
			things[id] = randomThing(r, id)
			put(t, b, things[id])
		}
	}
	if _, err := i.Apply(b, cut(2), ""); err != nil {
		t.Fatal(err)
	}
	v := i.View()
	for _, f := range filters(t, v.Layer()) {
		s := selected(t, v, f.filter)
		for _, z := range []geo.Zoom{0, 3, 8, 10, 11, 12, 13, 15} {
			id := geo.TileAt(orb.Point{121.47, 31.23}, z)
			if diff := diffOf(cellsOf(s, id), modelCells(things, f.takes, id)); diff != "" {
				t.Fatalf("cells of %v where %q (-got +want):\n%s", id, f.text, diff)
			}
		}
	}
}

// Things that are equal give equal cells in whatever order and batches they come.
func TestOrderOfInput(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	things := someThings(r, 2_000)
	list := func(i *image.Image, id geo.TileID) (all []int64) {
		s := selected(t, i.View(), nil)
		s.Cells(id, func(c image.Cell) { all = append(all, i.View().ID(c.Row), int64(c.Count)) })
		s.Points(id, func(row image.Row) { all = append(all, i.View().ID(row)) })
		return all
	}
	a := imageOf(t, points(), things, 1)
	r.Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
	b := imageOf(t, points(), things, 5)
	for z := range image.MaxCellZoom + 1 {
		id := geo.TileAt(orb.Point{121.5, 31.25}, z)
		if diff := cmp.Diff(list(a, id), list(b, id)); diff != "" {
			t.Fatalf("%v differs by the order of input:\n%s", id, diff)
		}
	}
}

func TestValues(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	things := someThings(r, 1_000)
	things[17].Floors, things[18].Day, things[19].ID = 1<<40, -1<<20, math.MaxInt64
	things[20].Height = 0.1 // needs 64 bits
	v := imageOf(t, points(), things, 2).View()
	for _, x := range things {
		row, ok := v.Find(x.ID)
		if !ok {
			t.Fatalf("%d is not found", x.ID)
		}
		got := thing{ID: v.ID(row), At: x.At}
		for _, c := range v.Columns() {
			switch c.Property.Name {
			case "class":
				got.Class = c.Dictionary()[c.Code(row)]
			case "state":
				got.State = c.Dictionary()[c.Code(row)]
			case "district":
				got.District = c.Dictionary()[c.Code(row)]
			case "floors":
				if got.Floors = c.Int(row); c.Null(row) {
					got.Floors = x.Floors
					if x.Floors >= 0 {
						t.Errorf("%d: floors are null", x.ID)
					}
				}
			case "height":
				got.Height = c.Float(row)
			case "open":
				got.Open = c.Bool(row)
			case "day":
				got.Day = c.Int(row)
			case "synthetic":
				got.Synthetic = c.Bool(row)
			}
		}
		if diff := cmp.Diff(got, x); diff != "" {
			t.Fatalf("row of %d (-got +want):\n%s", x.ID, diff)
		}
	}
}
