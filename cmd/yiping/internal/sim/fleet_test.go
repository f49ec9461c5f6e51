package sim_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"yiping/cmd/yiping/internal/sim"
	"yiping/layers"
)

// town is a grid of streets, eight by eight blocks of about 150 m, in two districts
// with the border along the fifth street from the west; a motorway goes around it
// and a way of one direction through it, and an island has a street of its own. No
// two streets of different classes lie on each other.
func town() []sim.Road {
	const side, block = 8, 0.0015
	at := func(x, y float64) orb.Point { return orb.Point{121.4 + x*block, 31.2 + y*block} }
	district := func(x float64) string {
		if x < 4 {
			return "310101"
		}
		return "310104"
	}
	var roads []sim.Road
	for i := range side + 1 {
		class := []string{"residential", "tertiary", "secondary", "primary"}[i%4]
		for j := range side {
			f, g := float64(i), float64(j)
			bend := at(g+0.5, f+0.1)
			roads = append(roads,
				sim.Road{Class: class, District: district(g), Line: orb.LineString{at(g, f), bend, at(g+1, f)}},
				sim.Road{Class: class, District: district(f - 0.5), Line: orb.LineString{at(f, g), at(f, g+1)}})
		}
	}
	return append(
		roads,
		sim.Road{Class: "motorway", District: "310101", Line: orb.LineString{at(0, 0), at(-2, -2), at(10, -2), at(8, 0)}},
		sim.Road{Class: "trunk", District: "310104", Oneway: true, Line: orb.LineString{at(0, 0), at(0.5, 0.5), at(1, 1)}},
		sim.Road{Class: "primary", District: "310151", Line: orb.LineString{at(20, 20), at(21, 21)}},
		sim.Road{Class: "pedestrian", District: "310101", Line: orb.LineString{at(3, 3), at(4, 4)}},
		sim.Road{Class: "residential", District: "310101", Oneway: true, Line: orb.LineString{at(4, 4), at(4.5, 4.2)}}, // no way back
	)
}

func network(t *testing.T, roads []sim.Road) *sim.Network {
	t.Helper()
	n, err := sim.NewNetwork(roads)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ride advances a fleet and hands over two reports of each member at a time.
func ride(f *sim.Fleet, every time.Duration, steps int, visit func(i int, was, is sim.Fix)) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	was := make([]sim.Fix, f.Len())
	for step := range steps + 1 {
		for i := range f.Len() {
			if step > 0 {
				f.Advance(i, every)
			}
			is, _ := f.Report(i, start.Add(time.Duration(step)*every)).(sim.Fix)
			if step > 0 {
				visit(i, was[i], is)
			}
			was[i] = is
		}
	}
}

func place(f sim.Fix) orb.Point { return orb.Point{f.Lon, f.Lat} }

// on finds the road that a fix lies on, and its direction; the roads are straight
// between their vertices.
func on(roads []sim.Road, f sim.Fix) (found []sim.Road, headings []float64) {
	p := place(f)
	for _, r := range roads {
		for i := 1; i < len(r.Line); i++ {
			a, b := r.Line[i-1], r.Line[i]
			off := geo.DistanceHaversine(a, p) + geo.DistanceHaversine(p, b) - geo.DistanceHaversine(a, b)
			if off < 0.01 {
				found = append(found, r)
				headings = append(headings, math.Mod(geo.Bearing(a, b)+360, 360))
			}
		}
	}
	return found, headings
}

func headingsApart(a, b float64) float64 {
	d := math.Abs(a - b)
	return min(d, 360-d)
}

// Who drives, drives along streets that are joined to the others, in a direction
// that is allowed, and never farther than it can have driven.
func TestVehiclesKeepToTheStreets(t *testing.T) {
	t.Parallel()
	roads := town()
	n := network(t, roads)
	fleets := map[string]*sim.Fleet{"vehicles": sim.Vehicles(n, 60, 7), "patrols": sim.Patrols(n, 60, 7)}
	for name, f := range fleets {
		states := map[int]int{}
		standing, moving := 0, 0
		ride(f, time.Second, 300, func(_ int, was, is sim.Fix) {
			found, headings := on(roads, is)
			along := false
			for i, r := range found {
				if r.Class == "pedestrian" || r.District == "310151" {
					continue // it begins where streets do
				}
				ahead := headingsApart(headings[i], is.Heading) < 1
				back := headingsApart(headings[i], is.Heading+180) < 1 && !r.Oneway
				along = along || ahead || back
			}
			if !along {
				t.Fatalf("%s: %+v drives along none of %+v", name, is, found)
			}
			if d := geo.DistanceHaversine(place(was), place(is)); d > 28.2 {
				t.Fatalf("%s: %s went %.1f m in a second, from %+v to %+v", name, is.Key, d, was, is)
			} else if d < 0.01 {
				standing++
			} else {
				moving++
			}
			if !is.Synthetic || is.Plate == "" || is.Kind == "" || is.Unit == "" || is.Speed < 0 || is.Heading < 0 || is.Heading >= 360 {
				t.Fatalf("%s: report %+v", name, is)
			}
			states[is.State]++
		})
		if standing*20 < moving || moving < standing {
			t.Errorf("%s: %d seconds of driving, %d of standing", name, moving, standing)
		}
		if states[2] == 0 || states[3] == 0 || len(states) < 3 {
			t.Errorf("%s: states %v", name, states)
		}
	}
}

