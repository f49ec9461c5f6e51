package heatmap

import (
	"math"

	"github.com/paulmach/orb"
)

// outline tells quickly whether points are in polygons: their edges are sorted into
// bands of latitude, so that a point asks the few that are beside it.
type outline struct {
	bound orb.Bound
	// bands are of equal height, from the south.
	bands [][]edge
}

type edge struct{ a, b orb.Point }

// mostBands is how many bands an outline has at most; fewer if it has few edges.
const mostBands = 256

func newOutline(area orb.MultiPolygon) *outline {
	o := &outline{bound: area.Bound()}
	var edges []edge
	for _, polygon := range area {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				edges = append(edges, edge{ring[i-1], ring[i]})
			}
		}
	}
	o.bands = make([][]edge, min(mostBands, len(edges)))
	for _, e := range edges {
		for n := o.band(min(e.a[1], e.b[1])); n <= o.band(max(e.a[1], e.b[1])); n++ {
			o.bands[n] = append(o.bands[n], e)
		}
	}
	return o
}

// band is that of a latitude within the bound.
func (o *outline) band(lat float64) int {
	height := o.bound.Max[1] - o.bound.Min[1]
	return max(0, min(len(o.bands)-1, int(math.Floor((lat-o.bound.Min[1])/height*float64(len(o.bands))))))
}

// contains tells by the number of edges to the east of a point: odd is inside.
func (o *outline) contains(p orb.Point) bool {
	if len(o.bands) == 0 || !o.bound.Contains(p) {
		return false
	}
	odd := false
	for _, e := range o.bands[o.band(p[1])] {
		if (e.a[1] > p[1]) != (e.b[1] > p[1]) && p[0] < e.a[0]+(p[1]-e.a[1])/(e.b[1]-e.a[1])*(e.b[0]-e.a[0]) {
			odd = !odd
		}
	}
	return odd
}
