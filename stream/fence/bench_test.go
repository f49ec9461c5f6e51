package fence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/tidwall/rtree"
	"golang.org/x/sys/unix"

	"yiping/stream/fence"
)

// city has fences 100 to 800 m wide, every hundredth of 6 km, and vehicles that drive
// about between them at 15 m/s: each is in three, more or less.
type city struct {
	fences []fence.Definition
	places []orb.Point
	at     []float64 // headings
	now    time.Time
}

func newCity(fences, vehicles int) *city {
	r := rand.New(rand.NewPCG(21, 22))
	c := &city{now: start()}
	somewhere := func() orb.Point { return metres(40_000*(r.Float64()-0.5), 40_000*(r.Float64()-0.5)) }
	for i := range fences {
		d := around()
		d.ID = fmt.Sprint("F-", i)
		d.Hysteresis = 10
		center, radius := somewhere(), 50+350*r.Float64()
		if i%100 == 0 {
			radius = 3000
		}
		var ring orb.Ring
		for k := range 40 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 40)
			m := radius * (0.6 + 0.4*r.Float64())
			ring = append(ring, orb.Point{center[0] + m*cos/perLon, center[1] + m*sin/perLat})
		}
		d.Geometry = orb.Polygon{append(ring, ring[0])}
		c.fences = append(c.fences, d)
	}
	for range vehicles {
		c.places = append(c.places, somewhere())
		c.at = append(c.at, 2*math.Pi*r.Float64())
	}
	return c
}

// drive is the next second's fixes.
func (c *city) drive(fixes []fence.Fix) {
	c.now = c.now.Add(time.Second)
	for i := range fixes {
		sin, cos := math.Sincos(c.at[i])
		c.places[i] = orb.Point{c.places[i][0] + 15*cos/perLon, c.places[i][1] + 15*sin/perLat}
		fixes[i].Time, fixes[i].Place = c.now, c.places[i]
	}
}

func (c *city) fixes() []fence.Fix {
	all := make([]fence.Fix, len(c.places))
	for i := range all {
		all[i].Key = fmt.Sprint("v-", i)
	}
	return all
}

// processor is the time that the process has spent on its processors.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkObserve drives 7,000 vehicles past fences; go test -bench Observe.
func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCity(n, 7000)
			e := engine(b, c.fences...)
			fixes := c.fixes()
			c.drive(fixes)
			e.Observe("vehicles", fixes)
			told := 0
			b.ReportAllocs()
			before := processor(b)
			for b.Loop() {
				c.drive(fixes)
				told += len(e.Observe("vehicles", fixes).Transitions)
				e.Advance("vehicles", c.now.Add(-10*time.Second))
			}
			// By the time on the processor: other programs do not count.
			b.ReportMetric(float64(b.N*len(fixes))/(processor(b)-before).Seconds(), "fixes/s")
			b.ReportMetric(float64(told)/float64(b.N*len(fixes)), "told/fix")
		})
	}
}

// BenchmarkNaive is what others do: an R-tree of the fences' bounds, then every
// candidate's whole polygon, for enter and exit alone, without hysteresis or time.
func BenchmarkNaive(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCity(n, 7000)
			var tree rtree.RTreeG[int]
			for i, d := range c.fences {
				bound := d.Geometry.Bound()
				tree.Insert(bound.Min, bound.Max, i)
			}
			fixes := c.fixes()
			c.drive(fixes)
			was := make([]map[int]bool, len(fixes))
			told := 0
			b.ReportAllocs()
			before := processor(b)
			for b.Loop() {
				c.drive(fixes)
				for v := range fixes {
					p, in := fixes[v].Place, map[int]bool{}
					tree.Search(p, p, func(_, _ [2]float64, i int) bool {
						if polygon, ok := c.fences[i].Geometry.(orb.Polygon); ok && planar.PolygonContains(polygon, p) {
							if in[i] = true; !was[v][i] {
								told++
							}
						}
						return true
					})
					for i := range was[v] {
						if !in[i] {
							told++
						}
					}
					was[v] = in
				}
			}
			// By the time on the processor: other programs do not count.
			b.ReportMetric(float64(b.N*len(fixes))/(processor(b)-before).Seconds(), "fixes/s")
			b.ReportMetric(float64(told)/float64(b.N*len(fixes)), "told/fix")
		})
	}
}
