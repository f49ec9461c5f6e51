package indicator

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"yiping/geo"
	"yiping/layers/cql2"
	"yiping/stream"
)

// picture is all rows after a count. It never changes.
type picture struct {
	epoch   string
	seq     uint64 // of the counts of the epoch that changed something
	regions *Regions
	time    int64
	// counted are the positions of the streams, by name.
	counted map[string]string
	rows    []row    // by id
	keys    []string // by id, also of rows that are gone
	// left is where rows were that are gone or elsewhere, in order; floor is the newest
	// count of which some have been forgotten.
	left  []left
	floor uint64
}

// row is one indicator of one region.
type row struct {
	tally

	id        int64
	indicator *Indicator
	region    region
	// position is that of the stream when it was counted, at time.
	position string
	time     int64
	ver      uint64
}

// left is a row that is not where it was.
type left struct {
	seq uint64
	id  int64
	at  geo.Fixed
}

// leftEntries is how many rows that are gone are remembered at least: those of a city
// whose districts are all replaced ten times, and more. Who asks for earlier ones takes a
// snapshot.
const leftEntries = 1 << 12

// leave notes that a row is not where it was, in a picture that nobody has yet.
func (p *picture) leave(id int64, at geo.Fixed) {
	p.left = append(p.left, left{p.seq, id, at})
	if n := len(p.left) - leftEntries; n >= leftEntries {
		p.floor = p.left[n-1].seq
		p.left = slices.Clone(p.left[n:])
	}
}

func (p *picture) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(p.rows, id, func(r row, id int64) int { return cmp.Compare(r.id, id) })
}

var _ stream.Keyed = (*picture)(nil)

// Position is the place of the picture in the history of the table.
func (p *picture) Position() string { return p.epoch + "." + strconv.FormatUint(p.seq, 10) }

// Find is the row of an id.
func (p *picture) Find(id int64) (stream.Row, bool) {
	n, ok := p.find(id)
	return stream.Row(n), ok
}

// Lookup is the id of a key, code|region.
func (p *picture) Lookup(key string) (id int64, ok bool) {
	n := slices.Index(p.keys, key)
	return int64(n), n >= 0
}

// ID is that of a row.
func (p *picture) ID(r stream.Row) int64 { return p.rows[r].id }

// Anchor is that of the region.
func (p *picture) Anchor(r stream.Row) geo.Fixed { return p.rows[r].region.anchor }

// Bounds is the anchor.
func (p *picture) Bounds(r stream.Row) geo.FixedBox { return boxAt(p.Anchor(r)) }

// AppendKey appends the key of an id as JSON.
func (p *picture) AppendKey(b []byte, id int64) []byte { return appendText(b, p.keys[id]) }

// Writer writes rows as flat objects, but for at. What is unknown is left out.
func (p *picture) Writer(fields []string) func(b []byte, r stream.Row) []byte {
	has := func(name string) bool { return fields == nil || slices.Contains(fields, name) }
	return func(b []byte, n stream.Row) []byte {
		r := &p.rows[n]
		text := func(name, value string) {
			if value != "" && has(name) {
				b = appendText(append(append(append(b, `,"`...), name...), `":`...), value)
			}
		}
		at := stream.PlaceOf(r.region.anchor)
		b = p.AppendKey(append(b, `{"k":`...), r.id)
		b = strconv.AppendUint(append(b, `,"ver":`...), r.ver, 10)
		b = strconv.AppendInt(append(b, `,"t":`...), r.time, 10)
		b = strconv.AppendFloat(append(b, `,"lon":`...), at[0], 'f', -1, 64)
		b = strconv.AppendFloat(append(b, `,"lat":`...), at[1], 'f', -1, 64)
		text(fieldCode, r.indicator.Code)
		text(fieldTitle, r.indicator.Title.Zh)
		text(fieldTitleEN, r.indicator.Title.En)
		text(fieldRegion, r.region.code)
		text(fieldName, r.region.name)
		if has(fieldValue) {
			b = strconv.AppendInt(append(b, `,"value":`...), int64(r.n), 10)
		}
		text(fieldUnit, r.indicator.Unit)
		if has(fieldSynthetic) {
			b = strconv.AppendBool(append(b, `,"synthetic":`...), r.synthetic)
		}
		if has(fieldAt) {
			b = appendText(append(b, `,"at":{`...), r.indicator.Stream)
			b = append(appendText(append(b, ':'), r.position), '}')
		}
		return append(b, '}')
	}
}

// appendText appends a JSON string.
func appendText(b []byte, s string) []byte {
	text, _ := json.Marshal(s) // a string always marshals
	return append(b, text...)
}

// Select prepares a filter. The error is an InputError if it names what rows do not have.
func (p *picture) Select(f *cql2.Filter) (stream.Selection, error) {
	if f == nil {
		return selection{p: p}, nil
	}
	m, err := f.Compile(columns{p})
	return selection{p, m}, err
}

// selection is the rows of a picture that a filter takes; nil takes all.
type selection struct {
	p       *picture
	matcher *cql2.Matcher
}

// Has reports whether a row is taken.
func (s selection) Has(r stream.Row) bool {
	return s.matcher == nil || s.matcher.Match(int(r)) == cql2.True
}

// Within visits the rows with their anchor in a box. It looks at all.
func (s selection) Within(box geo.FixedBox, visit func(stream.Row) bool) {
	for n := range s.p.rows {
		if r := stream.Row(n); box.Contains(s.p.Anchor(r)) && s.Has(r) && !visit(r) {
			return
		}
	}
}
