package track_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/stream"
	"yiping/stream/track"
)

// object is what the model knows of an object.
type object struct {
	track.Report
	stale bool
}

// model is the stream as simply as it can be said.
type model map[string]object

func (m model) age(d *track.Definition, now time.Time) {
	for k, o := range m {
		switch age := now.Sub(o.Time); {
		case age > d.TTL:
			delete(m, k)
		case age > d.StaleAfter:
			o.stale = true
			m[k] = o
		}
	}
}

// within are the keys of the objects in a bound that are in a state, or in any of
// -1.
func (m model) within(b orb.Bound, state int) []string {
	var keys []string
	for k, o := range m {
		if b.Contains(rounded(o.Place)) && (state < 0 || int(o.State) == state) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func rounded(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}

// kept is a view with what it must go on to show.
type kept struct {
	view stream.View
	rows map[string]string
}

// Through any reports and silences the stream holds what the model holds, finds what
// the model finds, and tells of every change; views stay as they were, and what came
// after a position can be told.
func TestModel(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t, "vehicles")
	d, table := w.Definition(), w.Table()
	m := model{}
	told := map[int64]geo.FixedBox{} // by the touches
	var past []kept
	for step := range 1500 {
		switch {
		case r.IntN(12) == 0:
			w.clock.pass(time.Duration(r.IntN(180_000)) * time.Millisecond)
			w.Age()
			m.age(d, w.clock.Now())
		default:
			w.report(t, m.invent(r, w.clock.Now())...)
		}
		w.tell(t, told)
		v := table.View()
		all := rows(t, table, v, everywhere(), "")
		if diff := gocmp.Diff(slices.Sorted(maps.Keys(all)), m.within(everywhere(), -1)); diff != "" {
			t.Fatalf("step %d: objects (-got +want):\n%s", step, diff)
		}
		m.find(t, r, table, v)
		if len(told) != len(m) {
			t.Fatalf("step %d: touches tell of %d objects, there are %d", step, len(told), len(m))
		}
		if r.IntN(50) == 0 {
			past = append(past, kept{v, all})
		}
	}
	if len(past) == 0 {
		t.Fatal("no view was kept")
	}
	for _, k := range past {
		if diff := gocmp.Diff(rows(t, table, k.view, everywhere(), ""), k.rows); diff != "" {
			t.Fatalf("a view has changed (-now +then):\n%s", diff)
		}
		resumes(t, table, k)
	}
	if s := w.Status(); s.Objects != len(m) {
		t.Errorf("status counts %d objects, want %d", s.Objects, len(m))
	}
}

// invent makes a few reports that no rule refuses, and takes over what they say.
func (m model) invent(r *rand.Rand, now time.Time) []track.Report {
	var reports []track.Report
	for range 1 + r.IntN(20) {
		k := key(r.IntN(150))
		n := at(k, now.Add(-time.Duration(r.IntN(1000))*time.Millisecond).Truncate(time.Millisecond), 0, 0)
		n.Place = orb.Point{121.4 + r.Float64()*0.1, 31.2 + r.Float64()*0.1}
		n.State = uint8(r.IntN(5))
		if old, ok := m[k]; ok {
			if !n.Time.After(old.Time) {
				continue
			}
			reach := 60 * n.Time.Sub(old.Time).Seconds() / 111_200 // degrees
			n.Place = orb.Point{old.Place[0] + (r.Float64()-0.5)*reach, old.Place[1] + (r.Float64()-0.5)*reach}
		}
		m[k] = object{Report: n}
		reports = append(reports, n)
	}
	return reports
}

// tell plays what was told since the last time.
func (w *world) tell(t *testing.T, told map[int64]geo.FixedBox) {
	t.Helper()
	for _, b := range w.batches {
		for _, touch := range b.Touches {
			was, known := told[touch.ID]
			if known != touch.Was || known && was != touch.Old {
				t.Fatalf("told that %d was %v at %v; it was %v at %v", touch.ID, touch.Was, touch.Old, known, was)
			}
			if delete(told, touch.ID); touch.Is {
				told[touch.ID] = touch.New
			}
		}
	}
	w.batches = nil
}

// find asks for a part, with a filter, and for the nearest.
func (m model) find(t *testing.T, r *rand.Rand, table stream.Table, v stream.View) {
	t.Helper()
	low := orb.Point{121.4 + r.Float64()*0.08, 31.2 + r.Float64()*0.08}
	bound := orb.Bound{Min: low, Max: orb.Point{low[0] + r.Float64()*0.05, low[1] + r.Float64()*0.05}}
	state := r.IntN(5)
	got := rows(t, table, v, bound, fmt.Sprintf("st = %d", state))
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(got)), m.within(bound, state)); diff != "" {
		t.Fatalf("in %v with st = %d (-got +want):\n%s", bound, state, diff)
	}
	for k, row := range got {
		if o := m[k]; !strings.Contains(row, fmt.Sprintf(`"t":%d,`, o.Time.UnixMilli())) || !strings.Contains(row, fmt.Sprintf(`"stale":%v`, o.stale)) {
			t.Fatalf("%s is %s, want %+v", k, row, o)
		}
	}
	nearest := track.Nearest(v, low, 2000, 5)
	want := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Compare(track.Distance(low, rounded(m[a].Place)), track.Distance(low, rounded(m[b].Place)))
	})
	want = slices.DeleteFunc(want, func(k string) bool { return track.Distance(low, rounded(m[k].Place)) > 2000 })
	if diff := gocmp.Diff(nearest, want[:min(5, len(want))], gocmp.Transformer("empty", func(s []string) string { return strings.Join(s, " ") })); diff != "" {
		t.Fatalf("nearest to %v (-got +want):\n%s", low, diff)
	}
}

