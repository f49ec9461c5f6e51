package image

import "math"

// ints is a list of integers in the narrowest of 8, 16, 32 and 64 bits that holds
// them all; exactly one of the slices is in use. The zero value is empty.
type ints struct {
	i8  []int8
	i16 []int16
	i32 []int32
	i64 []int64
	// bits is the width in use; 0 is that of an empty list.
	bits uint8
}

// width is the number of bits that v needs.
func width(v int64) uint8 {
	switch {
	case v == int64(int8(v)):
		return 8
	case v == int64(int16(v)):
		return 16
	case v == int64(int32(v)):
		return 32
	default:
		return 64
	}
}

func (s *ints) append(v int64) {
	if w := width(v); w > s.bits {
		s.widen(w)
	}
	switch s.bits {
	case 8:
		s.i8 = append(s.i8, int8(v))
	case 16:
		s.i16 = append(s.i16, int16(v))
	case 32:
		s.i32 = append(s.i32, int32(v))
	default:
		s.i64 = append(s.i64, v)
	}
}

// widen moves the list to slices of a larger width.
func (s *ints) widen(bits uint8) {
	n := s.len()
	wide := ints{bits: bits}
	switch bits {
	case 8:
		wide.i8 = make([]int8, 0, n)
	case 16:
		wide.i16 = widened[int16](s)
	case 32:
		wide.i32 = widened[int32](s)
	default:
		wide.i64 = widened[int64](s)
	}
	*s = wide
}

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint32
}

func widened[T integer](s *ints) []T {
	out := make([]T, s.len(), s.len()+s.len()/4)
	copyInts(s, 0, out)
	return out
}

func (s *ints) len() int {
	return len(s.i8) + len(s.i16) + len(s.i32) + len(s.i64)
}

func (s *ints) at(i int) int64 {
	switch s.bits {
	case 8:
		return int64(s.i8[i])
	case 16:
		return int64(s.i16[i])
	case 32:
		return int64(s.i32[i])
	default:
		return s.i64[i]
	}
}

// copyInts reads the values from row on into dst, whose type must hold them.
func copyInts[T integer](s *ints, row int, dst []T) {
	switch s.bits {
	case 8:
		convert(s.i8[row:], dst)
	case 16:
		convert(s.i16[row:], dst)
	case 32:
		convert(s.i32[row:], dst)
	case 64:
		convert(s.i64[row:], dst)
	}
}

func convert[S, T integer](src []S, dst []T) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = T(v)
	}
}

// permuted is the list of the values at rows.
func (s *ints) permuted(rows []uint32) ints {
	return ints{
		i8: pick(s.i8, rows), i16: pick(s.i16, rows),
		i32: pick(s.i32, rows), i64: pick(s.i64, rows), bits: s.bits,
	}
}

// pick is the list of the values at rows; nil stays nil.
func pick[T any](src []T, rows []uint32) []T {
	if src == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = src[row]
	}
	return out
}

// bytes is the memory in use.
func (s *ints) bytes() int {
	return len(s.i8) + 2*len(s.i16) + 4*len(s.i32) + 8*len(s.i64)
}

// floats is a list of numbers, in 32 bits as long as that loses nothing. The zero
// value is empty.
type floats struct {
	f32 []float32
	f64 []float64
}

func (s *floats) append(v float64) {
	if s.f64 == nil && float64(float32(v)) == v {
		s.f32 = append(s.f32, float32(v))
		return
	}
	if s.f64 == nil {
		s.f64 = make([]float64, len(s.f32), len(s.f32)+len(s.f32)/4+1)
		for i, f := range s.f32 {
			s.f64[i] = float64(f)
		}
		s.f32 = nil
	}
	s.f64 = append(s.f64, v)
}

func (s *floats) len() int { return len(s.f32) + len(s.f64) }

func (s *floats) at(i int) float64 {
	if s.f64 != nil {
		return s.f64[i]
	}
	return float64(s.f32[i])
}

func (s *floats) read(row int, dst []float64) {
	if s.f64 != nil {
		copy(dst, s.f64[row:])
		return
	}
	for i, v := range s.f32[row : row+len(dst)] {
		dst[i] = float64(v)
	}
}

func (s *floats) permuted(rows []uint32) floats {
	return floats{f32: pick(s.f32, rows), f64: pick(s.f64, rows)}
}

func (s *floats) bytes() int { return 4*len(s.f32) + 8*len(s.f64) }

// finite reports whether all numbers are.
func (s *floats) finite() bool {
	for i := range s.len() {
		if v := s.at(i); math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
