package sim

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"yiping/layers"
)

// Road is a stretch of street as the city has it. Roads meet where they share a
// vertex.
type Road struct {
	Class string
	// Oneway says that it is driven in the direction of its line only.
	Oneway bool
	// District is the code of the one that the road belongs to.
	District string
	Line     orb.LineString
}

// Network is the streets, joined where they meet. From each of its nodes every
// other can be reached.
type Network struct {
	edges []edge
	// out are the arcs that leave a node.
	out [][]arc
}

// edge is a street between two nodes.
type edge struct {
	from, to int32
	class    class
	oneway   bool
	district string
	line     orb.LineString
	// along is the length from the beginning to each vertex.
	along []float64
}

func (e *edge) length() float64 { return e.along[len(e.along)-1] }

// arc is an edge in one of its directions: twice its number, and one more against
// the line.
type arc int32

func (a arc) edge() int     { return int(a >> 1) }
func (a arc) against() bool { return a&1 == 1 }
func (a arc) reverse() arc  { return a ^ 1 }

// NewNetwork joins roads and keeps the largest part in which one can drive from
// everywhere to everywhere. Roads that are not for vehicles are left out. The error
// wraps layers.ErrNotFound if nothing is left.
func NewNetwork(roads []Road) (*Network, error) {
	edges, nodes := split(roads)
	kept := largest(nodes, edges)
	n := &Network{}
	number := make([]int32, nodes)
	for i := range number {
		number[i] = -1
	}
	renumbered := func(node int32) int32 {
		if number[node] < 0 {
			number[node] = int32(len(n.out))
			n.out = append(n.out, nil)
		}
		return number[node]
	}
	for _, e := range edges {
		if !kept[e.from] || !kept[e.to] {
			continue
		}
		e.from, e.to = renumbered(e.from), renumbered(e.to)
		a := arc(2 * len(n.edges))
		n.edges = append(n.edges, e)
		n.out[e.from] = append(n.out[e.from], a)
		if !e.oneway {
			n.out[e.to] = append(n.out[e.to], a.reverse())
		}
	}
	if len(n.edges) == 0 {
		return nil, fmt.Errorf("%w: streets that vehicles could drive along", layers.ErrNotFound)
	}
	return n, nil
}

// Metres is the length of all streets.
func (n *Network) Metres() float64 {
	var sum float64
	for i := range n.edges {
		sum += n.edges[i].length()
	}
	return sum
}

func (n *Network) edge(a arc) *edge { return &n.edges[a.edge()] }

// end is the node that an arc leads to.
func (n *Network) end(a arc) int32 {
	if e := n.edge(a); !a.against() {
		return e.to
	}
	return n.edge(a).from
}

// place is the point of an arc so many metres after its beginning, and the heading
// there.
func (n *Network) place(a arc, at float64) (orb.Point, float64) {
	e := n.edge(a)
	if a.against() {
		at = e.length() - at
	}
	i := 1
	for i < len(e.along)-1 && e.along[i] < at {
		i++
	}
	from, to := e.line[i-1], e.line[i]
	t := max(0, min(1, (at-e.along[i-1])/(e.along[i]-e.along[i-1])))
	if a.against() {
		return between(from, to, t), bearing(to, from)
	}
	return between(from, to, t), bearing(from, to)
}

func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// bearing is from 0 to less than 360.
func bearing(from, to orb.Point) float64 { return math.Mod(geo.Bearing(from, to)+360, 360) }

// turn is the angle between an arc's end and the beginning of one that goes on
// from it, from 0 to 180.
func (n *Network) turn(a, next arc) float64 {
	_, in := n.place(a, n.edge(a).length())
	_, out := n.place(next, 0)
	d := math.Abs(in - out)
	return min(d, 360-d)
}

// corner is a vertex, rounded so that roads that were digitised to meet do meet.
type corner [2]int32

// cornersPerDegree makes corners of about a decimetre.
const cornersPerDegree = 1e6

func cornerAt(p orb.Point) corner {
	return corner{int32(math.Round(p[0] * cornersPerDegree)), int32(math.Round(p[1] * cornersPerDegree))}
}

// split cuts roads where they meet others or themselves. Nodes are numbered from 0.
func split(roads []Road) (edges []edge, nodes int) {
	uses := map[corner]int{}
	for _, r := range roads {
		for i, p := range r.Line {
			uses[cornerAt(p)]++
			if i == 0 || i == len(r.Line)-1 {
				uses[cornerAt(p)]++ // an end is a node even where nothing else is
			}
		}
	}
	numbers := map[corner]int32{}
	node := func(p orb.Point) int32 {
		c := cornerAt(p)
		if _, ok := numbers[c]; !ok {
			numbers[c] = int32(len(numbers))
		}
		return numbers[c]
	}
	for _, r := range roads {
		class, ok := classes()[r.Class]
		if !ok {
			continue
		}
		begin := 0
		for i := 1; i < len(r.Line); i++ {
			if uses[cornerAt(r.Line[i])] < 2 {
				continue
			}
			if e, ok := newEdge(r, class, r.Line[begin:i+1]); ok {
				e.from, e.to = node(e.line[0]), node(e.line[len(e.line)-1])
				edges = append(edges, e)
			}
			begin = i
		}
	}
	return edges, len(numbers)
}

// newEdge measures a line; false if it has no length.
func newEdge(r Road, c class, line orb.LineString) (edge, bool) {
	e := edge{class: c, oneway: r.Oneway, district: r.District}
	for _, p := range line {
		if k := len(e.line); k == 0 {
			e.line, e.along = append(e.line, p), append(e.along, 0)
		} else if d := geo.DistanceHaversine(e.line[k-1], p); d > 0 {
			e.line, e.along = append(e.line, p), append(e.along, e.along[k-1]+d)
		}
	}
	return e, len(e.line) > 1
}