// resumes holds what is told since a view to what has changed: with the rows that it
// names read anew, the old rows become the present ones; and whoever has left a box
// is named with a place in it.
func resumes(t *testing.T, table stream.Table, k kept) {
	t.Helper()
	changed := map[int64][]geo.FixedBox{}
	err := table.Since(t.Context(), k.view.Position(), math.MaxInt, func(p stream.Past) { changed[p.ID] = append(changed[p.ID], p.Old) })
	if errors.Is(err, stream.ErrExpired) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	now := table.View()
	seen := map[int64]bool{}
	for _, v := range []stream.View{k.view, now} {
		s, _ := v.Select(nil)
		s.Within(geo.TileID{}.FixedBox(), func(r stream.Row) bool { seen[v.ID(r)] = true; return true })
	}
	for id := range seen {
		old, was := k.view.Find(id)
		present, is := now.Find(id)
		same := was == is && was && string(k.view.Writer(nil)(nil, old)) == string(now.Writer(nil)(nil, present))
		boxes, named := changed[id]
		if same == named {
			t.Fatalf("row %d: same %v, named %v", id, same, named)
		}
		if was && !same && !slices.ContainsFunc(boxes, func(b geo.FixedBox) bool { return b.Contains(k.view.Anchor(old)) }) {
			t.Fatalf("row %d was at %v, told of %v", id, k.view.Anchor(old), boxes)
		}
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	table := w.Table()
	w.report(t, at("a", noon().Add(-3*time.Second), 121.40, 31.2), at("b", noon().Add(-3*time.Second), 121.40, 31.2))
	before := table.View().Position()
	since := func(position string, limit int) (ids []int64, err error) {
		err = table.Since(t.Context(), position, limit, func(p stream.Past) { ids = append(ids, p.ID) })
		return ids, err
	}
	if ids, err := since(before, 0); err != nil || ids != nil {
		t.Errorf("nothing has changed: got %v, %v", ids, err)
	}
	w.report(t, at("b", noon(), 121.4001, 31.2))
	if ids, err := since(before, 1); err != nil || !slices.Equal(ids, []int64{1}) {
		t.Errorf("b has changed: got %v, %v", ids, err)
	}
	if _, err := since(before, 0); !errors.Is(err, stream.ErrExpired) {
		t.Errorf("more than may be told: %v", err)
	}
	for _, position := range []string{"", "1", "0123456789abcdef.2", strings.Replace(before, ".", ".x", 1)} {
		if _, err := since(position, 10); !errors.Is(err, stream.ErrEpoch) {
			t.Errorf("position %q: %v", position, err)
		}
	}
	// An object that left is forgotten after a while; then nobody can go on from
	// before that.
	w.clock.pass(11 * time.Minute)
	w.Age()
	after := table.View().Position()
	w.clock.pass(11 * time.Minute)
	w.Age()
	if _, err := since(before, 10); !errors.Is(err, stream.ErrExpired) {
		t.Errorf("long ago: %v", err)
	}
	if _, err := since(after, 10); err != nil {
		t.Errorf("after all changes: %v", err)
	}
}

// The state of objects that are gone does not pile up.
func TestWhatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	most := 0
	for round := range 20 {
		var reports []track.Report
		for i := range 1000 {
			reports = append(reports, at(fmt.Sprint(round, "-", i), w.clock.Now(), 121.4, 31.2))
		}
		w.report(t, reports...)
		most = max(most, track.Pages(w.Tracker))
		w.clock.pass(10*time.Minute + time.Second)
		w.Age() // removes them
		w.clock.pass(time.Second)
		w.Age() // finds pages without objects
		// Whoever had them on the screen must be told which they were.
		for _, handle := range []int64{0, 500, 999} {
			want := fmt.Sprintf(`"%d-%d"`, round, handle)
			if got := string(w.Table().View().AppendKey(nil, int64(round*1000)+handle)); got != want {
				t.Fatalf("the key of one that has gone is %s, want %s", got, want)
			}
		}
	}
	if most > 4000/64 {
		t.Errorf("there were up to %d pages", most)
	}
	if n := w.Status().Objects; n != 0 {
		t.Errorf("%d objects are left", n)
	}
}

