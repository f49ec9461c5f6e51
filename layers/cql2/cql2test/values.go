package cql2test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/peterstace/simplefeatures/geom"

	"yiping/layers/cql2"
)

func sortProperties(p []cql2.Property) {
	slices.SortFunc(p, func(a, b cql2.Property) int { return strings.Compare(a.Name, b.Name) })
}

// Generator makes random rows and filters over Schema. Equal seeds make equal
// sequences.
type Generator struct {
	schema cql2.Schema
	rand   *rand.Rand
}

// New returns a generator with a seed.
func New(seed uint64) *Generator {
	return &Generator{Schema(), rand.New(rand.NewPCG(seed, 0))}
}

// Row is a value for each property of Schema, in its order, as cql2.NewRows
// takes them.
func (g *Generator) Row() []any {
	row := make([]any, len(g.schema.Properties))
	for i, p := range g.schema.Properties {
		switch {
		case g.one(6): // null
		case p.Array:
			items := make([]any, g.rand.IntN(4))
			for k := range items {
				if !g.one(8) {
					items[k] = g.value(p.Type)
				}
			}
			row[i] = items
		case p.Name == "point1":
			row[i] = g.point()
		case p.Name == "名称":
			row[i] = g.text() + g.text()
		default:
			row[i] = g.value(p.Type)
		}
	}
	return row
}

// one is true once in n times.
func (g *Generator) one(n int) bool { return g.rand.IntN(n) == 0 }

func pick[T any](g *Generator, from ...T) T { return from[g.rand.IntN(len(from))] }

// value has the Go type that a row holds, dates and timestamps as time.Time.
func (g *Generator) value(t cql2.Type) any {
	switch t {
	case cql2.Boolean:
		return g.one(2)
	case cql2.String:
		return g.text()
	case cql2.Integer:
		return g.integer()
	case cql2.Number:
		return g.number()
	case cql2.Date:
		return g.day()
	case cql2.Timestamp:
		return g.moment()
	default:
		return g.shape()
	}
}

func (g *Generator) text() string {
	return pick(g, "", "a", "A", "aa", "ab", "aB", "b", "ß", "ẞ", "ss", "SS", "sS", "Straße", "STRASSE", "é", "e\u0301", "É",
		"e", "E", "İ", "i\u0307", "ı", "I", "i", "ς", "σ", "Σ", "ΟΔΟΣ", "οδός", "北京", "北", "北京西路", "㍿", "が", "か\u3099", "한국",
		"a_b", "a%b", `a\b`, `\`, "'", `\'`, "%", "_", "🏙", "ﬁ", "fi", "Ａ", "ａ", "Ǆ", "ǆ", "K", "k", "Å", "å", "å\u0323", "z", "Z", " ",
		"a b", "\n", "ꭰ", "Ꭰ", "µ", "μ", "ſ", "ŉ", "ΐ", "ϊ\u0301", "\U00010400", "\U00010428")
}

func (g *Generator) integer() int64 {
	if g.one(8) {
		return pick[int64](g, 1<<53, 1<<53+1, -1<<53-1, 1<<62, -1<<63, 1<<63-1)
	}
	return int64(g.rand.IntN(9) - 4)
}

func (g *Generator) number() float64 {
	if g.one(8) {
		return pick[float64](g, 1e-101, 1e-100, 1e100, 1e101, -1e300, 1e300, 5e-324, 0.1, 0.2, 0.3, 1<<53, 123456.789)
	}
	return float64(g.rand.IntN(17)-8) / 2
}

func (g *Generator) day() time.Time {
	if g.one(10) {
		return pick(g, date(0, 1, 1), date(1, 1, 1), date(1582, 10, 10), date(9999, 12, 31), date(1900, 2, 28))
	}
	return date(1969, 12, 30).AddDate(0, 0, g.rand.IntN(5))
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func (g *Generator) moment() time.Time {
	return g.day().Add(pick(g, 0, time.Microsecond, time.Hour, 23*time.Hour, 24*time.Hour-time.Microsecond))
}

func (g *Generator) point() orb.Point { return orb.Point{g.coordinate(), g.coordinate()} }

func (g *Generator) coordinate() float64 { return float64(g.rand.IntN(17)-8) / 4 }

// shape is a valid geometry of any type but a collection. Its segments run along
// the axes and their diagonals, so that they meet on a grid of an eighth and
// every predicate is exact. Elsewhere GEOS before 3.13 is not: where it rounds
// an intersection it may lose that the lines overlap.
func (g *Generator) shape() orb.Geometry {
	return g.valid(func() orb.Geometry {
		switch g.rand.IntN(8) {
		case 0:
			return g.point()
		case 1:
			return orb.MultiPoint{g.point(), g.point()}
		case 2:
			return g.line()
		case 3:
			return orb.MultiLineString{g.line(), g.line()}
		case 4, 5:
			return orb.Polygon{g.ring()}
		case 6:
			return orb.Polygon{g.ring(), g.ring()}
		default:
			return orb.MultiPolygon{{g.ring()}, {g.ring()}}
		}
	})
}

// freePolygon has edges of any direction, for points only.
func (g *Generator) freePolygon() orb.Geometry {
	return g.valid(func() orb.Geometry {
		n := 3 + g.rand.IntN(4)
		ring := make(orb.Ring, n+1)
		for i := range n {
			ring[i] = g.point()
		}
		ring[n] = ring[0]
		return orb.Polygon{ring}
	})
}

// valid tries candidates until PostGIS would call one valid.
func (g *Generator) valid(candidate func() orb.Geometry) orb.Geometry {
	for {
		s := candidate()
		checked, err := geom.UnmarshalWKB(wkb.MustMarshal(s), geom.NoValidate{})
		if err == nil && checked.Validate() == nil {
			return s
		}
	}
}

// line takes some straight or diagonal steps.
func (g *Generator) line() orb.LineString {
	line := make(orb.LineString, 2+g.rand.IntN(3))
	line[0] = g.point()
	for i, last := range line[:len(line)-1] {
		size := float64(1+g.rand.IntN(6)) / 4
		step := pick(g, orb.Point{1, 0}, orb.Point{0, 1}, orb.Point{-1, 0}, orb.Point{0, -1},
			orb.Point{1, 1}, orb.Point{1, -1}, orb.Point{-1, 1}, orb.Point{-1, -1})
		line[i+1] = orb.Point{last[0] + size*step[0], last[1] + size*step[1]}
	}
	return line
}

// ring is a rectangle, a triangle, a diamond or an L.
func (g *Generator) ring() orb.Ring {
	p, a, b := g.point(), float64(1+g.rand.IntN(6))/4, float64(1+g.rand.IntN(6))/4
	steps := pick(g,
		[]orb.Point{{a, 0}, {a, b}, {0, b}},
		[]orb.Point{{a, 0}, {0, a}},
		[]orb.Point{{a, a}, {-a, a}},
		[]orb.Point{{a, a}, {0, 2 * a}, {-a, a}},
		[]orb.Point{{a + b, 0}, {a + b, b}, {b, b}, {b, a + b}, {0, a + b}})
	ring := orb.Ring{p}
	for _, s := range steps {
		ring = append(ring, orb.Point{p[0] + s[0], p[1] + s[1]})
	}
	return append(ring, p)
}
