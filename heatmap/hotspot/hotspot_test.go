package hotspot_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/hotspot"
)

// around is a bound with its middle at the Bund.
func around(degrees float64) orb.Bound {
	return orb.Bound{Min: orb.Point{121.49 - degrees, 31.24 - degrees}, Max: orb.Point{121.49 + degrees, 31.24 + degrees}}
}

// list is all cells of a resolution in an area that is made of cells of another.
func list(tb testing.TB, a *hotspot.Area, bound orb.Bound, resolution int) []cell.Cell {
	tb.Helper()
	inner, border, err := cell.Cover(orb.MultiPolygon{bound.Pad(0.1).ToPolygon()}, resolution, 1_000_000)
	if err != nil {
		tb.Fatal(err)
	}
	return slices.DeleteFunc(slices.Concat(inner, border), func(c cell.Cell) bool { return !a.Contains(c) })
}

// direct is the formula as it is written, over all cells, and Benjamini–Hochberg over
// all of their p.
func direct(cells []cell.Cell, heat []heatmap.Heat, k int) []hotspot.Spot {
	x := map[cell.Cell]float64{}
	for _, c := range cells {
		x[c] = 0
	}
	for _, h := range heat {
		x[h.Cell] = h.Density
	}
	n, sum, squares := float64(len(x)), 0.0, 0.0
	for _, v := range x {
		sum, squares = sum+v, squares+v*v
	}
	mean := sum / n
	s := math.Sqrt(squares/n - mean*mean)
	var all []hotspot.Spot
	for _, c := range cells {
		w, wx, ww := 0.0, 0.0, 0.0
		for _, near := range c.Disk(k) {
			if v, ok := x[near]; ok {
				w, wx, ww = w+1, wx+v, ww+1
			}
		}
		z := (wx - mean*w) / (s * math.Sqrt((n*ww-w*w)/(n-1)))
		all = append(all, hotspot.Spot{Cell: c, Density: x[c], Z: z, P: math.Erfc(math.Abs(z) / math.Sqrt2)})
	}
	slices.SortFunc(all, func(a, b hotspot.Spot) int { return cmpFloat(a.P, b.P) })
	for _, level := range []struct {
		alpha     float64
		hot, cold hotspot.Class
	}{{0.1, hotspot.Hot90, hotspot.Cold90}, {0.05, hotspot.Hot95, hotspot.Cold95}, {0.01, hotspot.Hot99, hotspot.Cold99}} {
		last := -1
		for i := range all {
			if all[i].P <= float64(i+1)*level.alpha/n {
				last = i
			}
		}
		for i := range all[:last+1] {
			all[i].Class = level.cold
			if all[i].Z > 0 {
				all[i].Class = level.hot
			}
		}
	}
	return all
}

func cmpFloat(a, b float64) int {
	if a < b {
		return -1
	}
	return 1
}

// What is found is what the formula says, whatever the heat, the steps and the border.
func TestFindIsTheFormula(t *testing.T) {
	t.Parallel()
	bound := around(0.06)
	area, err := hotspot.NewArea(bound, 7)
	if err != nil {
		t.Fatal(err)
	}
	const resolution = 9
	cells := list(t, area, bound, resolution)
	if area.Count(resolution) != len(cells) {
		t.Fatalf("the area has %d cells and counts %d", len(cells), area.Count(resolution))
	}
	hot, cold := 0, 0
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 1))
		k := 1 + r.IntN(3)
		share := []float64{0.01, 0.05, 0.3, 1}[r.IntN(4)]
		var heat []heatmap.Heat
		for _, c := range cells {
			if r.Float64() < share {
				heat = append(heat, heatmap.Heat{Cell: c, Density: 0.001 + r.Float64()/1000})
			}
		}
		for range r.IntN(4) { // crowds, and empty places where there is heat
			for _, c := range cells[r.IntN(len(cells))].Disk(2) {
				heat = slices.DeleteFunc(heat, func(h heatmap.Heat) bool { return h.Cell == c })
				if area.Contains(c) && share < 1 && r.IntN(3) > 0 {
					heat = append(heat, heatmap.Heat{Cell: c, Density: 0.02 + r.Float64()/50})
				}
			}
		}
		got := area.Find(heat, resolution, k)
		near := map[cell.Cell]bool{}
		for _, h := range heat {
			for _, c := range h.Cell.Disk(k) {
				near[c] = true
			}
		}
		var kept []hotspot.Spot
		for _, s := range direct(cells, heat, k) {
			inside := !slices.ContainsFunc(s.Cell.Disk(k), func(c cell.Cell) bool { return !area.Contains(c) })
			switch {
			case near[s.Cell] && s.Class != hotspot.None:
				kept = append(kept, s)
			case !near[s.Cell] && inside && (s.Class != got.Elsewhere.Class || math.Abs(s.Z-got.Elsewhere.Z) > 1e-9):
				t.Fatalf("seed %d, %d steps: %+v has nobody around, elsewhere is %+v", seed, k, s, got.Elsewhere)
			}
		}
		slices.SortFunc(kept, func(a, b hotspot.Spot) int { return int(a.Cell) - int(b.Cell) })
		if diff := cmp.Diff(got.Cells, kept, cmpopts.EquateApprox(1e-9, 1e-12), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("seed %d, %d steps (-got +want):\n%s", seed, k, diff)
		}
		for _, s := range kept {
			if s.Z > 0 {
				hot++
			} else {
				cold++
			}
		}
	}
	if hot == 0 || cold == 0 {
		t.Errorf("%d hot cells and %d cold ones were compared", hot, cold)
	}
}

