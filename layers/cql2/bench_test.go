package cql2_test

// Run with
//
//	go test -run '^$' -bench . ./layers/cql2
//
// Figures of the matcher are per row of a column of a million rows.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"yiping/layers/cql2"
	"yiping/layers/cql2/cql2test"
)

// benchColumns is a packed image of components in a box around Shanghai.
type benchColumns map[string]cql2.Column

func (c benchColumns) Column(p cql2.Property) (cql2.Column, error) {
	if column, ok := c[p.Name]; ok {
		return column, nil
	}
	return nil, fmt.Errorf("no column %s", p.Name)
}

type floatSlice []float64

func (s floatSlice) Nulls(int, int, *cql2.Bits)    {}
func (s floatSlice) Floats(row int, dst []float64) { copy(dst, s[row:]) }

// shortSlice holds integers in 16 bits, as a packed image does.
type shortSlice []int16

func (s shortSlice) Nulls(int, int, *cql2.Bits) {}

func (s shortSlice) Ints(row int, dst []int64) {
	for i, v := range s[row : row+len(dst)] {
		dst[i] = int64(v)
	}
}

const benchRows = 1 << 20

func newBenchColumns() benchColumns {
	r := rand.New(rand.NewPCG(1, 2))
	class := &cql2test.Dictionary{Entries: []string{""}, Rows: make([]uint32, benchRows)}
	for i := range 120 {
		class.Entries = append(class.Entries, fmt.Sprintf("%05d", 10100+i))
	}
	state := &cql2test.Dictionary{Entries: []string{"", "完好", "破损", "丢失", "废弃", "移除"}, Rows: make([]uint32, benchRows)}
	points := cql2test.Points{Lon: make([]float64, benchRows), Lat: make([]float64, benchRows)}
	height, floors := make(floatSlice, benchRows), make(shortSlice, benchRows)
	for i := range benchRows {
		class.Rows[i] = uint32(1 + r.IntN(120))
		state.Rows[i] = uint32(1 + r.IntN(5))
		points.Lon[i], points.Lat[i] = 120.8+r.Float64()*1.4, 30.7+r.Float64()*1.2
		height[i], floors[i] = math.Round(r.ExpFloat64()*300)/10, int16(r.IntN(60))
	}
	return benchColumns{"class": class, "state": state, "geom": points, "height": height, "floors": floors}
}

func benchSchema() cql2.Schema {
	return cql2.Schema{Properties: []cql2.Property{
		{Name: "class", Type: cql2.String},
		{Name: "state", Type: cql2.String},
		{Name: "geom", Type: cql2.Geometry},
		{Name: "height", Type: cql2.Number},
		{Name: "floors", Type: cql2.Integer},
	}}
}

// circle is a polygon of n vertices around the city.
func circle(n int) string {
	var b strings.Builder
	b.WriteString("POLYGON((")
	for i := range n + 1 {
		angle := 2 * math.Pi * float64(i%n) / float64(n)
		fmt.Fprintf(&b, "%.6f %.6f,", 121.47+0.2*math.Cos(angle), 31.23+0.2*math.Sin(angle))
	}
	return strings.TrimSuffix(b.String(), ",") + "))"
}

func BenchmarkMatcher(b *testing.B) {
	columns := newBenchColumns()
	for _, bench := range []struct{ name, filter string }{
		{"equal", "class = '10117'"},
		{"equal and in", "class = '10117' AND state IN ('破损', '丢失')"},
		{"like", "CASEI(class) LIKE CASEI('1011%')"},
		{"integer range", "floors BETWEEN 10 AND 20"},
		{"number range", "height >= 24 AND height < 100"},
		{"arithmetic", "height / floors > 3.5"},
		{"box", "S_INTERSECTS(geom, BBOX(121.4, 31.1, 121.6, 31.3))"},
		{"polygon of 12", "S_INTERSECTS(geom, " + circle(12) + ")"},
		{"polygon of 1000", "S_WITHIN(geom, " + circle(1000) + ")"},
		{"all together", "state <> '完好' AND floors > 5 AND height < 50 AND S_INTERSECTS(geom, " + circle(100) + ")"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			m, err := compile(bench.filter, benchSchema(), columns)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				m.Count(0, benchRows)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, filter string }{
		{"short", "class = '10117' AND state IN ('破损', '丢失')"},
		{"polygon of 1000", "S_INTERSECTS(geom, " + circle(1000) + ")"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cql2.Parse(bench.filter, cql2.DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The whole way of a request to the compiled matcher.
func BenchmarkCompile(b *testing.B) {
	columns, schema := newBenchColumns(), benchSchema()
	for b.Loop() {
		if _, err := compile("class = '10117' AND state IN ('破损', '丢失')", schema, columns); err != nil {
			b.Fatal(err)
		}
	}
}

func compile(filter string, schema cql2.Schema, columns cql2.Columns) (*cql2.Matcher, error) {
	e, err := cql2.Parse(filter, cql2.DefaultLimits())
	if err != nil {
		return nil, err
	}
	f, err := e.Check(schema)
	if err != nil {
		return nil, err
	}
	return f.Compile(columns)
}
