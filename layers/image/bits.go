package image

import "math/bits"

// bitset is one bit for each row. It may be shorter than the rows are many; what
// is beyond is unset.
type bitset []uint64

func (b bitset) has(i int) bool { return i/64 < len(b) && b[i/64]>>(i%64)&1 == 1 }

// set sets bit i and grows the set as far as it must.
func (b *bitset) set(i int) {
	for len(*b) <= i/64 {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

// word is the bits from 64*w on.
func (b bitset) word(w int) uint64 {
	if w < len(b) {
		return b[w]
	}
	return 0
}

func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// countRange is the number of bits set among low…high-1.
func (b bitset) countRange(low, high int) int {
	n := 0
	eachWord(low, high, func(w int, mask uint64) { n += bits.OnesCount64(b.word(w) & mask) })
	return n
}

// permuted is the set of the places in rows whose row is in b.
func (b bitset) permuted(rows []uint32) bitset {
	if b == nil {
		return nil
	}
	out := make(bitset, (len(rows)+63)/64)
	for i, row := range rows {
		if b.has(int(row)) {
			out[i/64] |= 1 << (i % 64)
		}
	}
	return out
}

// chunkRows is the number of rows in a chunk: what is copied for a change, and
// what a filter is worked out for at a time.
const chunkRows = 1 << 15

const chunkWords = chunkRows / 64

// chunk is one bit for each row of a part of a segment. A nil chunk has all set.
// Chunks are immutable once they are shared.
type chunk struct {
	words [chunkWords]uint64
	count int
}

// chunks is how many chunks rows need.
func chunks(rows int) int { return (rows + chunkRows - 1) / chunkRows }

// fullChunk has the first n bits set.
func fullChunk(n int) *chunk {
	c := &chunk{count: n}
	for w := range n / 64 {
		c.words[w] = ^uint64(0)
	}
	if rest := n % 64; rest > 0 {
		c.words[n/64] = 1<<rest - 1
	}
	return c
}

func (c *chunk) has(i int) bool { return c == nil || c.words[i/64]>>(i%64)&1 == 1 }

// unset clears a bit that is set.
func (c *chunk) unset(i int) {
	c.words[i/64] &^= 1 << (i % 64)
	c.count--
}

// and is what is set in both.
func (c *chunk) and(o *chunk) *chunk {
	switch {
	case c == nil:
		return o
	case o == nil:
		return c
	}
	out := &chunk{}
	for w := range out.words {
		out.words[w] = c.words[w] & o.words[w]
		out.count += bits.OnesCount64(out.words[w])
	}
	return out
}

// countRange is the number of bits set among low…high-1.
func (c *chunk) countRange(low, high int) int {
	if c == nil {
		return high - low
	}
	if low == 0 && high == chunkRows {
		return c.count
	}
	n := 0
	eachWord(low, high, func(w int, mask uint64) { n += bits.OnesCount64(c.words[w] & mask) })
	return n
}

// countBoth is the number of bits set among low…high-1 here and in a bitset whose
// word 0 is this chunk's.
func (c *chunk) countBoth(low, high int, with bitset) int {
	n := 0
	eachWord(low, high, func(w int, mask uint64) {
		if c != nil {
			mask &= c.words[w]
		}
		n += bits.OnesCount64(mask & with.word(w))
	})
	return n
}

// each visits the bits set among low…high-1, in order.
func (c *chunk) each(low, high int, visit func(i int)) {
	eachWord(low, high, func(w int, mask uint64) {
		if c != nil {
			mask &= c.words[w]
		}
		for ; mask != 0; mask &= mask - 1 {
			visit(w*64 + bits.TrailingZeros64(mask))
		}
	})
}

// eachWord visits the words that hold the bits low…high-1, with a mask of them.
func eachWord(low, high int, visit func(w int, mask uint64)) {
	for low < high {
		w := low / 64
		end := min((w+1)*64, high)
		mask := ^uint64(0) << (low % 64)
		if rest := end - w*64; rest < 64 {
			mask &= 1<<rest - 1
		}
		visit(w, mask)
		low = end
	}
}