// A fleet speeds up and brakes as cars do.
func TestVehiclesDriveSmoothly(t *testing.T) {
	t.Parallel()
	f := sim.Vehicles(network(t, town()), 100, 3)
	hard, all := 0, 0
	ride(f, time.Second, 600, func(_ int, was, is sim.Fix) {
		all++
		if is.Speed-was.Speed > 1.6 {
			t.Fatalf("from %v to %v m/s in a second", was.Speed, is.Speed)
		}
		if was.Speed-is.Speed > 6 {
			hard++
		}
	})
	if hard*100 > all {
		t.Errorf("%d of %d seconds of hard braking", hard, all)
	}
}

func TestPatrolsStayInTheirDistrict(t *testing.T) {
	t.Parallel()
	roads := town()
	f := sim.Patrols(network(t, roads), 40, 5)
	homes := make([]map[string]bool, f.Len()) // the districts that are possible so far
	away, all := 0, 0
	ride(f, 5*time.Second, 500, func(i int, was, is sim.Fix) {
		if homes[i] == nil {
			homes[i] = districts(roads, was)
		}
		all++
		here := districts(roads, is)
		for d := range homes[i] {
			if !here[d] && len(homes[i]) > 1 {
				delete(homes[i], d)
			} else if !here[d] {
				away++
			}
		}
	})
	if away*50 > all {
		t.Errorf("%d of %d reports come from another district", away, all)
	}
}

func districts(roads []sim.Road, f sim.Fix) map[string]bool {
	found, _ := on(roads, f)
	in := map[string]bool{}
	for _, r := range found {
		in[r.District] = true
	}
	return in
}

// Equal seeds live alike, others do not, and what each does does not depend on how
// many others there are.
func TestFleetsFollowTheirSeed(t *testing.T) {
	t.Parallel()
	n := network(t, town())
	trace := func(f *sim.Fleet) (lines []string) {
		ride(f, time.Second, 120, func(i int, _, is sim.Fix) {
			if i < 20 {
				lines = append(lines, fmt.Sprintf("%+v", is))
			}
		})
		return lines
	}
	first := trace(sim.Vehicles(n, 20, 1))
	if diff := cmp.Diff(trace(sim.Vehicles(n, 30, 1)), first); diff != "" {
		t.Errorf("the same seed lives otherwise (-got +want):\n%s", diff)
	}
	if cmp.Equal(trace(sim.Vehicles(n, 20, 2)), first) {
		t.Error("another seed lives alike")
	}
}

func TestNetworkOfNothing(t *testing.T) {
	t.Parallel()
	line := orb.LineString{{121, 31}, {121.01, 31}}
	for name, roads := range map[string][]sim.Road{
		"no roads":     nil,
		"for walkers":  {{Class: "path", Line: line}},
		"no length":    {{Class: "primary", Line: orb.LineString{{121, 31}, {121, 31}}}},
		"empty":        {{Class: "primary"}},
		"no way back":  {{Class: "primary", Oneway: true, Line: line}},
		"unknown kind": {{Class: "canal", Line: line}},
	} {
		if _, err := sim.NewNetwork(roads); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	n := network(t, []sim.Road{{Class: "primary", Line: line}})
	if got, want := n.Metres(), geo.DistanceHaversine(line[0], line[1]); math.Abs(got-want) > 1e-6 {
		t.Errorf("%v m, want %v", got, want)
	}
	// A street with two dead ends is driven to and fro.
	ride(sim.Vehicles(n, 3, 1), time.Second, 500, func(_ int, _, is sim.Fix) {
		if is.Lat != 31 || is.Lon < 121 || is.Lon > 121.01 {
			t.Fatalf("off the only street: %+v", is)
		}
	})
}

func BenchmarkAdvance(b *testing.B) {
	n, err := sim.NewNetwork(town())
	if err != nil {
		b.Fatal(err)
	}
	f := sim.Vehicles(n, 1000, 1)
	i := 0
	for b.Loop() {
		f.Advance(i%1000, time.Second)
		i++
	}
}
