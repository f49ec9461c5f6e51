package window

import (
	"math"
	"math/bits"
	"slices"
)

// exactMost is how many names are kept one by one.
const exactMost = 256

// sketch is a set of names that can only grow, of which the number of members can be
// told. Names must be evenly distributed, as keyed hashes are.
type sketch struct {
	// exact are the names in ascending order, until there are too many.
	exact []uint64
	// registers is then a HyperLogLog of 2^precision.
	registers []uint8
	precision uint8
}

// sketchError is the standard error of 2^precision registers, in relation to the
// number (Flajolet et al., HyperLogLog, 2007).
func sketchError(precision uint8) float64 { return 1.04 / math.Sqrt(float64(int(1)<<precision)) }

func (s *sketch) add(name uint64) {
	if s.registers != nil {
		s.register(name)
		return
	}
	at, found := slices.BinarySearch(s.exact, name)
	switch {
	case found:
	case len(s.exact) < exactMost:
		s.exact = slices.Insert(s.exact, at, name)
	default:
		s.grow()
		s.register(name)
	}
}

// register notes a name: the first bits choose the register, which keeps the longest
// run of zeros, and one more, of the bits behind.
func (s *sketch) register(name uint64) {
	r := &s.registers[name>>(64-s.precision)]
	*r = max(*r, uint8(bits.LeadingZeros64(name<<s.precision|1<<(s.precision-1))+1))
}

// grow makes registers of the names.
func (s *sketch) grow() {
	s.registers = make([]uint8, 1<<s.precision)
	for _, name := range s.exact {
		s.register(name)
	}
	s.exact = nil
}

// merge adds the members of another of the same precision.
func (s *sketch) merge(other *sketch) {
	if other.registers == nil {
		for _, name := range other.exact {
			s.add(name)
		}
		return
	}
	if s.registers == nil {
		s.grow()
	}
	for i, r := range other.registers {
		s.registers[i] = max(s.registers[i], r)
	}
}

// count is the number of members, and the standard error in relation to it; 0 if the
// number is exact.
func (s *sketch) count() (n int, relative float64) {
	if s.registers == nil {
		return len(s.exact), 0
	}
	return int(math.Round(estimate(s.registers, s.precision))), sketchError(s.precision)
}

// estimate is the number of names that registers were made of: the improved raw
// estimator of Ertl, New cardinality estimation algorithms for HyperLogLog sketches
// (arXiv:1702.01284), algorithm 6, which needs no corrections by table.
func estimate(registers []uint8, precision uint8) float64 {
	var has [66]float64 // by value of a register
	for _, r := range registers {
		has[r]++
	}
	m, most := float64(len(registers)), 64-int(precision)
	z := m * tau(1-has[most+1]/m)
	for k := most; k >= 1; k-- {
		z = 0.5 * (z + has[k])
	}
	z += m * sigma(has[0]/m)
	return m * m / (2 * math.Ln2 * z)
}

// sigma corrects for registers that are empty.
func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for before := math.NaN(); z != before; {
		x *= x
		before = z
		z += x * y
		y += y
	}
	return z
}

// tau corrects for registers that are full.
func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for before := math.NaN(); z != before; {
		x = math.Sqrt(x)
		before = z
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
	}
	return z / 3
}

// bytes is the memory of the members.
func (s *sketch) bytes() int { return 8*cap(s.exact) + cap(s.registers) }
