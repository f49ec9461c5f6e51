package city_test

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// checkPipelines checks that the pipelines of each medium have their length and
// hang together, and that mains are few and wide.
func checkPipelines(t *testing.T, tt testCity) {
	t.Helper()
	shares := map[string]float64{
		"water": 8500, "rain": 5600, "sewage": 4700, "gas": 4200, "power": 1900, "telecom": 1600, "heat": 300,
	}
	_, medium := column(t, "pipeline", "medium")
	_, from := column(t, "pipeline", "from_node")
	_, to := column(t, "pipeline", "to_node")
	_, diameter := column(t, "pipeline", "diameter_mm")
	_, zoom := column(t, "pipeline", "min_zoom")
	tr := tt.terrain
	lengths := map[string]float64{}
	byNode := map[string]*network[int64]{}
	byPlace := map[string]*network[orb.Point]{}
	places := map[string]map[int64]orb.Point{}
	widths := map[string][]int64{}
	var mains, all int
	var total float64
	for f, err := range tt.city.Features("pipeline") {
		if err != nil {
			t.Fatal(err)
		}
		m := f.Properties[medium].(string)
		if byNode[m] == nil {
			byNode[m], byPlace[m], places[m] = newNetwork[int64](), newNetwork[orb.Point](), map[int64]orb.Point{}
		}
		widths[m] = append(widths[m], f.Properties[diameter].(int64))
		if all++; f.Properties[zoom].(int64) <= 11 {
			mains++
		}
		line := f.Geometry.(orb.LineString)
		a, b := f.Properties[from].(int64), f.Properties[to].(int64)
		for node, place := range map[int64]orb.Point{a: line[0], b: line[len(line)-1]} {
			if was, ok := places[m][node]; ok && was != place {
				t.Fatalf("%s: node %d of %s is at %v and at %v", f.Code, node, m, was, place)
			}
			places[m][node] = place
		}
		byNode[m].join(a, b)
		byPlace[m].join(line[0], line[len(line)-1])
		for i := 1; i < len(line); i++ {
			l := vincenty(line[i-1], line[i])
			lengths[m] += l
			total += l
			middle := orb.Point{(line[i-1][0] + line[i][0]) / 2, (line[i-1][1] + line[i][1]) / 2}
			if tr.inWater(middle) && !tr.onBridge(middle) {
				t.Errorf("%s: %s lies in water at %v", f.Code, m, middle)
			}
		}
	}
	if want := 26_800e3 * tt.scale; math.Abs(total-want) > 0.0002*want {
		t.Errorf("pipelines are %.0f m long, want %.0f", total, want)
	}
	if mains == 0 || mains > all/3 {
		t.Errorf("%d of %d pipes are shown from zoom 11, want some but at most a third", mains, all)
	}
	for m, share := range shares {
		if want := share * 1e3 * tt.scale; math.Abs(lengths[m]-want) > 0.0002*want+0.01 {
			t.Errorf("%s: %.0f m long, want %.0f", m, lengths[m], want)
		}
		if lo, hi := slices.Min(widths[m]), slices.Max(widths[m]); 2*hi < 3*lo && lengths[m] > 40e3 && (m == "water" || m == "rain" || m == "sewage") {
			t.Errorf("%s: diameters are %d to %d mm, want mains at least half as wide again as the least", m, lo, hi)
		}
		// Islands without a bridge are too small for a network of their own
		// at these scales.
		if n := byNode[m].parts(); n != 1 {
			t.Errorf("%s: %d parts by node ids, want one network", m, n)
		}
		if n := byPlace[m].parts(); n != 1 {
			t.Errorf("%s: %d parts by coordinates, want one network", m, n)
		}
	}
}

// network counts connected parts.
type network[K comparable] struct{ parent map[K]K }

func newNetwork[K comparable]() *network[K] { return &network[K]{map[K]K{}} }

func (n *network[K]) find(k K) K {
	p, ok := n.parent[k]
	if !ok {
		n.parent[k] = k
		return k
	}
	if p != k {
		p = n.find(p)
		n.parent[k] = p
	}
	return p
}

func (n *network[K]) join(a, b K) { n.parent[n.find(a)] = n.find(b) }

func (n *network[K]) parts() int {
	count := 0
	for k := range n.parent {
		if n.find(k) == k {
			count++
		}
	}
	return count
}
