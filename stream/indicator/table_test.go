package indicator_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream"
	"yiping/stream/indicator"
	"yiping/stream/track"
)

// listener keeps what a hub is told.
type listener struct {
	touches  []stream.Touch
	position string
	anew     int
}

func (l *listener) Touch(_ string, touches []stream.Touch, position string, _ time.Time) {
	l.touches, l.position = touches, position
}

func (l *listener) Replace(_, position string) {
	l.touches, l.position = nil, position
	l.anew++
}

// shown is the rows of a view by id, and where they are.
func shown(t *testing.T, v stream.View) (rows map[int64]string, at map[int64]geo.Fixed) {
	t.Helper()
	s, err := v.Select(nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, at = map[int64]string{}, map[int64]geo.Fixed{}
	write := v.Writer(nil)
	s.Within(everywhere(), func(r stream.Row) bool {
		id := v.ID(r)
		if found, ok := v.Find(id); !ok || found != r {
			t.Errorf("row %d is %v, found as %v", id, r, found)
		}
		rows[id], at[id] = string(write(nil, r)), v.Anchor(r)
		return true
	})
	return rows, at
}

// The hub is told of all rows that differ and of no others, and what has changed since a
// view is all that differs from it, with where it was.
func TestSinceTellsAllThatDiffers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hub := &listener{}
	w.city()
	w.count(t, hub)
	views := []stream.View{w.View()}
	for round := range 40 {
		before, was := shown(t, w.View())
		if round%3 == 0 {
			w.city()
		}
		hub.touches = nil
		w.step(t, false)
		w.count(t, hub)
		views = append(views, w.View())
		now, is := shown(t, w.View())
		told := map[int64]bool{}
		for _, touch := range hub.touches {
			told[touch.ID] = true
			old, there := was[touch.ID]
			at, here := is[touch.ID]
			want := stream.Touch{ID: touch.ID, Was: there, Is: here}
			if there {
				want.Old = geo.FixedBox{Min: old, Max: old}
			}
			if here {
				want.New = geo.FixedBox{Min: at, Max: at}
			}
			if diff := cmp.Diff(touch, want); diff != "" {
				t.Fatalf("a touch (-got +want):\n%s", diff)
			}
		}
		for id := range ids(before, now) {
			if (before[id] != now[id]) != told[id] {
				t.Fatalf("round %d: row %d was %s and is %s; told: %v", round, id, before[id], now[id], told[id])
			}
		}
	}
	now, _ := shown(t, w.View())
	moved := 0
	for _, then := range views {
		old, was := shown(t, then)
		boxes := map[int64][]geo.FixedBox{}
		err := w.Since(t.Context(), then.Position(), math.MaxInt, func(p stream.Past) { boxes[p.ID] = append(boxes[p.ID], p.Old) })
		if err != nil {
			t.Fatal(err)
		}
		for id := range ids(old, now) {
			at, there := was[id]
			box := geo.FixedBox{Min: at, Max: at}
			if old[id] != now[id] && (boxes[id] == nil || there && !slices.Contains(boxes[id], box)) {
				t.Fatalf("row %d was %s at %v and is %s; told of %v", id, old[id], at, now[id], boxes[id])
			}
			if old[id] == now[id] && boxes[id] != nil && then == w.View() {
				t.Fatalf("row %d is told to have changed since now", id)
			}
			if there && len(boxes[id]) > 1 {
				moved++
			}
		}
	}
	if moved == 0 || hub.anew != 1 {
		t.Errorf("%d rows have moved, the hub was told of %d beginnings", moved, hub.anew)
	}
}

func ids(a, b map[int64]string) map[int64]bool {
	all := map[int64]bool{}
	for id := range a {
		all[id] = true
	}
	for id := range b {
		all[id] = true
	}
	return all
}

// What cannot be told is said to be so.
func TestSinceFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	since := func(position string, limit int) error {
		return w.Since(t.Context(), position, limit, func(stream.Past) {})
	}
	if err := since("", 10); !errors.Is(err, stream.ErrEpoch) || w.View() != nil {
		t.Errorf("before the regions are known: %v, view %v", err, w.View())
	}
	w.count(t, &listener{})
	if w.View() != nil {
		t.Error("counted without regions")
	}
	full, empty := grid{40, map[int]bool{}}, grid{40, map[int]bool{}}
	for c := range 40 {
		empty.missing[c] = true
	}
	w.regions.Store(full.regions())
	w.count(t, &listener{})
	start := w.View().Position()
	w.report(t, w.trackers[0], 1)
	w.count(t, &listener{})
	for _, tt := range []struct {
		name, position string
		limit          int
		want           error
	}{
		{"all", start, 10, nil},
		{"nothing", "", 10, stream.ErrEpoch},
		{"another epoch", "x.1", 10, stream.ErrEpoch},
		{"no number", start + "x", 10, stream.ErrEpoch},
		{"too much", start, 0, stream.ErrExpired},
	} {
		if err := since(tt.position, tt.limit); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	for range 41 { // 200 rows go each time
		w.regions.Store(empty.regions())
		w.count(t, &listener{})
		w.regions.Store(full.regions())
		w.count(t, &listener{})
	}
	if err := since(start, math.MaxInt); !errors.Is(err, stream.ErrExpired) {
		t.Errorf("what has been forgotten: %v", err)
	}
	recent := w.View().Position()
	if err := since(recent, 0); err != nil {
		t.Errorf("since now: %v", err)
	}
}

