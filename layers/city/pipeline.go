package city

import (
	"strconv"

	"github.com/paulmach/orb"
)

func (c *City) writePipes(out *sink) error {
	pipes, err := c.pipes()
	if err != nil {
		return err
	}
	n, all := c.network(), media()
	var line orb.LineString
	for i := range pipes {
		p := &pipes[i]
		m, l := &all[p.medium], &n.links[p.link]
		km := p.behind / 1000
		diameter := m.diameter(km, l.class)
		year := pipeYear(l, hash(c.seed, 51, uint64(p.link), uint64(p.medium)))
		line = n.pipeLine(line[:0], p, m)
		from := l.a
		if p.back {
			from = l.b
		}
		out.made(m.letter + strconv.Itoa(10000000 + i)[1:])
		out.Geometry = line
		out.set(m.name, diameter, m.depth(km, diameter, l.cross), m.material(diameter, year), year, m.owner,
			int64(from)+1, int64(p.end)+1, pipeZoom(diameter, km))
		if !out.send() {
			return nil
		}
	}
	return nil
}

// pipeYear is the year in which a pipe was laid: old in the core, where much has
// been renewed since, and as old as its quarter elsewhere.
func pipeYear(l *link, h uint64) int64 {
	x, renewed := fraction(h), fraction(mix(h))
	switch u := float64(l.urban); {
	case renewed < 0.45:
		return 2000 + int64(24*x)
	case u > 0.8:
		return 1928 + int64(70*x)
	case u > 0.5:
		return 1965 + int64(45*x)
	default:
		return 1988 + int64(35*x)
	}
}
