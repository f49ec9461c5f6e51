package image_test

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
)

func snapshotOf(tb testing.TB, i *image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := i.WriteSnapshot(&b, "later"); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func restored(l *layers.Layer, data []byte) (*image.Image, error) {
	i := image.New(l)
	return i, i.ReadSnapshot(bytes.NewReader(data), int64(len(data)))
}

// changed is an image with a base, changes and tombstones, and its model.
func changed(tb testing.TB) (*image.Image, map[int64]thing) {
	tb.Helper()
	r := rand.New(rand.NewPCG(21, 22))
	all := someThings(r, 300)
	i := imageOf(tb, points(), all, 2)
	things := map[int64]thing{}
	for _, x := range all {
		things[x.ID] = x
	}
	b := i.NewBatch()
	for id := int64(290); id < 310; id++ {
		things[id] = randomThing(r, id)
		put(tb, b, things[id])
	}
	b.Delete(5)
	delete(things, 5)
	if _, err := i.Apply(b, cut(9), "nine"); err != nil {
		tb.Fatal(err)
	}
	return i, things
}

func TestSnapshot(t *testing.T) {
	i, things := changed(t)
	path := filepath.Join(t.TempDir(), "lamp.image")
	if err := i.SaveSnapshot(path, ""); err != nil {
		t.Fatal(err)
	}
	j := image.New(points())
	if err := j.OpenSnapshot(path); err != nil {
		t.Fatal(err)
	}
	v := j.View()
	agree(t, rand.New(rand.NewPCG(1, 1)), v, things)
	if v.Mark() != "nine" || !v.Cut().Time.Equal(cut(9).Time) || v.Cut().Xmin != 9 {
		t.Errorf("mark %q, cut %v", v.Mark(), v.Cut())
	}
	for id, x := range things {
		row, _ := v.Find(id)
		if c, _ := v.Column("height"); c.Float(row) != x.Height {
			t.Errorf("%d has height %v, want %v", id, c.Float(row), x.Height)
		}
	}
	// The image goes on from there.
	b := j.NewBatch()
	things[1] = thing{ID: 1, At: orb.Point{121.5, 31.2}, Class: "new", State: "lost"}
	put(t, b, things[1])
	if _, err := j.Apply(b, cut(10), "ten"); err != nil {
		t.Fatal(err)
	}
	agree(t, rand.New(rand.NewPCG(1, 1)), j.View(), things)
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.part")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if diff := cmp.Diff(snapshotOf(t, i), snapshotOf(t, i)); diff != "" {
		t.Error("two snapshots of one view differ")
	}
}

func TestSnapshotOfNothing(t *testing.T) {
	i := imageOf(t, points(), nil, 1)
	j, err := restored(points(), snapshotOf(t, i))
	if err != nil || j.View().Len() != 0 || selected(t, j.View(), nil).Count(geo.TileID{}) != 0 {
		t.Errorf("an empty image comes back with %v", err)
	}
	if err := image.New(points()).WriteSnapshot(&bytes.Buffer{}, ""); err == nil {
		t.Error("an image that was never loaded has a snapshot")
	}
}

// Whatever bit is wrong and wherever the file ends, it is refused and the image
// stays as it was.
func TestDamagedSnapshot(t *testing.T) {
	i, _ := changed(t)
	good := snapshotOf(t, i)
	refused := func(what string, l *layers.Layer, data []byte) {
		t.Helper()
		if j, err := restored(l, data); err == nil || j.View() != nil {
			t.Errorf("%s is taken", what)
		}
	}
	for n := 0; n < len(good); n += 13 {
		refused("a short file", points(), good[:n])
	}
	bad := bytes.Clone(good)
	for n := range good {
		bad[n] ^= 1 << (n % 8)
		refused("a file with a wrong bit", points(), bad)
		bad[n] = good[n]
	}
	refused("a longer file", points(), append(bytes.Clone(good), 0))
	refused("an empty file", points(), nil)

	other := points()
	other.Properties[1].Enum = append(other.Properties[1].Enum, "stolen")
	refused("another enumeration", other, good)
	other = points()
	other.Properties[2].Name = "storeys"
	refused("another property", other, good)
	other = points()
	other.Tiles.CountBy = ""
	refused("other rules", other, good)
	other = points()
	other.Geometry = layers.LineString
	refused("another geometry", other, good)
	if _, err := restored(points(), good); err != nil {
		t.Errorf("the good file is refused: %v", err)
	}
}

func FuzzReadSnapshot(f *testing.F) {
	i, _ := changed(f)
	f.Add(snapshotOf(f, i))
	f.Add(snapshotOf(f, imageOf(f, points(), nil, 1)))
	f.Add(snapshotOf(f, imageOf(f, shapesLayer(), someShapes(), 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, l := range []*layers.Layer{points(), shapesLayer()} {
			i, err := restored(l, image.Resum(data))
			if err != nil {
				continue
			}
			v := i.View()
			if v.Synthetic() > v.Len() {
				t.Errorf("%d of %d features are synthetic", v.Synthetic(), v.Len())
			}
			for _, id := range []geo.TileID{{}, geo.TileAt(orb.Point{121.5, 31.2}, 12)} {
				s := selected(t, v, nil)
				if l.Geometry == layers.Point {
					s.Cells(id, func(image.Cell) {})
				} else {
					s.Shapes(id, 1000, func(r image.Row) { v.Shape(r).Bounds() })
				}
				s.Points(id, func(r image.Row) { v.ID(r) })
			}
		}
	})
}
