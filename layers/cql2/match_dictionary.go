package cql2

// codeTable decides a row by the code of its text.
type codeTable struct {
	column  DictionaryColumn
	entries []uint64
	codes   int
}

// The bits of an entry; a code with neither is unknown. They lie where the loop
// in word wants them.
const (
	entryTrue  = 1 << 31
	entryFalse = 1 << 63
)

// tabulate compiles a condition that depends on one dictionary column only, by
// working it out for each entry. It says false for any other condition.
func (c *compiler) tabulate(e expr) (condition, bool, error) {
	p, ok := onlyText(e)
	if !ok {
		return nil, false, nil
	}
	r, err := reader[Column](c, p)
	if err != nil {
		return nil, false, err
	}
	column, ok := r.(DictionaryColumn)
	if !ok {
		return nil, false, nil
	}
	dictionary := column.Dictionary()
	m, err := (&Filter{root: e}).Compile(dictionaryRows(dictionary))
	if err != nil {
		return nil, false, err
	}
	t := &codeTable{column, make([]uint64, len(dictionary)), slot(&c.needs.codes)}
	s := m.take()
	for row := 0; row < len(dictionary); row += BlockRows {
		n := min(BlockRows, len(dictionary)-row)
		m.test(s, row, n)
		for i := range n {
			if s.out.yes.Has(i) {
				t.entries[row+i] |= entryTrue
			}
			if s.out.no.Has(i) {
				t.entries[row+i] |= entryFalse
			}
		}
	}
	return t, true, nil
}

// onlyText finds the text property that e reads, if it reads no other.
func onlyText(e expr) (Property, bool) {
	var only Property
	ok := true
	eachProperty(e, func(p Property) {
		ok = ok && p.Type == String && !p.Array && (only.Name == "" || only.Name == p.Name)
		only = p
	})
	return only, ok && only.Name != ""
}

// fewRows is the number of rows in need, of a block, up to which they are read one
// by one.
const fewRows = BlockRows / 16

func (t *codeTable) test(b *block, need *Bits, out *truth) {
	if need.Count() <= fewRows {
		t.testFew(b, need, out)
		return
	}
	codes := b.codes[t.codes][:b.n]
	t.column.Codes(b.row, codes)
	for w := 0; w*64 < len(codes); w++ {
		out.yes[w], out.no[w] = t.word(codes[w*64 : min(w*64+64, len(codes))])
	}
}

func (t *codeTable) testFew(b *block, need *Bits, out *truth) {
	*out = truth{}
	code := b.codes[t.codes][:1]
	need.all(func(i int) {
		t.column.Codes(b.row+i, code)
		switch t.entries[code[0]] {
		case entryTrue:
			out.yes.Set(i)
		case entryFalse:
			out.no.Set(i)
		}
	})
}

// word looks up 1 to 64 codes.
func (t *codeTable) word(codes []uint32) (yes, no uint64) {
	if len(codes) < 64 {
		for i, code := range codes {
			yes |= t.entries[code] >> 31 & 1 << i
			no |= t.entries[code] >> 63 << i
		}
		return yes, no
	}
	// The bits of an entry move down as 32 rows go by. Two such runs at a time do
	// not wait for each other.
	var low, high uint64
	entries, first, second := t.entries, codes[:32], codes[32:64]
	for i, code := range first {
		low = low>>1 | entries[code]
		high = high>>1 | entries[second[i]]
	}
	const half = 1<<32 - 1
	return low&half | high<<32, low>>32 | high&^half
}

// share is how many of the entries are true: what a condition lets through, if
// nothing is known of the rows.
func (t *codeTable) share() float64 {
	n := 0
	for _, e := range t.entries {
		if e == entryTrue {
			n++
		}
	}
	return float64(n) / float64(len(t.entries))
}

// dictionaryRows presents a dictionary as the rows of its own column.
type dictionaryRows []string

func (d dictionaryRows) Column(Property) (Column, error) { return d, nil }

func (d dictionaryRows) Nulls(row, _ int, null *Bits) {
	if row == 0 {
		null.Set(0)
	}
}

func (d dictionaryRows) Texts(row int, dst []string) { copy(dst, d[row:]) }
