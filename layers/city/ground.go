package city

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// ground is what lies where: a grid of cells that know their district, their
// town, and whether they may be built on.
type ground struct {
	plane  *plane
	origin vec     // south-west corner
	cell   float64 // metres
	nx, ny int
	// cells hold the index of the town plus one, or 0 outside, and the flags.
	cells []uint16
	// districts hold the index of the district plus one.
	districts []uint8
	// coarse tells for squares of coarseCells cells whether any of it is dry.
	coarse   []bool
	coarseNX int
	outlines []outline
}

// Flags of a cell, above the bits of its town.
const (
	flagWet    = 1 << 15 // water or the world outside touches it
	flagShore  = 1 << 14 // wet, or beside a wet cell
	flagBorder = 1 << 13 // a border of districts passes through
	townBits   = flagBorder - 1

	coarseCells = 16
	cellMetres  = 25
	// maxCells bounds the memory of the grid to 120 MB; a larger city gets
	// coarser cells.
	maxCells = 40e6
)

func newGround(p *plane, b *Base) *ground {
	lo, hi := vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, d := range b.Districts {
		bound := d.Geometry.Bound()
		sw, ne := p.vec(bound.Min), p.vec(bound.Max)
		lo = vec{min(lo.x, sw.x), min(lo.y, sw.y)}
		hi = vec{max(hi.x, ne.x), max(hi.y, ne.y)}
	}
	g := &ground{plane: p, cell: max(cellMetres, math.Sqrt((hi.x-lo.x)*(hi.y-lo.y)/maxCells))}
	g.origin = lo.sub(vec{2 * g.cell, 2 * g.cell})
	g.nx = int((hi.x-lo.x)/g.cell) + 5
	g.ny = int((hi.y-lo.y)/g.cell) + 5
	g.cells = make([]uint16, g.nx*g.ny)
	g.districts = make([]uint8, g.nx*g.ny)

	for i, d := range b.Districts {
		o := g.newOutline(d.Geometry)
		o.fill(func(c int) { g.districts[c] = uint8(i + 1) })
		o.trace(func(c int) { g.cells[c] |= flagBorder })
		g.outlines = append(g.outlines, o)
	}
	for i, s := range towns(b) {
		o := g.newOutline(s.Geometry)
		o.fill(func(c int) {
			if i < len(b.Streets) || g.cells[c]&townBits == 0 {
				g.cells[c] = g.cells[c]&^townBits | uint16(i+1)
			}
		})
	}
	for _, w := range b.Water {
		o := g.newOutline(w.Geometry)
		wet := func(c int) { g.cells[c] |= flagWet }
		o.fill(wet)
		o.trace(wet)
	}
	g.markOutside()
	g.markShore()
	return g
}

// towns are the streets of a base and then its districts, which stand in where
// a base knows no streets.
func towns(b *Base) []Area { return slices.Concat(b.Streets, b.Districts) }

// markOutside makes cells wet that are outside of all districts or beside such
// a cell: borders are known to the middle of a cell only.
func (g *ground) markOutside() {
	for y := range g.ny {
		for x := range g.nx {
			c := y*g.nx + x
			if g.districts[c] != 0 {
				continue
			}
			for dy := max(0, y-1); dy <= min(g.ny-1, y+1); dy++ {
				for dx := max(0, x-1); dx <= min(g.nx-1, x+1); dx++ {
					g.cells[dy*g.nx+dx] |= flagWet
				}
			}
		}
	}
}

// markShore widens the wet cells by one cell, and notes which squares have any
// ground beyond that.
func (g *ground) markShore() {
	g.coarseNX = g.nx/coarseCells + 1
	g.coarse = make([]bool, g.coarseNX*(g.ny/coarseCells+1))
	for y := range g.ny {
		for x := range g.nx {
			c := y*g.nx + x
			if g.cells[c]&flagWet == 0 {
				g.coarse[y/coarseCells*g.coarseNX+x/coarseCells] = true
				continue
			}
			for dy := max(0, y-1); dy <= min(g.ny-1, y+1); dy++ {
				for dx := max(0, x-1); dx <= min(g.nx-1, x+1); dx++ {
					g.cells[dy*g.nx+dx] |= flagShore
				}
			}
		}
	}
}

// index is the cell of a place, or -1 outside of the grid.
func (g *ground) index(v vec) int {
	x, y := int((v.x-g.origin.x)/g.cell), int((v.y-g.origin.y)/g.cell)
	if x < 0 || y < 0 || x >= g.nx || y >= g.ny || v.x < g.origin.x || v.y < g.origin.y {
		return -1
	}
	return y*g.nx + x
}

// wet says that a place is, or may be, in water or outside of the city.
func (g *ground) wet(v vec) bool {
	c := g.index(v)
	return c < 0 || g.cells[c]&flagWet != 0
}

// shore says that a place is too near to water or the city's edge to build on.
// What is not shore is at least a cell's width away from them.
func (g *ground) shore(v vec) bool {
	c := g.index(v)
	return c < 0 || g.cells[c]&flagShore != 0
}

// dryLine says that a line keeps away from the shore.
func (g *ground) dryLine(a, b vec) bool {
	steps := int(a.dist(b)/(g.cell/2)) + 1
	for i := 0; i <= steps; i++ {
		if g.shore(a.lerp(b, float64(i)/float64(steps))) {
			return false
		}
	}
	return true
}