// Reports, silence and questions of many at once: what is told is told in order, and
// the end is that of every object's newest report. Run with -race.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	now := noon()
	var last string // by Applied, one call at a time
	w := track.New(definition(t, "sensors"), track.Config{Now: func() time.Time { return now }, Applied: func(b track.Batch) { last = b.Position }})
	table := w.Table()
	var senders, readers sync.WaitGroup
	done := make(chan struct{})
	for s := range 4 {
		senders.Go(func() {
			for i := range 200 {
				var reports []track.Report
				for k := range 20 {
					// Sensors may jump: each time to another cell of the index.
					reports = append(reports, at(key(s*10+k), now.Add(time.Duration(i*4+s-900)*100*time.Millisecond), 121.4+float64((i*7+k)%100)/100, 31.2))
				}
				if _, err := w.Report(t.Context(), reports); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				v := table.View()
				s, _ := v.Select(nil)
				write := v.Writer(nil)
				n := 0
				s.Within(geo.TileID{}.FixedBox(), func(r stream.Row) bool {
					n++
					return len(write(nil, r)) > 0
				})
				track.Nearest(v, orb.Point{121.4, 31.2}, 1000, 3)
				_ = table.Since(t.Context(), v.Position(), 100, func(stream.Past) {})
				w.Age()
				if n > 50 {
					t.Errorf("a view has %d objects", n)
				}
			}
		})
	}
	senders.Wait()
	close(done)
	readers.Wait()
	if n := w.Status().Objects; n != 50 {
		t.Errorf("there are %d objects, want 50", n)
	}
	if now := table.View().Position(); now != last {
		t.Errorf("the last that was told is %s, the view is at %s", last, now)
	}
}