// A city without districts and objects has rows of its own, which say zero.
func TestEmptyCity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hub := &listener{}
	w.regions.Store(indicator.NewRegions(layers.NewRegionIndex(nil), nil))
	w.count(t, hub)
	rows, _ := shown(t, w.View())
	var got []string
	for _, row := range rows {
		got = append(got, row)
	}
	slices.Sort(got)
	position := w.trackers[1].Table().View().Position()
	want := `{"k":"patrols.on_task|","ver":1,"t":1795348800000,"lon":0,"lat":-0,"code":"patrols.on_task",` +
		`"title":"任务中巡逻力量","title_en":"Patrols on a task","value":0,"unit":"1","synthetic":false,"at":{"patrols":"` + position + `"}}`
	if len(got) != len(indicator.Standard()) || got[0] != want {
		t.Errorf("the rows are\n%s\nthe first want\n%s", strings.Join(got, "\n"), want)
	}
	before := w.View().Position()
	w.report(t, w.trackers[0], 1) // in no district, as there is none
	w.now = w.now.Add(time.Minute)
	w.count(t, hub)
	if w.View().Position() == before || len(hub.touches) == 0 {
		t.Error("a vehicle that came changes nothing")
	}
	for _, touch := range hub.touches {
		if key := string(w.View().AppendKey(nil, touch.ID)); !strings.HasPrefix(key, `"vehicles.`) {
			t.Errorf("%s is told to have changed", key)
		}
	}
}

// Filters are asked of all fields but at.
func TestFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := grid{2, map[int]bool{}}
	w.regions.Store(g.regions())
	for i, place := range []orb.Point{{west + 0.01, south + 0.01}, {west + 0.09, south + 0.01}, {west + 0.09, south + 0.02}, {0, 0}} {
		_, err := w.trackers[0].Report(t.Context(), []track.Report{
			{Key: string(rune('a' + i)), Time: w.now, Place: place, Speed: float64(i), Heading: math.NaN(), Synthetic: i == 1},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.count(t, &listener{})
	v := w.View()
	for _, tt := range []struct {
		where string
		want  []string
	}{
		{"code = 'vehicles.present'", []string{"vehicles.present|", "vehicles.present|310100", "vehicles.present|310101"}},
		{"value >= 2 AND region IS NOT NULL", []string{"vehicles.moving|310101", "vehicles.present|310101"}},
		{"value = 4 AND region_name IS NULL", []string{"vehicles.present|"}},
		{"synthetic = true AND region = '310101'", []string{"vehicles.moving|310101", "vehicles.present|310101"}},
		{"region_name = '区310100' AND title_en LIKE 'Sensors%' AND unit = '1'", []string{"sensors.over|310100"}},
		{"title = '超限传感器' AND value > 0", nil},
	} {
		f, err := layers.ParseFilter(w.Describe().Rows, tt.where, layers.CQL2Text, layers.CRS84)
		if err != nil {
			t.Fatal(err)
		}
		s, err := v.Select(f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		s.Within(everywhere(), func(r stream.Row) bool {
			got = append(got, strings.Trim(string(v.AppendKey(nil, v.ID(r))), `"`))
			return true
		})
		slices.Sort(got)
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.where, diff)
		}
	}
	keyed := v.(stream.Keyed)
	id, ok := keyed.Lookup("vehicles.present|310101")
	row, found := v.Find(id)
	if !ok || !found {
		t.Fatal("the row is not found by its key")
	}
	if got := string(v.Writer([]string{"value", "region_name"})(nil, row)); !strings.HasSuffix(got, `,"region_name":"区310101","value":2}`) || strings.Contains(got, `"code"`) || strings.Contains(got, `"at"`) {
		t.Errorf("the row with two fields is %s", got)
	}
	if _, ok := keyed.Lookup("vehicles.present|x"); ok {
		t.Error("a key that nobody has is found")
	}
}

// Indicators of what is not there are faults of the program.
func TestWrongIndicators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, i := range []indicator.Indicator{
		{Code: "a", Stream: "dragons"},
		{Code: "b", Stream: "vehicles", Where: "wings = 2"},
		{Code: "c", Stream: "vehicles", Where: "s >="},
	} {
		if _, err := indicator.New(indicator.Config{Indicators: []indicator.Indicator{i}, Tables: w.tables()}); err == nil || !strings.Contains(err.Error(), "indicator "+i.Code) {
			t.Errorf("%+v: %v", i, err)
		}
	}
}
