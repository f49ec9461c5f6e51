package cql2

// codeTable decides a row by the code of its text: bit 0 of an entry says true,
// bit 1 false, neither unknown.
type codeTable struct {
	column  DictionaryColumn
	entries []uint8
	codes   int
}

const (
	entryTrue  = 1
	entryFalse = 2
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
	t := &codeTable{column, make([]uint8, len(dictionary)), slot(&c.needs.codes)}
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

func (t *codeTable) test(b *block, _ *Bits, out *truth) {
	codes := b.codes[t.codes][:b.n]
	t.column.Codes(b.row, codes)
	for w := 0; w*64 < len(codes); w++ {
		out.yes[w], out.no[w] = t.word(codes[w*64 : min(w*64+64, len(codes))])
	}
}

// word looks up 1 to 64 codes.
func (t *codeTable) word(codes []uint32) (yes, no uint64) {
	for _, code := range codes {
		entry := uint64(t.entries[code])
		yes = yes>>1 | entry<<63
		no = no>>1 | entry>>1<<63
	}
	unused := 64 - len(codes)
	return yes >> unused, no >> unused
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
