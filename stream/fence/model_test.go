package fence_test

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/layers"
	"yiping/stream/fence"
)

// model is one object and one fence, told by plain geometry and a plain reading of
// the rules: no cells, no wheel, and only places that are clear of the edges.
type model struct {
	d       fence.Definition
	gone    time.Duration
	phase   fence.Phase
	entered time.Time
	left    time.Time
	dwelt   bool
	near    bool
	last    *fence.Fix
	// alive is when it was last heard of, or a restart, which forgives silence.
	alive time.Time
	told  []string
}

func (m *model) say(t time.Time, k fence.Kind, why fence.Cause) {
	m.told = append(m.told, fmt.Sprintf("%.3f %s %s", t.Sub(start()).Seconds(), k, why))
}

func (m *model) exit(t time.Time, why fence.Cause) {
	m.say(t, fence.Exit, why)
	m.phase, m.left = fence.None, t
	if why == fence.Moved && m.d.Absence > 0 {
		m.phase = fence.Away
	}
}

// wait lets time pass up to t: the earliest thing that is due, again and again.
func (m *model) wait(t time.Time) {
	for {
		due := map[string]time.Time{}
		if m.phase == fence.Entering || m.phase == fence.In || m.phase == fence.None && m.near {
			due["gone"] = m.alive.Add(m.gone)
		}
		switch {
		case m.phase == fence.Entering:
			due["settled"] = m.entered.Add(m.d.Settle)
		case m.phase == fence.Leaving:
			due["out"] = m.left.Add(m.d.Settle)
		case m.phase == fence.In && m.d.Dwell > 0 && !m.dwelt:
			due["dwell"] = m.entered.Add(m.d.Dwell)
		case m.phase == fence.Away:
			due["absent"] = m.left.Add(m.d.Absence)
		}
		first := ""
		for what, at := range due {
			if first == "" || at.Before(due[first]) || at.Equal(due[first]) && what != "gone" {
				first = what
			}
		}
		if first == "" || !due[first].Before(t) {
			return
		}
		switch at := due[first]; {
		case first == "settled":
			m.say(m.entered, fence.Enter, fence.Moved)
			m.phase = fence.In
		case first == "out":
			m.exit(m.left, fence.Moved)
		case first == "dwell":
			m.say(at, fence.Dwell, fence.Waited)
			m.dwelt = true
		case first == "absent":
			m.say(at, fence.Absent, fence.Waited)
			m.phase = fence.None
		case m.phase == fence.In: // and gone
			m.near = false
			m.exit(at, fence.Gone)
		default:
			m.near = false
			m.phase = fence.None
		}
	}
}

// fix takes a fix.
func (m *model) fix(f fence.Fix) {
	m.wait(f.Time)
	if m.d.Where != "" && !f.Values.(duty).on {
		m.part(f.Time)
		m.last, m.alive = &f, f.Time
		return
	}
	away := distance(m.d.Geometry, f.Place)
	in := m.in(f.Place)
	out := !in && away > m.d.Buffer+m.d.Hysteresis
	if m.last != nil && !in && (m.phase == fence.None || m.phase == fence.Away) && f.Time.Sub(m.last.Time) <= 2*time.Minute &&
		!m.in(m.last.Place) && m.through(m.last.Place, f.Place) {
		m.say(f.Time, fence.Cross, fence.Moved)
		m.phase = fence.None
	}
	switch {
	case (m.phase == fence.None || m.phase == fence.Away) && in:
		m.phase, m.entered, m.dwelt = fence.Entering, f.Time, false
		if m.d.Settle == 0 {
			m.say(f.Time, fence.Enter, fence.Moved)
			m.phase = fence.In
		}
	case m.phase == fence.Entering && out:
		m.say(f.Time, fence.Cross, fence.Moved)
		m.phase = fence.None
	case m.phase == fence.In && out:
		m.phase, m.left = fence.Leaving, f.Time
		if m.d.Settle == 0 {
			m.exit(f.Time, fence.Moved)
		}
	case m.phase == fence.Leaving && !out:
		m.phase = fence.In
	}
	switch {
	case m.d.Near > 0 && away <= m.d.Buffer+m.d.Near || in:
		if !m.near && !in && m.d.Near > 0 {
			m.say(f.Time, fence.Near, fence.Moved)
		}
		m.near = m.d.Near > 0
	case away > m.d.Buffer+m.d.Near+m.d.Hysteresis:
		m.near = false
	}
	m.last, m.alive = &f, f.Time
}

