package city

import (
	"math"

	"github.com/paulmach/orb"
)

// segmentGrid finds the segments of lines that a segment crosses. The zero value
// with a plane is empty.
type segmentGrid struct {
	plane plane
	cells map[[2]int][]gridSegment
}

type gridSegment struct {
	line, segment int
	a, b          vec
}

// meeting is where a segment crosses segment number segment of a line: t along
// the asking segment, u along the found one, both from 0 to 1.
type meeting struct {
	line, segment int
	t, u          float64
}

const gridMetres = 400

func gridIndex(metres float64) int { return int(math.Floor(metres / gridMetres)) }

func gridCell(v vec) [2]int { return [2]int{gridIndex(v.x), gridIndex(v.y)} }

// add puts the segments of a line into the grid, under a number for the line.
func (g *segmentGrid) add(number int, line orb.LineString) {
	if g.cells == nil {
		g.cells = map[[2]int][]gridSegment{}
	}
	at := g.plane.line(line)
	for i := 1; i < len(at); i++ {
		s := gridSegment{line: number, segment: i - 1, a: at[i-1], b: at[i]}
		eachCell(s.a, s.b, func(cell [2]int) { g.cells[cell] = append(g.cells[cell], s) })
	}
}

// crossings lists what the segment from a to b crosses or touches.
func (g *segmentGrid) crossings(from, to orb.Point) []meeting {
	a, b := g.plane.vec(from), g.plane.vec(to)
	var found []meeting
	eachCell(a, b, func(cell [2]int) {
		for _, s := range g.cells[cell] {
			t, u, ok := segmentsMeet(a, b, s.a, s.b)
			if ok && gridCell(a.lerp(b, t)) == cell { // else another cell reports it
				found = append(found, meeting{s.line, s.segment, t, u})
			}
		}
	})
	return found
}

// eachCell calls f for the cells that a segment passes, column by column, and for
// those within a metre of it, so that rounding loses none.
func eachCell(a, b vec, f func([2]int)) {
	const margin = 1
	if a.x > b.x {
		a, b = b, a
	}
	for x := gridIndex(a.x - margin); x <= gridIndex(b.x+margin); x++ {
		from, to := a.y, b.y
		if run := b.x - a.x; run > 0 { // the part inside the column
			west, east := float64(x)*gridMetres-margin, float64(x+1)*gridMetres+margin
			from = a.y + (b.y-a.y)*min(1, max(0, (west-a.x)/run))
			to = a.y + (b.y-a.y)*min(1, max(0, (east-a.x)/run))
		}
		for y := gridIndex(min(from, to) - margin); y <= gridIndex(max(from, to)+margin); y++ {
			f([2]int{x, y})
		}
	}
}

// segmentsMeet is where the segments a-b and c-d meet, as shares of each. Parallel segments
// do not meet.
func segmentsMeet(a, b, c, d vec) (t, u float64, ok bool) {
	r, s := b.sub(a), d.sub(c)
	cross := r.cross(s)
	if math.Abs(cross) < 1e-9 {
		return 0, 0, false
	}
	t, u = c.sub(a).cross(s)/cross, c.sub(a).cross(r)/cross
	return t, u, t >= 0 && t <= 1 && u >= 0 && u <= 1
}
