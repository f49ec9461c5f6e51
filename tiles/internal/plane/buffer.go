package plane

import "slices"

// cleared is a buffer of n zero values in the memory of an old one, if that is
// enough.
func cleared[T any](old []T, n int) []T {
	s := slices.Grow(old[:0], n)[:n]
	clear(s)
	return s
}
