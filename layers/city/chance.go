package city

import (
	"math"
	"math/rand/v2"
)

// dice are the chances of one thing of the city. They are made from that thing's
// own numbers, so that no other thing changes how they fall.
type dice struct{ pcg rand.PCG }

func newDice(seed uint64, about ...uint64) *dice {
	d := &dice{}
	d.pcg.Seed(seed, hash(seed, about...))
	return d
}

func (d *dice) uint64() uint64                 { return d.pcg.Uint64() }
func (d *dice) unit() float64                  { return fraction(d.pcg.Uint64()) }
func (d *dice) between(lo, hi float64) float64 { return lo + (hi-lo)*d.unit() }
func (d *dice) chance(p float64) bool          { return d.unit() < p }

// intN is a number in [0, n).
func (d *dice) intN(n int) int { return int(d.unit() * float64(n)) }

// around is near mean, mostly within spread: the mean of two even throws.
func (d *dice) around(mean, spread float64) float64 {
	return mean + spread*(d.unit()+d.unit()-1)
}

// hash folds numbers into one, each bit of which depends on all of them.
func hash(seed uint64, about ...uint64) uint64 {
	h := mix(seed)
	for _, a := range about {
		h = mix(h ^ a)
	}
	return h
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fraction is a hash as a number in [0, 1).
func fraction(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// noise is a smooth field of numbers in [-1, 1] with hills about one cell wide.
type noise struct {
	seed uint64
	cell float64 // metres
}

func (n noise) at(v vec) float64 {
	x, y := v.x/n.cell, v.y/n.cell
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int64(fx), int64(fy)
	sx, sy := smooth(x-fx), smooth(y-fy)
	top := mixBetween(n.corner(ix, iy), n.corner(ix+1, iy), sx)
	bottom := mixBetween(n.corner(ix, iy+1), n.corner(ix+1, iy+1), sx)
	return mixBetween(top, bottom, sy)
}

func (n noise) corner(ix, iy int64) float64 {
	return 2*fraction(mix(n.seed^uint64(ix)*0x9e3779b97f4a7c15^uint64(iy)*0xc2b2ae3d27d4eb4f)) - 1
}

func mixBetween(a, b, t float64) float64 { return a + (b-a)*t }

// smooth is Perlin's fifth-degree fade, flat at 0 and 1.
func smooth(t float64) float64 { return t * t * t * (t*(6*t-15) + 10) }

// ramp rises smoothly from 0 at lo to 1 at hi (or falls, if hi is below lo).
func ramp(lo, hi, x float64) float64 {
	return smooth(min(1, max(0, (x-lo)/(hi-lo))))
}

// knots is a curve through points, straight between them and level outside.
type knots [][2]float64

func (k knots) at(x float64) float64 {
	if x <= k[0][0] {
		return k[0][1]
	}
	for i := 1; i < len(k); i++ {
		if x <= k[i][0] {
			return mixBetween(k[i-1][1], k[i][1], (x-k[i-1][0])/(k[i][0]-k[i-1][0]))
		}
	}
	return k[len(k)-1][1]
}
