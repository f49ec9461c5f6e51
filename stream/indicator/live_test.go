package indicator_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/stream"
	"yiping/stream/client"
	"yiping/stream/indicator"
)

// told is a row as a client has it.
type told struct {
	Code, Region, Title, Unit string
	RegionName                string `json:"region_name"`
	Value                     int
	Synthetic                 bool
	T                         int64
	Lon, Lat                  float64
	At                        map[string]string
}

func read(t *testing.T, row client.Row) (r told) {
	t.Helper()
	if err := row.Read(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// rows are those of the table now, by key.
func (w *world) rows() map[string]string {
	v := w.View()
	all, write := map[string]string{}, v.Writer(nil)
	s, _ := v.Select(nil) // only a filter can be wrong
	s.Within(everywhere(), func(r stream.Row) bool {
		key, _ := strconv.Unquote(string(v.AppendKey(nil, v.ID(r))))
		all[key] = string(write(nil, r))
		return true
	})
	return all
}

// has reports whether a client has all rows of the table.
func (w *world) has(s *client.Subscription) bool {
	return s.Whole() && maps.EqualFunc(s.Rows(), w.rows(), func(a client.Row, b string) bool { return string(a.Raw) == b })
}

// check holds each row that a client has to what it says of itself.
func (w *world) check(t *testing.T, s *client.Subscription, cities map[string]grid) (positive int) {
	t.Helper()
	for key, row := range s.Rows() {
		r := read(t, row)
		if len(r.At) != 1 {
			t.Fatalf("%s is at %v", key, r.At)
		}
		for name, position := range r.At {
			v := w.views[position]
			if v == nil {
				t.Fatalf("%s is at %s of %s, which nobody counted", key, position, name)
			}
			n, made := cities[position].recount(t, v, r.Code, r.Region)
			if r.Value != n || r.Synthetic != made {
				t.Fatalf("%s is %d (%v) at %s, where there are %d (%v)", key, r.Value, r.Synthetic, position, n, made)
			}
			if r.Region != "" && n > 0 {
				positive++
			}
		}
	}
	return positive
}

// At any moment each row that a client holds is what a recount gives of the rows that its
// stream had at the position of the row (I7). Once the client has the newest, that is true
// of the streams as they are now, for all districts that there are and no others.
func TestRowsAreRecounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hub, url := w.serve(t)
	g := w.city()
	cities := map[string]grid{} // by the position that was counted
	count := func() {
		t.Helper()
		for _, s := range w.tables() {
			cities[s.View().Position()] = g
		}
		w.count(t, hub)
	}
	w.step(t, true)
	count()
	conn, err := client.Dial(t.Context(), url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	s := client.NewSubscription(client.Query{Stream: indicator.Stream, Area: client.Area{BBox: &[4]float64{-180, -85, 180, 85}}})
	if err := conn.Subscribe(s); err != nil {
		t.Fatal(err)
	}
	positive, gone := 0, 0
	for round := range 25 { // a client is told ten times a second
		before := len(g.codes())
		divides := round%5 == 4
		if divides { // all report, so that no position is counted twice
			g = w.city()
		}
		gone += max(0, before-len(g.codes()))
		w.step(t, divides)
		count()
		for !w.has(s) {
			if _, err := conn.Next(); err != nil {
				t.Fatal(err)
			}
			positive += w.check(t, s, cities)
		}
		var want []string
		for _, i := range indicator.Standard() {
			for _, region := range append(g.codes(), "") {
				want = append(want, i.Code+"|"+region)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(s.Rows())), want); diff != "" {
			t.Fatalf("round %d: rows (-got +want):\n%s", round, diff)
		}
		w.holds(t, s, g)
	}
	if positive < 100 || gone == 0 {
		t.Errorf("%d districts had numbers, %d went: the walk proves nothing", positive, gone)
	}
}

// holds holds each row that a client has to the streams as they are now.
func (w *world) holds(t *testing.T, s *client.Subscription, g grid) {
	t.Helper()
	for key, row := range s.Rows() {
		r := read(t, row)
		for _, table := range w.tables() {
			if _, of := r.At[table.Describe().Name]; !of {
				continue
			}
			if n, made := g.recount(t, table.View(), r.Code, r.Region); r.Value != n || r.Synthetic != made {
				t.Fatalf("%s is %d (%v), now there are %d (%v)", key, r.Value, r.Synthetic, n, made)
			}
		}
	}
}

// Who watches a district sees its numbers and no others'; once it is gone they are deleted.
func TestDistrictsVanish(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hub, url := w.serve(t)
	g := grid{2, map[int]bool{}}
	w.regions.Store(g.regions())
	w.step(t, true)
	w.count(t, hub)
	conn, err := client.Dial(t.Context(), url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	right := [4]float64{west + side/2 + side/10, south, west + side, south + side}
	s := client.NewSubscription(client.Query{Stream: indicator.Stream, Area: client.Area{BBox: &right}, Where: "code LIKE 'vehicles.%'"})
	if err := conn.Subscribe(s); err != nil {
		t.Fatal(err)
	}
	for !s.Whole() {
		if _, err := conn.Next(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"vehicles.moving|310101", "vehicles.present|310101"}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(s.Rows())), want); diff != "" {
		t.Errorf("rows (-got +want):\n%s", diff)
	}
	g.missing[1] = true
	w.regions.Store(g.regions())
	w.count(t, hub)
	for {
		f, err := conn.Next()
		if err != nil {
			t.Fatal(err)
		}
		if f.F != "delta" {
			continue
		}
		slices.Sort(f.Del)
		if diff := cmp.Diff(f.Del, want); diff != "" || len(s.Rows()) > 0 {
			t.Errorf("left are %v, deleted (-got +want):\n%s", s.Rows(), diff)
		}
		return
	}
}
