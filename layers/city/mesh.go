package city

import (
	"cmp"
	"math"
	"slices"
)

// mesh is the plane cut into faces. Each edge e has two halves, 2e and 2e+1, one
// for each face beside it; a half has its face on the left. All edges belong to
// one connected figure, so that a face is one loop of halves.
type mesh struct {
	nodes []vec
	edges []stretch
	// of each half
	origin     []int32
	next, prev []int32
	face       []int32
	// faces holds one half of each face; the first is the outside.
	faces []int32
}

// stretch is what an edge of a mesh is a part of.
type stretch struct {
	class class
	// stroke is the line that was drawn in one go; -1 for none.
	stroke int32
}

// line is an edge before it is a part of a mesh.
type line struct {
	a, b int32 // nodes
	stretch
}

// newMesh makes the mesh of lines that meet at nodes only.
func newMesh(nodes []vec, lines []line) *mesh {
	m := &mesh{nodes: nodes}
	around := make([][]int32, len(nodes)) // halves that leave each node
	for _, l := range lines {
		e := m.addEdge(l.a, l.b, l.stretch)
		around[l.a] = append(around[l.a], 2*e)
		around[l.b] = append(around[l.b], 2*e+1)
	}
	for _, halves := range around {
		slices.SortFunc(halves, func(g, h int32) int { return cmp.Compare(m.angle(g), m.angle(h)) })
		for i, h := range halves {
			// What arrives as the twin of h goes on, face on the left, with
			// the half that stands clockwise before h.
			m.link(h^1, halves[(i+len(halves)-1)%len(halves)])
		}
	}
	m.findFaces()
	return m
}

func (m *mesh) addEdge(a, b int32, s stretch) int32 {
	m.edges = append(m.edges, s)
	m.origin = append(m.origin, a, b)
	m.next = append(m.next, -1, -1)
	m.prev = append(m.prev, -1, -1)
	m.face = append(m.face, -1, -1)
	return int32(len(m.edges) - 1)
}

func (m *mesh) link(h, next int32) { m.next[h], m.prev[next] = next, h }

func (m *mesh) from(h int32) vec { return m.nodes[m.origin[h]] }
func (m *mesh) to(h int32) vec   { return m.nodes[m.origin[h^1]] }

func (m *mesh) angle(h int32) float64 {
	d := m.to(h).sub(m.from(h))
	return math.Atan2(d.y, d.x)
}

func (m *mesh) findFaces() {
	m.faces = []int32{-1}
	for h := range m.face {
		if m.face[h] >= 0 {
			continue
		}
		var area float64
		for g := int32(h); ; {
			area += m.from(g).cross(m.to(g))
			if g = m.next[g]; g == int32(h) {
				break
			}
		}
		f := int32(0)
		if area > 0 {
			f = int32(len(m.faces))
			m.faces = append(m.faces, int32(h))
		} else {
			m.faces[0] = int32(h)
		}
		m.setFace(int32(h), f)
	}
}

func (m *mesh) setFace(h, f int32) {
	for g := h; m.face[g] != f; g = m.next[g] {
		m.face[g] = f
	}
	m.faces[f] = h
}

// loop appends the halves around a face to buf.
func (m *mesh) loop(buf []int32, f int32) []int32 {
	h := m.faces[f]
	for g := h; ; {
		buf = append(buf, g)
		if g = m.next[g]; g == h {
			return buf
		}
	}
}

// splitEdge puts a node into the edge of h and returns the half that leaves the
// new node on the side of h.
func (m *mesh) splitEdge(h int32, at vec) int32 {
	t := h ^ 1
	n := int32(len(m.nodes))
	m.nodes = append(m.nodes, at)
	e := m.addEdge(n, m.origin[t], m.edges[h/2])
	h2, t2 := 2*e, 2*e+1
	m.face[h2], m.face[t2] = m.face[h], m.face[t]
	m.link(h2, m.next[h])
	m.link(m.prev[t], t2)
	m.link(h, h2)
	m.link(t2, t)
	m.origin[t] = n
	return h2
}

// splitFace joins the origins of g and h, two halves of one face, by a new edge
// and returns the half that runs from g to h; the face on its other side is new.
func (m *mesh) splitFace(g, h int32, s stretch) int32 {
	e := m.addEdge(m.origin[g], m.origin[h], s)
	there, back := 2*e, 2*e+1
	beforeG, beforeH := m.prev[g], m.prev[h]
	m.link(beforeG, there)
	m.link(there, h)
	m.link(beforeH, back)
	m.link(back, g)
	old := m.face[h]
	m.face[there] = old
	m.faces[old] = there
	m.faces = append(m.faces, back)
	m.setFace(back, int32(len(m.faces)-1))
	return there
}

// degree counts the edges at the origin of h, but not beyond 5.
func (m *mesh) degree(h int32) int {
	n := 0
	for g := h; n < 5; {
		n++
		if g = m.next[g^1]; g == h {
			break
		}
	}
	return n
}
