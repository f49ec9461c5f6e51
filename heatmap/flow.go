package heatmap

// passage is a device that went from a leaf of a root to another. A leaf of another
// root, or no cell, is elsewhere.
type passage struct{ from, to uint16 }

const elsewhere = 1<<16 - 1

// FlowSlots is how many slots the flow of a cell is of: those before the newest, a
// minute with DefaultSlot.
const FlowSlots = 6

// passages are those of a root by slot, modulo the length: those that the flow is of,
// and the newest, which is not over.
type passages [FlowSlots + 1][]passage

// mostPassages is how many passages a slot keeps, of all roots together: 2 MB, what
// 100,000 pings a second are of which half are moves. Where there are more, the flow of
// the minute is not told.
const mostPassages = 1 << 19

// add keeps a passage of a slot.
func (p *passages) add(slot int64, v passage) {
	of := &p[slot%int64(len(p))]
	*of = append(*of, v)
}

// drop forgets the passages of a slot.
func (p *passages) drop(slot int64) { p[slot%int64(len(p))] = nil }

// turn begins a slot after another, and tells whether that may change the flow:
// passages have become part of it, or were forgotten.
func (p *passages) turn(from, to int64) (changed bool) {
	changed = len(p[from%int64(len(p))]) > 0
	for slot := from + 1; slot <= min(to, from+int64(len(p))); slot++ {
		old := &p[slot%int64(len(p))]
		changed = changed || len(*old) > 0
		*old = reuse(*old)
	}
	return changed
}

// reuse empties a list, and gives its memory back if that is much.
func reuse(list []passage) []passage {
	if cap(list) > muchPassages {
		return nil
	}
	return list[:0]
}

const muchPassages = 1 << 12

// stream is who came into a cell of a root and went out of it, as far as it is told.
type stream struct {
	at      uint16
	in, out int32
}

// tally counts the passages of one root after another.
type tally struct {
	// in and out are by depth below the root and number.
	in, out [][]int32
}

func newTally(depth int) tally {
	var t tally
	for d := range depth + 1 {
		t.in, t.out = append(t.in, make([]int32, cellsAt(d))), append(t.out, make([]int32, cellsAt(d)))
	}
	return t
}

// count is what may be told of the flow before a slot, by depth, in ascending order.
func (t *tally) count(p *passages, newest int64, least int32) [][]stream {
	some := false
	for slot := newest - FlowSlots; slot < newest; slot++ {
		for _, v := range p[slot%int64(len(p))] {
			some = true
			t.pass(v)
		}
	}
	told := make([][]stream, len(t.in))
	if !some {
		return told
	}
	for depth := range told {
		for at, in := range t.in[depth] {
			out := t.out[depth][at]
			if max(in, out) < least { // of most cells
				continue
			}
			if in, out = tellFlow(in, out, least); in|out != 0 {
				told[depth] = append(told[depth], stream{uint16(at), in, out})
			}
		}
		clear(t.in[depth])
		clear(t.out[depth])
	}
	return told
}

// pass counts a passage: a device that goes from a leaf to another goes out of all
// cells above the one and into all above the other, up to the first that is both.
func (t *tally) pass(p passage) {
	from, to := p.from, p.to
	for depth := len(t.in) - 1; depth >= 0 && from != to; depth-- {
		if from != elsewhere {
			t.out[depth][from]++
			from /= children
		}
		if to != elsewhere {
			t.in[depth][to]++
			to /= children
		}
	}
}
