package city

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Made-up divisions have codes from 901 on within their district, which no real
// street or town has.
const firstMadeUpCode = 901

// towns divides every district into as many streets and towns as it really has,
// smaller towards the city's centre. True names on made-up borders would be a lie,
// so the names say 示意. The parts of a district share their borders with each
// other and with the district.
func (d *drawing) towns() error {
	rows, err := readTable("districts.csv", "code", "name", "name_en", "towns", "population", "population_year")
	if err != nil {
		return err
	}
	for i, r := range rows {
		district := &d.base.Districts[i]
		var cells []orb.MultiPolygon
		for part, n := range shareOut(int(r.integer("towns")), district.Geometry) {
			cells = append(cells, d.divide(district.Geometry[part][0], n)...)
		}
		for k, cell := range cells {
			code := fmt.Sprintf("%s%03d", district.Code, firstMadeUpCode+k)
			d.base.Streets = append(d.base.Streets, Area{
				Code: code, Provisional: true, Parent: district.Code,
				Name:   fmt.Sprintf("%s示意街镇%02d", district.Name, k+1),
				NameEn: fmt.Sprintf("%s, schematic town %02d", district.NameEn, k+1),
				Source: schematicSource, SourceID: "street/" + code,
				Geometry: cell,
			})
		}
	}
	return nil
}

// shareOut gives each island of a district its share of n towns by area, one at
// least. The largest island comes first and takes the rest.
func shareOut(n int, islands orb.MultiPolygon) []int {
	whole := math.Abs(planar.Area(islands))
	shares := make([]int, len(islands))
	rest := n
	for i := len(islands) - 1; i > 0; i-- {
		shares[i] = max(1, int(math.Round(float64(n)*math.Abs(planar.Area(islands[i]))/whole)))
		rest -= shares[i]
	}
	shares[0] = rest
	return shares
}

// relaxedSeeds places n seeds in an outline by weighted k-means (Lloyd): the
// nearer to the city's centre, the denser.
func relaxedSeeds(outline []corner, centre vec, n int) []vec {
	const samplesPerSeed, rounds = 100, 30
	samples := samplesIn(outline, n*samplesPerSeed)
	weight := make([]float64, len(samples))
	for i, s := range samples {
		weight[i] = math.Pow(2000+s.dist(centre), -1.4)
	}
	seeds := farApart(samples, weight, n)
	type pile struct {
		sum    vec
		weight float64
	}
	for range rounds {
		piles := make([]pile, n)
		for i, s := range samples {
			p := &piles[nearest(seeds, s)]
			p.sum = p.sum.add(s.scale(weight[i]))
			p.weight += weight[i]
		}
		for i, p := range piles {
			if p.weight > 0 {
				seeds[i] = p.sum.scale(1 / p.weight)
			}
		}
	}
	slices.SortFunc(seeds, func(a, b vec) int { return cmp.Compare(a.dist(centre), b.dist(centre)) })
	return seeds
}

// samplesIn is a square lattice of about n points inside an outline, found row by
// row: a row is inside between every other of the edges that it crosses.
func samplesIn(outline []corner, n int) []vec {
	lo, hi, area := outline[0].at.y, outline[0].at.y, 0.0
	for i, c := range outline {
		lo, hi = min(lo, c.at.y), max(hi, c.at.y)
		area += c.at.cross(outline[(i+1)%len(outline)].at) / 2
	}
	step := math.Sqrt(math.Abs(area) / float64(n))
	var samples []vec
	for y := lo + step/2; y < hi; y += step {
		var crossed []float64
		for i, c := range outline {
			a, b := c.at, outline[(i+1)%len(outline)].at
			if (a.y > y) != (b.y > y) {
				crossed = append(crossed, a.x+(b.x-a.x)*(y-a.y)/(b.y-a.y))
			}
		}
		slices.Sort(crossed)
		for k := 0; k+1 < len(crossed); k += 2 {
			for x := math.Ceil(crossed[k]/step) * step; x < crossed[k+1]; x += step {
				samples = append(samples, vec{x, y})
			}
		}
	}
	return samples
}

// farApart picks n of the samples to start from, each the one that is worst served
// by those before it.
func farApart(samples []vec, weight []float64, n int) []vec {
	seeds := []vec{samples[len(samples)/2]}
	for len(seeds) < n {
		worst, most := 0, -1.0
		for i, s := range samples {
			if cost := s.dist(seeds[nearest(seeds, s)]) * math.Sqrt(weight[i]); cost > most {
				worst, most = i, cost
			}
		}
		seeds = append(seeds, samples[worst])
	}
	return seeds
}

func nearest(seeds []vec, v vec) int {
	best, least := 0, math.Inf(1)
	for i, s := range seeds {
		step := s.sub(v)
		if square := step.dot(step); square < least {
			best, least = i, square
		}
	}
	return best
}