// part ends what there was with an object that the fence does not watch any more.
func (m *model) part(t time.Time) {
	switch m.phase {
	case fence.In:
		m.exit(t, fence.Unmatched)
	case fence.Leaving:
		m.exit(m.left, fence.Unmatched)
	default:
		m.phase = fence.None
	}
	m.near = false
}

// duty is all that objects say of themselves.
type duty struct{ on bool }

func (d duty) Value(field string) any {
	if field == "on" {
		return d.on
	}
	return nil
}

// dutyRows are rows of objects that say whether they are on duty.
func dutyRows(stream string) *layers.Layer {
	return &layers.Layer{Name: stream, Geometry: layers.Point, Properties: []layers.Property{{Name: "on", Type: layers.Boolean}}}
}

func (m *model) in(p orb.Point) bool {
	polygon, is := m.d.Geometry.(orb.Polygon)
	return is && planar.PolygonContains(polygon, p) || distance(m.d.Geometry, p) <= m.d.Buffer
}

// way visits the points between two, a metre apart, until visit returns false: no
// sliver of a shape lies between two of them with its edges further off than that.
func way(a, b orb.Point) iter.Seq[orb.Point] {
	steps := math.Ceil(planar.Distance(flat(a), flat(b)))
	return func(visit func(orb.Point) bool) {
		for i := 1.0; i < steps; i++ {
			f := i / steps
			if !visit(orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}) {
				return
			}
		}
	}
}

// through walks along a way.
func (m *model) through(a, b orb.Point) bool {
	for p := range way(a, b) {
		if m.in(p) {
			return true
		}
	}
	return false
}

// clear reports whether no rule is decided by a hair at a place or on the way to it:
// there the model's steps and planes may see another side.
func (m *model) clear(from *fence.Fix, p orb.Point) bool {
	hair := func(p orb.Point) float64 {
		away := distance(m.d.Geometry, p)
		return min(abs(away-m.d.Buffer), abs(away-m.d.Buffer-m.d.Hysteresis),
			abs(away-m.d.Buffer-m.d.Near), abs(away-m.d.Buffer-m.d.Near-m.d.Hysteresis))
	}
	if hair(p) < 0.3 {
		return false
	}
	if from == nil {
		return true
	}
	grazing := 0
	for q := range way(from.Place, p) {
		if abs(distance(m.d.Geometry, q)-m.d.Buffer) < 1 {
			grazing++
		}
	}
	// A way that goes through has moments near the edge; one with deep ones as well
	// is not grazing.
	return grazing == 0 || m.deep(from.Place, p)
}

func (m *model) deep(a, b orb.Point) bool {
	for q := range way(a, b) {
		if m.in(q) && abs(distance(m.d.Geometry, q)-m.d.Buffer) > 2 {
			return true
		}
	}
	return false
}

func abs(f float64) float64 { return max(f, -f) }

