package live_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/live"
	"yiping/layers"
	"yiping/stream"
)

// everywhere covers all cells.
func everywhere() geo.FixedBox {
	return geo.FixedBox{Max: geo.Fixed{X: math.MaxUint32, Y: math.MaxUint32}}
}

// rows are the cells of a view with their numbers, once through rows and once found.
func rows(t *testing.T, v stream.View) map[cell.Cell]float32 {
	t.Helper()
	s, err := v.Select(nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[cell.Cell]float32{}
	s.Within(everywhere(), func(r stream.Row) bool {
		id := v.ID(r)
		if found, ok := v.Find(id); !ok || found != r {
			t.Errorf("cell %x is row %v, found as %v", id, r, found)
		}
		all[cell.Cell(id)] = v.(stream.Cells).AppendMetrics(nil, r)[0]
		return true
	})
	return all
}

// What has changed since a position is all that differs between the views of then and
// now, and the hub is told of nothing else.
func TestSinceTellsAllThatDiffers(t *testing.T) {
	streams := live.New(heatmap.DefaultRules())
	hub := make(listener)
	feed := streams.Open("")
	run(t, streams, hub)
	if h := <-hub; !h.anew || h.stream != "heat" {
		t.Fatalf("the hub is told %+v", h)
	}
	e := newEvening(t, feed.Observe)
	table := streams.Tables()[0].(stream.Levels)
	for resolution := 6; resolution <= 11; resolution++ {
		views := []stream.View{table.Level(resolution).View()}
		gone := 0
		for range 20 {
			before := rows(t, views[len(views)-1])
			e.step(e.steps%7 != 0)
			h := <-hub
			now := table.Level(resolution).View()
			views = append(views, now)
			if h.anew || h.position != now.Position() {
				t.Errorf("the hub is told %v at %s, want changes at %s", h.anew, h.position, now.Position())
			}
			for _, touch := range h.touches {
				c := cell.Cell(touch.ID)
				_, was := before[c]
				_, is := rows(t, now)[c]
				if c.Resolution() == resolution && (touch.Was != was || touch.Is != is) {
					t.Errorf("touch %+v of a cell that was (%v) and is (%v)", touch, was, is)
				}
			}
		}
		now := views[len(views)-1]
		for _, then := range views {
			told := map[cell.Cell]bool{}
			err := table.Level(resolution).Since(t.Context(), then.Position(), math.MaxInt, func(p stream.Past) {
				told[cell.Cell(p.ID)] = true
			})
			if err != nil {
				t.Fatal(err)
			}
			old, is := rows(t, then), rows(t, now)
			both := maps.Clone(old)
			maps.Copy(both, is)
			for c := range both {
				if old[c] != is[c] && !told[c] {
					t.Errorf("%v had %v and has %v, which is not told", c, old[c], is[c])
				}
				if _, ok := is[c]; !ok {
					gone++
				}
			}
			if then == now && len(told) > 0 {
				t.Errorf("%d cells are told to have changed since now", len(told))
			}
		}
		if resolution > 6 && gone == 0 {
			t.Errorf("no cell of resolution %d has gone: the walk proves nothing", resolution)
		}
	}
}

// What cannot be told is said to be so.
func TestSinceFails(t *testing.T) {
	streams := live.New(heatmap.DefaultRules())
	hub := make(listener)
	feed := streams.Open("")
	run(t, streams, hub)
	<-hub
	e := newEvening(t, feed.Observe)
	table := streams.Tables()[0].(stream.Levels).Level(9)
	start := table.View().Position()
	e.step(true)
	<-hub
	ignore := func(stream.Past) {}
	for _, tt := range []struct {
		name, position string
		limit          int
		want           error
	}{
		{"nothing", "", 10, stream.ErrEpoch},
		{"another epoch", "x.1", 10, stream.ErrEpoch},
		{"no number", start + "x", 10, stream.ErrEpoch},
		{"too much", start, 0, stream.ErrExpired},
	} {
		if err := table.Since(t.Context(), tt.position, tt.limit, ignore); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	feed.Close()
	if h := <-hub; !h.anew || h.position != "" || table.View() != nil {
		t.Errorf("after the end the hub is told %+v, and the view is %v", h, table.View())
	}
	if err := table.Since(t.Context(), start, 10, ignore); !errors.Is(err, stream.ErrEpoch) {
		t.Errorf("after the end: %v", err)
	}
}

// Of the frames that come while the hub is busy the newest becomes rows, in one step.
func TestNewestFrameWins(t *testing.T) {
	streams := live.New(heatmap.DefaultRules())
	hub := make(listener)
	feed := streams.Open("bund-2019")
	run(t, streams, hub)
	<-hub
	e := newEvening(t, feed.Observe)
	e.step(true) // the hub hears of this one when the test lets it
	for range 9 {
		e.step(true)
	}
	here := cell.At(lonely(), 11)
	table := streams.Tables()[0].(stream.Levels)
	told := 0
	for shown := float32(0); shown != float32(100+e.steps); told++ {
		<-hub
		shown = rows(t, table.Level(11).View())[here]
	}
	if told > 2 {
		t.Errorf("the hub is told %d times of ten frames", told)
	}
}

// Filters are asked of numbers, densities and origin; a row says what binary frames do.
func TestFields(t *testing.T) {
	streams := live.New(heatmap.DefaultRules())
	hub := make(listener)
	feed := streams.Open("")
	run(t, streams, hub)
	<-hub
	now := time.Date(2019, 12, 31, 15, 0, 0, 0, time.UTC)
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }, Told: feed.Observe})
	var pings []heatmap.Ping
	for place, n := range []int{20, 40} {
		for i := range n {
			pings = append(pings, heatmap.Ping{Device: fmt.Sprint(place, i), Time: now, Place: orb.Point{121.1 + 0.4*float64(place), 31}})
		}
	}
	e.Take(pings, true)
	e.Tick()
	<-hub
	table := streams.Tables()[0].(stream.Levels)
	v := table.Level(9).View()
	for _, tt := range []struct {
		where string
		want  []float32
	}{
		{"n > 20", []float32{40}},
		{"n >= 20 and synthetic = true", []float32{20, 40}},
		{"synthetic = false", nil},
		{"d > 0.0004", []float32{40}},
		{"\"in\" > 0", nil},
		{"out = 0", []float32{20, 40}},
	} {
		f, err := layers.ParseFilter(table.Describe().Rows, tt.where, layers.CQL2Text, layers.CRS84)
		if err != nil {
			t.Fatal(err)
		}
		s, err := v.Select(f)
		if err != nil {
			t.Fatal(err)
		}
		var got []float32
		s.Within(everywhere(), func(r stream.Row) bool {
			got = append(got, v.(stream.Cells).AppendMetrics(nil, r)[0])
			return true
		})
		slices.Sort(got)
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.where, diff)
		}
	}
	c := cell.At(orb.Point{121.1, 31}, 11).Parent(7)
	keyed := table.View().(stream.Keyed)
	id, ok := keyed.Lookup(c.String())
	row, found := keyed.Find(id)
	at := stream.PlaceOf(keyed.Anchor(row))
	want := fmt.Sprintf(`{"k":"%v","ver":1,"t":1577804400000,"lon":%v,"lat":%v,"n":20,"d":%v,"in":0,"out":0,"synthetic":true}`, c, at[0], at[1], float32(20/c.Area()))
	if got := string(keyed.Writer(nil)(nil, row)); !ok || !found || got != want {
		t.Errorf("the row is\n%s, want\n%s", got, want)
	}
	if got := string(keyed.Writer([]string{"n"})(nil, row)); got != want[:len(want)-len(`,"d":`+fmt.Sprint(float32(20/c.Area()))+`,"in":0,"out":0,"synthetic":true}`)]+"}" {
		t.Errorf("the row with n alone is %s", got)
	}
	if diff := cmp.Diff(v.(stream.Cells).AppendMetrics(nil, row), []float32{20, float32(20 / c.Area()), 0, 0, 1}); diff != "" {
		t.Errorf("metrics (-got +want):\n%s", diff)
	}
	for _, key := range []string{"", "x", cell.At(orb.Point{121.1, 31}, 3).String(), cell.At(orb.Point{0, 0}, 9).String()} {
		if id, ok := keyed.Lookup(key); ok {
			if _, found := keyed.Find(id); found {
				t.Errorf("%q is found", key)
			}
		}
	}
}