// One cell of heat in the middle: the seven cells around have the same Gi*, which by
// hand is (1 − 7/n) / (S·√((7n − 49)/(n − 1))), S² = 1/n − 1/n².
func TestFindOneCell(t *testing.T) {
	t.Parallel()
	area, err := hotspot.NewArea(around(0.06), 7)
	if err != nil {
		t.Fatal(err)
	}
	middle := cell.At(orb.Point{121.49, 31.24}, 9)
	got := area.Find([]heatmap.Heat{{Cell: middle, Devices: 10, Density: 1}}, 9, 1)
	n := float64(got.Count)
	z := (1 - 7/n) / (math.Sqrt(1/n-1/n/n) * math.Sqrt((7*n-49)/(n-1)))
	var cells []cell.Cell
	for _, s := range got.Cells {
		cells = append(cells, s.Cell)
		if math.Abs(s.Z-z) > 1e-9 || s.Class != hotspot.Hot99 {
			t.Errorf("%s has %v, want z %v", s.Cell, s, z)
		}
	}
	want := middle.Disk(1)
	slices.Sort(want)
	if diff := cmp.Diff(cells, want); diff != "" {
		t.Errorf("the cells (-got +want):\n%s", diff)
	}
	if got.Elsewhere.Class != hotspot.None || got.Elsewhere.Z >= 0 {
		t.Errorf("elsewhere is %+v", got.Elsewhere)
	}
}

// Nothing stands out where all is alike: no heat at all, or the same everywhere.
func TestFindNothing(t *testing.T) {
	t.Parallel()
	bound := around(0.03)
	area, err := hotspot.NewArea(bound, 7)
	if err != nil {
		t.Fatal(err)
	}
	var even []heatmap.Heat
	for _, c := range list(t, area, bound, 8) {
		even = append(even, heatmap.Heat{Cell: c, Density: 0.3})
	}
	for name, heat := range map[string][]heatmap.Heat{"nobody": nil, "even": even} {
		got := area.Find(heat, 8, 1)
		if len(got.Cells) != 0 || got.Elsewhere.Z != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A Finder answers from the newest frame.
func TestFinder(t *testing.T) {
	t.Parallel()
	rules := heatmap.DefaultRules()
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	engine := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
	area, err := hotspot.NewArea(rules.Bound, rules.Coarsest)
	if err != nil {
		t.Fatal(err)
	}
	finder := hotspot.NewFinder(area)
	if got := finder.Find(engine.Frame(), 9, 1); len(got.Cells) != 0 {
		t.Errorf("%d cells stand out of nobody", len(got.Cells))
	}
	var pings []heatmap.Ping
	for i := range 30 {
		pings = append(pings, heatmap.Ping{Device: fmt.Sprint(i), Time: now, Place: orb.Point{121.49, 31.24}})
	}
	engine.Take(pings, true)
	engine.Tick()
	if got := finder.Find(engine.Frame(), 9, 1); len(got.Cells) != 7 {
		t.Errorf("%d cells stand out around one with 30 devices, want 7", len(got.Cells))
	}
}

// BenchmarkFind is all cells of resolution 9 of a box around Shanghai, 182,000 of them,
// each with heat, and with heat in one of a hundred.
//
//	go test -run '^$' -bench Find ./heatmap/hotspot
func BenchmarkFind(b *testing.B) {
	bound := orb.Bound{Min: orb.Point{120.85, 30.70}, Max: orb.Point{122.03, 31.87}}
	area, err := hotspot.NewArea(bound, 7)
	if err != nil {
		b.Fatal(err)
	}
	cells := list(b, area, bound, 9)
	for _, every := range []int{1, 100} {
		b.Run(fmt.Sprintf("one_in_%d", every), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			var heat []heatmap.Heat
			for i, c := range cells {
				if i%every == 0 {
					heat = append(heat, heatmap.Heat{Cell: c, Density: r.ExpFloat64() / 100})
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				area.Find(heat, 9, 1)
			}
			b.ReportMetric(float64(area.Count(9)), "cells")
		})
	}
}
