package geohash

import (
	"github.com/paulmach/orb"
)

// Length is that of all geohashes here, in digits.
const Length = 7

// The bits of a geohash: those of longitude come first, third, and so on.
const (
	bits    = 5 * Length
	lonBits = (bits + 1) / 2
	latBits = bits / 2
)

// digits ascend in the order of their bytes.
const digits = "0123456789bcdefghjkmnpqrstuvwxyz"

// At is the geohash of the cell that holds a point of the world. A point on an
// edge belongs to the cell east or north of it, as in PostGIS.
func At(p orb.Point) string {
	return text(interleaved(step(p[0], 180, lonBits), step(p[1], 90, latBits)))
}

// step is the cell along one axis from -most to most, found by halving: the
// bounds between cells are exact in floating point, a division would not be.
func step(at, most float64, n int) uint64 {
	var cell uint64
	low, high := -most, most
	for range n {
		middle := (low + high) / 2
		cell <<= 1
		if at >= middle {
			cell, low = cell|1, middle
		} else {
			high = middle
		}
	}
	return cell
}

func interleaved(x, y uint64) uint64 {
	var code uint64
	for i := range latBits {
		code |= (x>>i&1)<<(2*i) | (y>>i&1)<<(2*i+1)
	}
	return code | x>>latBits<<(2*latBits)
}

func text(code uint64) string {
	var b [Length]byte
	for i := range b {
		b[i] = digits[code>>(5*(Length-1-i))&31]
	}
	return string(b[:])
}
