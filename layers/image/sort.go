package image

import (
	"cmp"
	"slices"
)

// Digits of the radix sort: 2^11 counters stay in the first-level cache.
const (
	digitBits = 11
	digits    = 1 << digitBits
)

// sortKeys sorts keys and gives the place that each came from. It is a radix sort
// from the lowest digit on, stable, and skips the digits in which all keys are
// equal: a city shares the upper bits of its place on the curve. The slice that
// it returns may be another than keys, whose content is lost.
func sortKeys(keys []uint64) (sorted []uint64, from []uint32) {
	from = make([]uint32, len(keys))
	for i := range from {
		from[i] = uint32(i)
	}
	differ := uint64(0)
	for _, k := range keys {
		differ |= k ^ keys[0]
	}
	var otherKeys []uint64
	var otherFrom []uint32
	for shift := 0; shift < 64; shift += digitBits {
		if differ>>shift&(digits-1) == 0 {
			continue
		}
		if otherKeys == nil {
			otherKeys, otherFrom = make([]uint64, len(keys)), make([]uint32, len(keys))
		}
		var next [digits]uint32
		for _, k := range keys {
			next[k>>shift&(digits-1)]++
		}
		sum := uint32(0)
		for d, n := range next {
			next[d], sum = sum, sum+n
		}
		for i, k := range keys {
			d := k >> shift & (digits - 1)
			otherKeys[next[d]], otherFrom[next[d]] = k, from[i]
			next[d]++
		}
		keys, otherKeys = otherKeys, keys
		from, otherFrom = otherFrom, from
	}
	return keys, from
}

// sortTies puts rows of equal keys in the order of their ids, so that equal rows
// give an equal segment in whatever order they came.
func sortTies(keys []uint64, from []uint32, ids *ints) {
	for low := 0; low < len(keys); {
		high := low + 1
		for high < len(keys) && keys[high] == keys[low] {
			high++
		}
		if high-low > 1 {
			slices.SortFunc(from[low:high], func(a, b uint32) int { return cmp.Compare(ids.at(int(a)), ids.at(int(b))) })
		}
		low = high
	}
}

// orderOf is the order of a list: the places of its values from the least to the
// greatest.
func orderOf(values *ints) []uint32 {
	keys := make([]uint64, values.len())
	for i := range keys {
		keys[i] = uint64(values.at(i)) ^ 1<<63 // signed to unsigned order
	}
	_, from := sortKeys(keys)
	return from
}
