package city

import (
	"container/heap"
	"math"
)

// splitter lays streets: it cuts each face of a mesh across, and the halves
// again, until what is left is a block. The first cuts become main roads, the
// last ones side streets. A cut likes to go on from a street that ends at the
// face from outside, so that streets run through many blocks.
type splitter struct {
	mesh    *mesh
	ground  *ground
	density *density
	seed    uint64
	turn    noise // orientation of whole neighbourhoods
	grain   noise // size of blocks
	sway    noise // how long streets bend
	skip    func(vec) bool
	strokes []stroke

	halves []int32
	points []vec
}

// stroke is a street drawn in one go: a known road, or a cut and those that went
// on from it.
type stroke struct {
	class class
	base  int32 // index of the known road, or -1
}

// shape is what a face looks like.
type shape struct {
	area      float64
	middle    vec
	along     vec // the long axis
	lo, hi    float64
	short     float64
	perimeter float64
}

func (s *shape) long() float64 { return s.hi - s.lo }

// task is a face to cut. Its id is its own whatever else is cut before it.
type task struct {
	face int32
	id   uint64
	area float64
}

// run cuts all faces there are, the largest first, so that main roads lie before
// side streets do.
func (s *splitter) run() {
	var queue tasks
	push := func(face int32, id uint64) {
		s.load(face)
		heap.Push(&queue, task{face, id, areaOf(s.points)})
	}
	for f := 1; f < len(s.mesh.faces); f++ {
		push(int32(f), uint64(f))
	}
	for len(queue) > 0 {
		t := heap.Pop(&queue).(task)
		if s.cut(t.face, t.id) {
			push(t.face, hash(t.id, 1))
			push(int32(len(s.mesh.faces)-1), hash(t.id, 2))
		}
	}
}

// tasks is a heap of faces by area.
type tasks []task

func (q tasks) Len() int           { return len(q) }
func (q tasks) Less(i, j int) bool { return q[i].area > q[j].area }
func (q tasks) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *tasks) Push(x any)        { *q = append(*q, x.(task)) }

func (q *tasks) Pop() any {
	last := len(*q) - 1
	t := (*q)[last]
	*q = (*q)[:last]
	return t
}

// load reads the loop of a face into s.halves and s.points.
func (s *splitter) load(f int32) {
	s.halves = s.mesh.loop(s.halves[:0], f)
	s.points = s.points[:0]
	for _, h := range s.halves {
		s.points = append(s.points, s.mesh.from(h))
	}
}

func areaOf(ring []vec) float64 {
	var sum float64
	for i, a := range ring {
		sum += a.cross(ring[(i+1)%len(ring)])
	}
	return sum / 2
}

// cut cuts a face in two, or says that it is a block already.
func (s *splitter) cut(f int32, id uint64) bool {
	s.load(f)
	lo, hi := s.points[0], s.points[0]
	for _, v := range s.points {
		lo, hi = vec{min(lo.x, v.x), min(lo.y, v.y)}, vec{max(hi.x, v.x), max(hi.y, v.y)}
	}
	if !s.ground.anyLand(lo, hi) {
		return false
	}
	face := s.shape()
	if s.skip(face.middle) || face.area < 400 {
		return false
	}
	if face.long() < 1500 && !s.anyDry(face.middle) {
		return false
	}
	block := blockMetres().at(s.density.urbanity(face.middle)) * (1 + 0.2*s.grain.at(face.middle))
	switch {
	case face.long() < 1.3*block, face.area < 0.6*block*block:
		return false
	case face.short < 0.5*block && face.long() < 2*block:
		return false
	case face.long() < 1.6*block && face.area < 1.6*block*block:
		return false
	}
	d := newDice(s.seed, id)
	class := cutClass(math.Sqrt(face.area), block)
	for try := range 5 {
		if try == 4 { // across the other axis
			face.along = face.along.left()
			face.lo, face.hi = extent(s.points, face.along)
		}
		if s.try(&face, d, class, block, try == 0 && d.chance(0.85)) {
			return true
		}
	}
	return false
}

// cutClass is the class of a street that cuts a face of that size where blocks
// have that side, both in metres.
func cutClass(size, block float64) class {
	switch {
	case size > max(2200, 5*block):
		return primary
	case size > max(800, 2.6*block):
		return secondary
	case size > max(380, 1.6*block):
		return tertiary
	default:
		return residential
	}
}

func (s *splitter) anyDry(middle vec) bool {
	if !s.ground.shore(middle) {
		return true
	}
	for i, p := range s.points {
		if !s.ground.shore(p) || !s.ground.shore(p.lerp(middle, 0.5)) {
			return true
		}
		if !s.ground.shore(p.lerp(s.points[(i+1)%len(s.points)], 0.5)) {
			return true
		}
	}
	return false
}