// TestModel lets objects walk about a fence, with turns of time in between and
// restarts from the states that were told, and compares with the model.
func TestModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	kinds, causes := map[fence.Kind]int{}, map[fence.Cause]int{}
	for walk := range 40 {
		seconds := func(most int) time.Duration { return time.Duration(r.IntN(most)) * time.Second }
		d := around()
		d.Geometry = star(r, 300)
		if walk%3 == 0 {
			d.Geometry, d.Buffer = wiggle(r, 400), 25
		}
		if r.IntN(2) == 0 {
			d.Hysteresis = 30
		}
		if r.IntN(2) == 0 {
			d.Near = 100
		}
		if r.IntN(2) == 0 {
			d.Where = "on = TRUE"
		}
		d.Settle, d.Dwell, d.Absence = seconds(3)*10, seconds(3)*40, seconds(3)*50
		gone := 10 * time.Minute
		e := restored(t, d, gone, nil, start())
		states := map[string]fence.State{}
		models := make([]model, 4)
		for i := range models {
			models[i] = model{d: d, gone: gone}
		}
		got := make([][]string, len(models))
		ids := map[string]bool{}
		var heard []fence.Fix
		hear := func(o fence.Outcome) {
			for _, tr := range o.Transitions {
				if ids[tr.ID()] { // the store keeps one
					continue
				}
				ids[tr.ID()] = true
				kinds[tr.Kind]++
				causes[tr.Cause]++
				i := int(tr.Entity[0] - 'a')
				got[i] = append(got[i], fmt.Sprintf("%.3f %s %s", tr.Time.Sub(start()).Seconds(), tr.Kind, tr.Cause))
			}
			for _, s := range o.States {
				states[s.Entity] = s
			}
		}
		now := start()
		for range 150 {
			step := time.Duration(1+r.IntN(20)) * time.Second
			if r.IntN(40) == 0 {
				step = 3 * time.Minute
			}
			now = now.Add(step)
			i := r.IntN(len(models))
			m := &models[i]
			p := metres(1000*(r.Float64()-0.5), 1000*(r.Float64()-0.5))
			if m.last != nil && r.IntN(3) > 0 {
				p = orb.Point{m.last.Place[0] + (r.Float64()-0.5)*200/perLon, m.last.Place[1] + (r.Float64()-0.5)*200/perLat}
			}
			if !m.clear(m.last, p) {
				continue
			}
			f := fence.Fix{Key: string(rune('a' + i)), Time: now, Place: p, Values: duty{r.IntN(5) > 0}}
			m.fix(f)
			heard = append(heard, f)
			hear(e.Observe("vehicles", []fence.Fix{f}))
			switch r.IntN(12) {
			case 0:
				hear(e.Advance("vehicles", now))
			case 1:
				hear(e.Advance("vehicles", now.Add(-30*time.Second)))
			case 2:
				hear(e.Advance("vehicles", now))
				e = restored(t, d, gone, states, now)
				for i := range models {
					if m := &models[i]; m.last != nil {
						m.wait(now.Add(1))
						m.alive = now
					}
				}
				// The last fixes are told again, and then where each is, but for those
				// that are gone.
				for _, f := range heard[len(heard)-min(r.IntN(30), len(heard)):] {
					hear(e.Observe("vehicles", []fence.Fix{f}))
				}
				for i := range models {
					if m := &models[i]; m.last != nil && now.Sub(m.last.Time) < gone {
						hear(e.Observe("vehicles", []fence.Fix{{Key: string(rune('a' + i)), Time: m.last.Time, Place: m.last.Place, Values: m.last.Values}}))
					}
				}
			}
		}
		end := now.Add(time.Hour)
		hear(e.Advance("vehicles", end))
		for i := range models {
			if models[i].last != nil {
				models[i].wait(end.Add(1))
			}
			if diff := gocmp.Diff(got[i], models[i].told); diff != "" {
				t.Fatalf("seed %d, walk %d, object %d (-engine +model):\n%s", seed, walk, i, diff)
			}
		}
	}
	if causes[fence.Unmatched] < 10 {
		t.Errorf("only %d left because they did not match any more", causes[fence.Unmatched])
	}
	for _, k := range fence.Kinds() {
		if kinds[k] < 10 {
			t.Errorf("%s was told only %d times: the test proves little", k, kinds[k])
		}
	}
}

// restored is an engine that goes on from states.
func restored(t *testing.T, d fence.Definition, gone time.Duration, states map[string]fence.State, now time.Time) *fence.Engine {
	t.Helper()
	e := fence.New(fence.Config{Gone: func(string) time.Duration { return gone }, Rows: dutyRows})
	if _, err := e.Put(d); err != nil {
		t.Fatal(err)
	}
	var all []fence.State
	for _, s := range states {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b fence.State) int { return cmp.Compare(a.Entity, b.Entity) })
	if o := e.Restore(all, now); len(o.Transitions)+len(o.States) > 0 {
		t.Fatalf("a restart told %v", o)
	}
	return e
}
