package image_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
)

// tables is a database of layers of things; its mark is the number of its changes.
type tables struct {
	t       *testing.T
	mu      sync.Mutex
	layers  []*layers.Layer
	things  map[string]map[int64]thing
	changes int
	// forgotten is the last change that cannot be told any more.
	forgotten int
	reads     map[string]int
	fails     map[string]error
	// midway runs while a layer is read, behind the moment that the read is of.
	midway func(layer string)
}

func newTables(t *testing.T, ls ...*layers.Layer) *tables {
	t.Helper()
	d := &tables{t: t, layers: ls, things: map[string]map[int64]thing{}, reads: map[string]int{}, fails: map[string]error{}}
	r := rand.New(rand.NewPCG(41, 42))
	for _, l := range ls {
		d.things[l.Name] = map[int64]thing{}
		for _, x := range someThings(r, 200) {
			d.things[l.Name][x.ID] = x
		}
	}
	return d
}

func named(name string) *layers.Layer {
	l := points()
	l.Name = name
	return l
}

func (d *tables) Catalog() *layers.Catalog {
	d.mu.Lock()
	defer d.mu.Unlock()
	return layers.NewCatalog(slices.Clone(d.layers))
}

func (d *tables) ReadImage(_ context.Context, l *layers.Layer, newBatch func() *image.Batch) ([]*image.Batch, layers.Cut, string, error) {
	d.mu.Lock()
	d.reads[l.Name]++
	things, changes, err, midway := maps.Clone(d.things[l.Name]), d.changes, d.fails[l.Name], d.midway
	d.mu.Unlock()
	if err != nil {
		return nil, layers.Cut{}, "", err
	}
	if midway != nil {
		midway(l.Name)
	}
	b := newBatch()
	for _, x := range things {
		put(d.t, b, x)
	}
	return []*image.Batch{b}, cut(changes), strconv.Itoa(changes), nil
}

func (d *tables) ReadChanged(_ context.Context, l *layers.Layer, ids []int64, b *image.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fails[l.Name]; err != nil {
		return err
	}
	for _, id := range ids {
		if x, ok := d.things[l.Name][id]; ok {
			put(d.t, b, x)
		} else {
			b.Delete(id)
		}
	}
	return nil
}

func (d *tables) Holds(_ context.Context, mark string) (bool, error) {
	n, err := strconv.Atoi(mark)
	return n >= d.forgotten, err
}

// write changes a thing, or deletes it with nil, and tells the set.
func (d *tables) write(s *image.Set, layer string, id int64, x *thing) error {
	d.mu.Lock()
	if x == nil {
		delete(d.things[layer], id)
	} else {
		d.things[layer][id] = *x
	}
	d.changes++
	n := d.changes
	d.mu.Unlock()
	return s.Changed(d.t.Context(), layer, []int64{id}, cut(n), strconv.Itoa(n))
}

// agreeing holds the view of a layer against the table.
func (d *tables) agreeing(s *image.Set, layer string) {
	d.t.Helper()
	v := s.View(layer)
	if v == nil {
		d.t.Fatalf("%s has no view", layer)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	agree(d.t, rand.New(rand.NewPCG(1, 1)), v, d.things[layer])
}

// running runs a set within a bubble until the end of what f does.
func running(t *testing.T, s *image.Set, f func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	synctest.Wait()
	f()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTables(t, named("lamp"), named("tree"))
		var replaced []string
		var touched []int64
		var mu sync.Mutex
		s := image.NewSet(image.SetConfig{
			Source: d, Log: quiet(),
			Replaced: func(l *layers.Layer) { mu.Lock(); defer mu.Unlock(); replaced = append(replaced, l.Name) },
			Changed: func(_ *layers.Layer, all []image.Touch) {
				mu.Lock()
				defer mu.Unlock()
				for _, c := range all {
					touched = append(touched, c.ID)
				}
			},
		})
		if s.View("lamp") != nil || s.Status()[0].State != image.Loading {
			t.Error("a layer is there before Run")
		}
		running(t, s, func() {
			d.agreeing(s, "lamp")
			d.agreeing(s, "tree")
			r := rand.New(rand.NewPCG(5, 6))
			x := randomThing(r, 7)
			if err := errors.Join(d.write(s, "lamp", 7, &x), d.write(s, "lamp", 8, nil), d.write(s, "gone", 1, nil)); err != nil {
				t.Fatal(err)
			}
			d.agreeing(s, "lamp")
			if diff := cmp.Diff(touched, []int64{7, 8}); diff != "" {
				t.Errorf("touched (-got +want):\n%s", diff)
			}
			// What changes while a layer is read is not lost.
			y := randomThing(r, 900)
			d.midway = func(layer string) {
				if layer == "tree" {
					if err := d.write(s, "tree", 900, &y); err != nil {
						t.Error(err)
					}
				}
			}
			s.Reload("tree")
			synctest.Wait()
			d.agreeing(s, "tree")
			d.midway = nil

			// Layers come and go.
			d.mu.Lock()
			d.layers = []*layers.Layer{d.layers[1], named("bench")}
			d.things["bench"] = map[int64]thing{1: randomThing(r, 1)}
			d.mu.Unlock()
			s.Reload("bench")
			synctest.Wait()
			d.agreeing(s, "bench")
			if s.View("lamp") != nil {
				t.Error("a dropped layer is still there")
			}
			// Another definition is another image.
			other := named("bench")
			other.Properties = other.Properties[:3]
			d.mu.Lock()
			d.layers = []*layers.Layer{d.layers[0], other}
			d.mu.Unlock()
			s.Reload("bench")
			synctest.Wait()
			if c := s.View("bench").Columns(); slices.ContainsFunc(c, func(c image.Column) bool { return c.Property.Name == "height" }) {
				t.Error("the image has a column that the layer has not")
			}
		})
		if diff := cmp.Diff(replaced[2:], []string{"tree", "lamp", "bench", "bench"}); diff != "" {
			t.Errorf("replaced (-got +want):\n%s", diff)
		}
	})
}