// town is the index of the town (or the district that stands in) of a place, or
// -1 outside.
func (g *ground) town(v vec) int {
	c := g.index(v)
	if c < 0 {
		return -1
	}
	return int(g.cells[c]&townBits) - 1
}

// district is the index of the district that a place is in, exactly, or -1.
func (g *ground) district(v vec) int {
	c := g.index(v)
	if c < 0 {
		return -1
	}
	d := int(g.districts[c]) - 1
	if g.cells[c]&flagBorder == 0 {
		return d
	}
	if d >= 0 && g.outlines[d].contains(v) {
		return d
	}
	for i := range g.outlines {
		if i != d && g.outlines[i].contains(v) {
			return i
		}
	}
	return -1
}

// anyLand says whether the box may hold ground to build on.
func (g *ground) anyLand(lo, hi vec) bool {
	step := g.cell * coarseCells
	x0, x1 := int(max(0, (lo.x-g.origin.x)/step)), int((hi.x-g.origin.x)/step)
	y0, y1 := int(max(0, (lo.y-g.origin.y)/step)), int((hi.y-g.origin.y)/step)
	for y := y0; y <= min(y1, len(g.coarse)/g.coarseNX-1); y++ {
		for x := x0; x <= min(x1, g.coarseNX-1); x++ {
			if g.coarse[y*g.coarseNX+x] {
				return true
			}
		}
	}
	return false
}

// outline is the border of an area, its edges sorted into the rows of the grid
// that they pass.
type outline struct {
	g     *ground
	first int // the first row
	rows  [][]edge
}

type edge struct{ a, b vec }

func (g *ground) newOutline(mp orb.MultiPolygon) outline {
	bound := mp.Bound()
	o := outline{g: g}
	if bound.IsEmpty() {
		return o
	}
	o.first = g.row(g.plane.vec(bound.Min).y)
	o.rows = make([][]edge, g.row(g.plane.vec(bound.Max).y)-o.first+1)
	for _, poly := range mp {
		for _, ring := range poly {
			line := g.plane.line(orb.LineString(ring))
			for i := 1; i < len(line); i++ {
				e := edge{line[i-1], line[i]}
				for r := g.row(min(e.a.y, e.b.y)); r <= g.row(max(e.a.y, e.b.y)); r++ {
					if k := r - o.first; k >= 0 && k < len(o.rows) {
						o.rows[k] = append(o.rows[k], e)
					}
				}
			}
		}
	}
	return o
}

// row is the row of the grid at a northing, held within the grid.
func (g *ground) row(y float64) int {
	return min(g.ny-1, max(0, int((y-g.origin.y)/g.cell)))
}

// crossing is where an edge passes a northing, by the half-open rule.
func (e edge) crossing(y float64) (x float64, ok bool) {
	if (e.a.y <= y) == (e.b.y <= y) {
		return 0, false
	}
	return e.a.x + (e.b.x-e.a.x)*(y-e.a.y)/(e.b.y-e.a.y), true
}

func (o *outline) contains(v vec) bool {
	r := o.g.row(v.y) - o.first
	if r < 0 || r >= len(o.rows) {
		return false
	}
	in := false
	for _, e := range o.rows[r] {
		if x, ok := e.crossing(v.y); ok && x > v.x {
			in = !in
		}
	}
	return in
}

// fill calls f for each cell whose middle is inside.
func (o *outline) fill(f func(cell int)) {
	g := o.g
	var xs []float64
	for i, edges := range o.rows {
		y := g.origin.y + (float64(o.first+i)+0.5)*g.cell
		xs = xs[:0]
		for _, e := range edges {
			if x, ok := e.crossing(y); ok {
				xs = append(xs, (x-g.origin.x)/g.cell-0.5)
			}
		}
		slices.Sort(xs)
		for k := 1; k < len(xs); k += 2 {
			from, to := max(0, int(math.Ceil(xs[k-1]))), min(g.nx-1, int(math.Ceil(xs[k]))-1)
			for x := from; x <= to; x++ {
				f((o.first+i)*g.nx + x)
			}
		}
	}
}

// trace calls f for each cell that the border passes.
func (o *outline) trace(f func(cell int)) {
	g := o.g
	for i, edges := range o.rows {
		south := g.origin.y + float64(o.first+i)*g.cell
		for _, e := range edges {
			x0, x1 := e.within(south, south+g.cell)
			from := max(0, int((x0-g.origin.x)/g.cell))
			to := min(g.nx-1, int((x1-g.origin.x)/g.cell))
			for x := from; x <= to; x++ {
				f((o.first+i)*g.nx + x)
			}
		}
	}
}

// within is the range of eastings that an edge has between two northings.
func (e edge) within(south, north float64) (x0, x1 float64) {
	a, b := e.a, e.b
	if a.y > b.y {
		a, b = b, a
	}
	if a.y < south {
		a = a.lerp(b, min(1, (south-a.y)/(b.y-a.y)))
	}
	if b.y > north && b.y > a.y {
		b = a.lerp(b, max(0, (north-a.y)/(b.y-a.y)))
	}
	return min(a.x, b.x), max(a.x, b.x)
}
