package cql2_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers/cql2"
	"yiping/layers/cql2/cql2test"
)

// star is a polygon with a hole around (x, y), of n corners at random distances.
func star(r *rand.Rand, n int) (text string, corners []orb.Point) {
	ring := func(low, high float64) string {
		var b strings.Builder
		var first string
		for i := range n {
			size := low + (high-low)*r.Float64()
			x, y := 121.47+size*math.Cos(2*math.Pi*float64(i)/float64(n)), 31.23+size*math.Sin(2*math.Pi*float64(i)/float64(n))
			corners = append(corners, orb.Point{x, y})
			position := fmt.Sprintf("%v %v", x, y)
			if i == 0 {
				first = position
			}
			b.WriteString(position + ", ")
		}
		return "(" + b.String() + first + ")"
	}
	return "POLYGON(" + ring(0.5, 1) + ", " + ring(0.1, 0.2) + ")", corners
}

// The test for points in an area agrees with the general one, DE-9IM of the
// geometry library, on random points, on corners, and along edges.
func TestPointsInAreaAgreeWithLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	schema := cql2.Schema{Properties: []cql2.Property{{Name: "geom", Type: cql2.Geometry}}}
	for range 20 {
		polygon, corners := star(r, 5+r.IntN(60))
		points := slices.Clone(corners)
		for i := range 300 {
			a, b := corners[i%len(corners)], corners[(i+1)%len(corners)]
			switch i % 3 {
			case 0: // beside or on an edge
				points = append(points, orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2})
			case 1: // level with a corner
				points = append(points, orb.Point{120.4 + 2*r.Float64(), a[1]})
			default:
				points = append(points, orb.Point{120.4 + 2*r.Float64(), 30.2 + 2*r.Float64()})
			}
		}
		packed, rows := cql2test.Points{}, make([][]any, len(points))
		for i, p := range points {
			packed.Lon, packed.Lat = append(packed.Lon, p[0]), append(packed.Lat, p[1])
			rows[i] = []any{p}
		}
		for _, function := range []string{"S_INTERSECTS", "S_WITHIN", "S_TOUCHES", "S_DISJOINT", "S_CONTAINS", "S_EQUALS"} {
			filter := function + "(geom, " + polygon + ")"
			fast, err := compile(filter, schema, benchColumns{"geom": packed})
			if err != nil {
				t.Fatal(err)
			}
			general, err := compile(filter, schema, cql2.NewRows(schema.Properties, rows))
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range points {
				if got, want := fast.Match(i), general.Match(i); got != want {
					t.Fatalf("%s of %v and\n%s\ngot %v, want %v", function, p, polygon, got, want)
				}
			}
		}
	}
}

// A block of points that lie close together, as in a packed image, is answered as
// each of its points alone; every eighth is asked.
func TestCrowdedPointsInArea(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	schema := cql2.Schema{Properties: []cql2.Property{{Name: "geom", Type: cql2.Geometry}}}
	for range 20 {
		polygon, corners := star(r, 5+r.IntN(60))
		packed := cql2test.Points{Null: make([]bool, 64*cql2.BlockRows)}
		for block := range 64 {
			middle := orb.Point{120.4 + 2*r.Float64(), 30.2 + 2*r.Float64()}
			if block%4 == 0 {
				middle = corners[r.IntN(len(corners))]
			}
			size := math.Exp2(-12 * r.Float64())
			for i := range cql2.BlockRows {
				lon, lat := middle[0]+size*(r.Float64()-0.5), middle[1]+size*(r.Float64()-0.5)
				if r.IntN(50) == 0 {
					lon, packed.Null[block*cql2.BlockRows+i] = math.NaN(), true
				}
				packed.Lon, packed.Lat = append(packed.Lon, lon), append(packed.Lat, lat)
			}
		}
		for _, function := range []string{"S_INTERSECTS", "S_WITHIN", "S_TOUCHES", "S_DISJOINT"} {
			m, err := compile(function+"(geom, "+polygon+")", schema, benchColumns{"geom": packed})
			if err != nil {
				t.Fatal(err)
			}
			var matched cql2.Bits
			for row := 0; row < len(packed.Lon); row += cql2.BlockRows {
				m.Block(row, cql2.BlockRows, &matched)
				for i := r.IntN(8); i < cql2.BlockRows; i += 8 { // one by one is slow
					if got, want := matched.Has(i), m.Match(row+i) == cql2.True; got != want {
						t.Fatalf("%s of %v, %v in a block is %v, alone %v", function, packed.Lon[row+i], packed.Lat[row+i], got, want)
					}
				}
			}
		}
	}
}

// One matcher serves many goroutines; run with -race.
func TestMatcherIsShared(t *testing.T) {
	g := cql2test.New(9)
	schema := cql2test.Schema()
	rows := make([][]any, 300)
	for i := range rows {
		rows[i] = g.Row()
	}
	m, err := compile("S_OVERLAPS(shape1, POLYGON((-1 -1, 1 -1, 1 1, -1 1, -1 -1))) OR S_WITHIN(point1, BBOX(-1, -1, 0, 0)) OR CASEI(word1) LIKE '%s%'",
		schema, cql2test.NewPacked(rows))
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Collect(m.Rows(0, len(rows)))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				if got := slices.Collect(m.Rows(0, len(rows))); !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	group.Wait()
}