// shape measures the face whose loop is in s.halves and s.points. Its axes are
// those of its sides, fourfold, mixed with those of the neighbourhood: the more,
// the larger the face.
func (s *splitter) shape() shape {
	var f shape
	var moment vec
	var sin4, cos4 float64
	for i, a := range s.points {
		b := s.points[(i+1)%len(s.points)]
		c := a.cross(b)
		f.area += c / 2
		moment = moment.add(a.add(b).scale(c / 6))
		l := a.dist(b)
		f.perimeter += l
		if s.mesh.edges[s.halves[i]/2].class != notRoad {
			sin, cos := math.Sincos(4 * math.Atan2(b.y-a.y, b.x-a.x))
			sin4, cos4 = sin4+l*sin, cos4+l*cos
		}
	}
	if f.area > 0 {
		f.middle = moment.scale(1 / f.area)
	}
	weight := f.perimeter * 0.9 * ramp(500, 5000, math.Sqrt(f.area))
	sin, cos := math.Sincos(4 * s.orientation(f.middle))
	f.along = heading(math.Atan2(sin4+weight*sin, cos4+weight*cos) / 4)
	f.lo, f.hi = extent(s.points, f.along)
	lo, hi := extent(s.points, f.along.left())
	f.short = hi - lo
	if f.short > f.long() {
		f.along = f.along.left()
		f.short = f.long()
		f.lo, f.hi = lo, hi
	}
	return f
}

// orientation is the angle of the streets of a neighbourhood in radians.
func (s *splitter) orientation(v vec) float64 {
	town := fraction(hash(s.seed, 3, uint64(s.ground.town(v)+1))) - 0.5
	return 0.4*s.turn.at(v) + 0.35*town
}

func extent(points []vec, axis vec) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		x := p.dot(axis)
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// end is where a cut meets the loop of its face: on half h at t of its length,
// or in its origin.
type end struct {
	half int32
	at   vec
	node bool
}

func (s *splitter) try(f *shape, d *dice, class class, block float64, goOn bool) bool {
	through := f.lo + f.long()*d.around(0.5, 0.14)
	start, dir := f.middle.add(f.along.scale(through-f.middle.dot(f.along))), f.along.left()
	stroke := int32(-1)
	if goOn {
		if h, ok := s.continuation(f, dir); ok {
			outside := s.mesh.next[h^1]
			start = s.mesh.from(h)
			dir = start.sub(s.mesh.to(outside)).unit()
			if e := s.mesh.edges[outside/2]; e.class >= class && e.class <= residential && e.stroke >= 0 && s.strokes[e.stroke].base < 0 {
				stroke, class = e.stroke, e.class
			}
		}
	}
	a, b, ok := s.chord(start, dir)
	if !ok {
		return false
	}
	snap := min(70, max(15, 0.27*block))
	a, b = s.snap(a, snap), s.snap(b, snap)
	if !s.clear(a, b) {
		return false
	}
	bend := s.bend(a.at, b.at)
	for i := 1; i < len(bend); i++ {
		if !s.inside(bend[i-1], bend[i], i == 1, i == len(bend)-1, a, b) {
			bend = []vec{a.at, b.at}
			break
		}
	}
	if stroke < 0 {
		stroke = int32(len(s.strokes))
		s.strokes = append(s.strokes, strokeOf(class))
	}
	from, to := s.corner(a), s.corner(b)
	h := s.mesh.splitFace(from, to, stretch{class, stroke})
	for _, v := range bend[1 : len(bend)-1] {
		h = s.mesh.splitEdge(h, v)
	}
	return true
}

func strokeOf(c class) stroke { return stroke{class: c, base: -1} }

// continuation finds a street that ends at the face from outside, about halfway
// and about across.
func (s *splitter) continuation(f *shape, across vec) (half int32, ok bool) {
	best := 0.19 * f.long()
	for i, h := range s.halves {
		outside := s.mesh.next[h^1]
		before := s.halves[(i+len(s.halves)-1)%len(s.halves)]
		if outside == before^1 || s.mesh.next[outside^1] != before^1 {
			continue // not a node of three streets
		}
		if s.mesh.edges[outside/2].class >= notRoad {
			continue
		}
		at := s.mesh.from(h)
		into := at.sub(s.mesh.to(outside)).unit()
		if math.Abs(into.dot(across)) < 0.95 {
			continue
		}
		if off := math.Abs(at.dot(f.along) - (f.lo+f.hi)/2); off < best {
			best, half, ok = off, h, true
		}
	}
	return half, ok
}

