package hotspot

import (
	"cmp"
	"math"
	"slices"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// Spot is a cell that stands out with those around it.
type Spot struct {
	Cell    cell.Cell
	Density float64
	// Z is Gi*, P how likely at least that much of it is by chance.
	Z, P  float64
	Class Class
}

// Spots is what stands out.
type Spots struct {
	// Cells are in ascending order.
	Cells []Spot
	// Count is the number of cells of the study area.
	Count int
	// Elsewhere is each cell with nobody around; its Class says whether they, too,
	// stand out.
	Elsewhere Spot
}

// Find finds the cells that stand out with all within k steps. heat has cells of one
// resolution, each once; cells without heat are empty.
//
// Gi* is that of Ord and Getis (Geographical Analysis 27, 1995), with weight 1 for a
// cell and those within k steps that are in the study area:
//
//	Gi* = (Σ x − X̄·W) / (S·√((n·W − W²) / (n − 1)))
//
// where x is the density, n all cells of the area, X̄ and S the mean and standard
// deviation over them, and W the number of weights; it is 0 where the divisor is.
//
// Only cells near heat are visited. Those with nobody around have one Gi* in common;
// they are taken to have no border of the area near.
func (a *Area) Find(heat []heatmap.Heat, resolution, k int) Spots {
	g := gi{n: float64(a.Count(resolution))}
	sums := make(map[cell.Cell]float64, len(heat))
	density := make(map[cell.Cell]float64, len(heat))
	surrounded := a.surrounded(k)
	total, squares := 0.0, 0.0
	for _, h := range heat {
		if !a.Contains(h.Cell) {
			continue
		}
		total, squares = total+h.Density, squares+h.Density*h.Density
		density[h.Cell] = h.Density
		free := surrounded[h.Cell.Parent(a.base)]
		for _, c := range h.Cell.Disk(k) {
			if free || a.Contains(c) {
				sums[c] += h.Density
			}
		}
	}
	g.spread(total, squares)
	s := Spots{Count: int(g.n), Elsewhere: g.spot(0, disk(k))}
	all := make([]Spot, 0, len(sums))
	for c, sum := range sums {
		weights := disk(k)
		if !surrounded[c.Parent(a.base)] {
			weights = a.weights(c, k)
		}
		one := g.spot(sum, weights)
		one.Cell, one.Density = c, density[c]
		all = append(all, one)
	}
	classify(all, &s.Elsewhere, s.Count)
	s.Cells = slices.DeleteFunc(all, func(s Spot) bool { return s.Class == None })
	slices.SortFunc(s.Cells, func(a, b Spot) int { return cmp.Compare(a.Cell, b.Cell) })
	return s
}

// disk is the number of cells within k steps of one.
func disk(k int) float64 { return float64(3*k*(k+1) + 1) }

// weights is how many cells within k steps are in the area.
func (a *Area) weights(c cell.Cell, k int) float64 {
	n := 0
	for _, near := range c.Disk(k) {
		if a.Contains(near) {
			n++
		}
	}
	return float64(n)
}

// gi is what Gi* needs of the whole area.
type gi struct {
	n, mean, deviation float64
}

// negligible is the share of the mean's square below which a variance is rounding.
const negligible = 1e-12

// spread takes the sums of the densities and of their squares.
func (g *gi) spread(total, squares float64) {
	if g.n == 0 {
		return
	}
	g.mean = total / g.n
	if variance := squares/g.n - g.mean*g.mean; variance > negligible*g.mean*g.mean {
		g.deviation = math.Sqrt(variance)
	}
}

// spot is a cell by the sum of the densities that have weight.
func (g *gi) spot(sum, weights float64) Spot {
	divisor := 0.0
	if g.n > weights {
		divisor = g.deviation * math.Sqrt((g.n*weights-weights*weights)/(g.n-1))
	}
	if divisor == 0 {
		return Spot{P: 1}
	}
	z := (sum - g.mean*weights) / divisor
	return Spot{Z: z, P: math.Erfc(math.Abs(z) / math.Sqrt2)}
}