// A layer that cannot be read says so and is tried again; the others serve.
func TestSetWithFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTables(t, named("lamp"), named("tree"))
		fault := errors.New("no such table")
		d.fails["lamp"] = fault
		s := image.NewSet(image.SetConfig{Source: d, Log: quiet()})
		running(t, s, func() {
			d.agreeing(s, "tree")
			st := s.Status()[0]
			if st.State != image.Failed || !errors.Is(st.Err, fault) || st.Serves {
				t.Errorf("status is %+v", st)
			}
			d.mu.Lock()
			delete(d.fails, "lamp")
			d.mu.Unlock()
			waitFor(t, func() bool { return s.View("lamp") != nil })
			d.agreeing(s, "lamp")
			if st := s.Status()[0]; st.State != image.Ready || st.Err != nil || st.Memory.Rows != 200 || st.Memory.Bytes() == 0 {
				t.Errorf("status is %+v", st)
			}
			// A change that cannot be read is an error, and is told again.
			d.mu.Lock()
			d.fails["lamp"] = fault
			d.mu.Unlock()
			if err := d.write(s, "lamp", 3, nil); !errors.Is(err, fault) {
				t.Errorf("error is %v", err)
			}
		})
	})
}

// waitFor lets the clock of a bubble run.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 100 {
		if done() {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1e9)
		<-ctx.Done()
		cancel()
		synctest.Wait()
	}
	t.Fatal("it does not come")
}

func TestSetRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTables(t, named("lamp"), named("tree"), named("bench"))
		dir := t.TempDir()
		config := image.SetConfig{Source: d, Directory: dir, Log: quiet()}
		s := image.NewSet(config)
		s.Open(t.Context())
		running(t, s, func() {
			if err := d.write(s, "lamp", 3, nil); err != nil {
				t.Fatal(err)
			}
			s.Advance(cut(d.changes), strconv.Itoa(d.changes))
		})
		// While it is down, a file is damaged, a crash leaves another, and a layer goes.
		file := filepath.Join(dir, "tree.image")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := errors.Join(os.WriteFile(file, data, 0o600), os.WriteFile(filepath.Join(dir, "lamp.image.123.part"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		d.layers = d.layers[:2]
		clear(d.reads)

		s = image.NewSet(config)
		s.Open(t.Context())
		d.agreeing(s, "lamp")
		if s.View("tree") != nil {
			t.Error("a damaged snapshot serves")
		}
		if diff := cmp.Diff(s.Marks(), []string{"1"}); diff != "" {
			t.Errorf("marks (-got +want):\n%s", diff)
		}
		running(t, s, func() { d.agreeing(s, "tree") })
		if diff := cmp.Diff(d.reads, map[string]int{"tree": 1}); diff != "" {
			t.Errorf("reads (-got +want):\n%s", diff)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(left, []string{filepath.Join(dir, "lamp.image"), file}); diff != "" {
			t.Errorf("files (-got +want):\n%s", diff)
		}
		// A mark that the source has forgotten is no start.
		d.forgotten = 2
		s = image.NewSet(config)
		s.Open(t.Context())
		if s.View("lamp") != nil || len(s.Marks()) > 0 {
			t.Error("a snapshot serves whose later changes are forgotten")
		}
	})
}

// Readers, changes and merges at once: every view is whole.
func TestConcurrently(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	things := someThings(r, 5_000)
	i := imageOf(t, points(), things, 2)
	filter := parse(t, i.Layer(), "open")
	stop := make(chan struct{})
	var g sync.WaitGroup
	for range 2 {
		g.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := i.View()
				for _, f := range []int{0, 1} {
					s := selected(t, v, nil)
					if f == 1 {
						s = selected(t, v, filter)
					}
					sum := 0
					s.Cells(geo.TileID{}, func(c image.Cell) { sum += c.Count })
					if n := s.Count(geo.TileID{}); n != sum || f == 0 && n != v.Len() {
						t.Errorf("a view of %d features counts %d and %d", v.Len(), n, sum)
						return
					}
				}
			}
		})
	}
	g.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := i.Merge(true); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	model := map[int64]thing{}
	for _, x := range things {
		model[x.ID] = x
	}
	for step := range 60 {
		b := i.NewBatch()
		for range 50 {
			x := randomThing(r, int64(1+r.IntN(6_000)))
			if r.IntN(4) == 0 {
				b.Delete(x.ID)
				delete(model, x.ID)
				continue
			}
			model[x.ID] = x
			put(t, b, x)
		}
		if _, err := i.Apply(b, cut(step), ""); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	g.Wait()
	agree(t, r, i.View(), model)
}