// chord is the part of a line inside of the face that start is in, or the
// longest part.
func (s *splitter) chord(start, dir vec) (a, b end, ok bool) {
	type hit struct {
		x   float64
		end end
	}
	var hits []hit
	normal := dir.left()
	c := start.dot(normal)
	for i, p := range s.points {
		q := s.points[(i+1)%len(s.points)]
		dp, dq := p.dot(normal)-c, q.dot(normal)-c
		if (dp < 0) == (dq < 0) {
			continue
		}
		at := p.lerp(q, dp/(dp-dq))
		hits = append(hits, hit{at.dot(dir), end{half: s.halves[i], at: at}})
	}
	for i := 1; i < len(hits); i++ { // few: insertion sort
		for k := i; k > 0 && hits[k].x < hits[k-1].x; k-- {
			hits[k], hits[k-1] = hits[k-1], hits[k]
		}
	}
	x, longest := start.dot(dir), 0.0
	for i := 1; i < len(hits); i += 2 {
		l := hits[i].x - hits[i-1].x
		if hits[i-1].x-1 <= x && x <= hits[i].x+1 {
			l += 1e6
		}
		if l > longest {
			longest, a, b, ok = l, hits[i-1].end, hits[i].end, true
		}
	}
	return a, b, ok
}

// snap moves an end to a node of the loop that is near, if that makes no more
// than a crossing of four.
func (s *splitter) snap(e end, within float64) end {
	from, to := s.mesh.from(e.half), s.mesh.to(e.half)
	first, second := end{e.half, from, true}, end{s.mesh.next[e.half], to, true}
	if e.at.dist(to) < e.at.dist(from) {
		first, second = second, first
	}
	for _, c := range [2]end{first, second} {
		d := e.at.dist(c.at)
		if d < 10 || d < within && s.mesh.degree(c.half) <= 3 {
			return c
		}
	}
	return e
}

// corner is the half that leaves an end's node, which is made if need be.
func (s *splitter) corner(e end) int32 {
	if e.node {
		return e.half
	}
	return s.mesh.splitEdge(e.half, e.at)
}

// clear says that a straight cut from a to b stays within the face, leaves its
// sides at a fair angle and is no side itself.
func (s *splitter) clear(a, b end) bool {
	if a.half == b.half || a.at.dist(b.at) < 25 {
		return false
	}
	if a.node && b.node && (s.mesh.next[a.half] == b.half || s.mesh.next[b.half] == a.half) {
		return false
	}
	dir := b.at.sub(a.at).unit()
	return s.fairAngle(a, dir) && s.fairAngle(b, dir.scale(-1)) && s.inside(a.at, b.at, true, true, a, b)
}

func (s *splitter) fairAngle(e end, dir vec) bool {
	const sharpest = 0.82 // cosine
	after := s.mesh.to(e.half).sub(e.at).unit()
	before := s.mesh.from(e.half)
	if e.node {
		before = s.mesh.from(s.mesh.prev[e.half])
	}
	back := before.sub(e.at).unit()
	// Inside is left of the way out and right of the way back.
	if e.node && after.cross(back) > 0 && (after.cross(dir) <= 0 || dir.cross(back) <= 0) {
		return false
	}
	return after.dot(dir) < sharpest && back.dot(dir) < sharpest
}

// inside says that a piece of a cut meets no side of the face; the first and the
// last piece touch those at its ends.
func (s *splitter) inside(p, q vec, first, last bool, a, b end) bool {
	for i, from := range s.points {
		h := s.halves[i]
		if first && touches(s.mesh, h, a) || last && touches(s.mesh, h, b) {
			continue
		}
		if _, _, hit := meet(p, q, from, s.points[(i+1)%len(s.points)]); hit {
			return false
		}
	}
	return true
}

func touches(m *mesh, h int32, e end) bool {
	return h == e.half || e.node && m.next[h] == e.half
}

// bend is a line from a to b that sways a little if it is long.
func (s *splitter) bend(a, b vec) []vec {
	length := a.dist(b)
	if length < 300 {
		return []vec{a, b}
	}
	n := min(12, int(length/220)+1)
	side := b.sub(a).unit().left()
	amp := min(110, 0.07*length)
	line := make([]vec, n+1)
	for i := range line {
		t := float64(i) / float64(n)
		at := a.lerp(b, t)
		line[i] = at.add(side.scale(amp * 4 * t * (1 - t) * s.sway.at(at)))
	}
	line[0], line[n] = a, b
	return line
}
