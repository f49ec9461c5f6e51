package load

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/layers"
)

// target says what a column (CSV) or a member of "properties" (GeoJSON) is for.
type target struct {
	slots []int // the properties it feeds
	code  bool
	id    bool
	seen  *bool // set by see, for a name that the options give
}

// see notes that the source has the name.
func (t *target) see() {
	if t.seen != nil {
		*t.seen = true
	}
}

// columns binds the columns of a source to a layer.
type columns struct {
	layer    *layers.Layer
	byName   map[string]target
	required []int
	values   []map[string]string // of each property, nil for none
	defaults []any               // of each property, nil for none
	idNamed  bool                // the options name the column of the id
	gb18030  bool                // the text was decoded from it: U+FFFD stands for bytes that were none
	ignored  map[string]struct{}
}

// newColumns binds by name; idNames are the names that identify a feature if the
// options name none.
func newColumns(layer *layers.Layer, o Options, idNames ...string) (*columns, error) {
	c := &columns{
		layer: layer, byName: map[string]target{}, ignored: map[string]struct{}{},
		values: make([]map[string]string, len(layer.Properties)), defaults: make([]any, len(layer.Properties)),
	}
	if err := c.checkNames("mapping", maps.Keys(o.Mapping)); err != nil {
		return nil, err
	}
	if err := c.checkNames("values", maps.Keys(o.Values)); err != nil {
		return nil, err
	}
	if err := c.checkNames("defaults", maps.Keys(o.Defaults)); err != nil {
		return nil, err
	}
	for i, p := range layer.Properties {
		name := cmp.Or(o.Mapping[p.Name], p.Name)
		t := c.byName[name]
		t.slots = append(t.slots, i)
		c.byName[name] = t
		if p.Required {
			c.required = append(c.required, i)
		}
		c.values[i] = o.Values[p.Name]
		if v, ok := o.Defaults[p.Name]; ok {
			coerced, err := p.Coerce(v)
			if err != nil {
				return nil, layers.InputErrorf("defaults", "%v", err)
			}
			c.defaults[i] = coerced
		}
	}
	c.gb18030 = o.Encoding == encodingGB18030
	code := cmp.Or(o.CodeProperty, "code")
	t := c.byName[code]
	t.code = true
	c.byName[code] = t
	if o.IDProperty != "" {
		c.idNamed, idNames = true, []string{o.IDProperty}
	}
	for _, name := range idNames {
		t := c.byName[name]
		t.id = true
		c.byName[name] = t
	}
	named := append(slices.Collect(maps.Values(o.Mapping)), o.CodeProperty, o.IDProperty)
	for _, name := range named {
		if t, ok := c.byName[name]; ok {
			t.seen = new(bool)
			c.byName[name] = t
		}
	}
	return c, nil
}

// unseen are the names that the options give and no call of see has met, sorted.
func (c *columns) unseen() []string {
	var names []string
	for name, t := range c.byName {
		if t.seen != nil && !*t.seen {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkNames refuses names that are no properties of the layer.
func (c *columns) checkNames(option string, names iter.Seq[string]) error {
	for _, name := range slices.Sorted(names) {
		if _, _, ok := c.layer.Property(name); !ok {
			return layers.InputErrorf(option, "the layer %s has no property %q: it has %s",
				c.layer.Name, name, strings.Join(propertyNames(c.layer), ", "))
		}
	}
	return nil
}

func propertyNames(layer *layers.Layer) []string {
	names := make([]string, len(layer.Properties))
	for i, p := range layer.Properties {
		names[i] = p.Name
	}
	return names
}

// ignore notes the name of a column that nothing takes.
func (c *columns) ignore(name string) {
	if len(c.ignored) < maxIgnored {
		c.ignored[name] = struct{}{}
	}
}

// row is a feature on its way from a source to the intake; it is reused.
type row struct {
	c *columns
	layers.Feature
	fault error // the first
}

func newRow(c *columns) *row {
	return &row{c: c, Feature: layers.Feature{Properties: make([]any, len(c.layer.Properties))}}
}

// begin empties the row for the thing at a place.
func (r *row) begin(at layers.Position) {
	clear(r.Properties)
	r.Feature = layers.Feature{Properties: r.Properties, At: at}
	r.fault = nil
}

// set takes a source's value for each property that t feeds.
func (r *row) set(t target, v any) {
	for _, i := range t.slots {
		p := &r.c.layer.Properties[i]
		if s, ok := v.(string); ok && r.c.gb18030 && strings.ContainsRune(s, utf8.RuneError) {
			r.refuse(layers.InputErrorf(p.Name, "holds bytes that are no GB18030"))
			continue
		}
		v := r.c.translate(i, v)
		if p.Required && isMissing(v) {
			continue // end fills it in, or refuses the row
		}
		coerced, err := p.Coerce(v)
		if err != nil {
			r.refuse(err)
			continue
		}
		r.Properties[i] = coerced
	}
}

func isMissing(v any) bool {
	s, ok := v.(string)
	return v == nil || ok && strings.TrimSpace(s) == ""
}

// translate gives the value that the options have in place of v for a property.
func (c *columns) translate(property int, v any) any {
	if values := c.values[property]; values != nil && v != nil {
		if other, ok := values[fmt.Sprint(v)]; ok {
			return other
		}
	}
	return v
}

func (r *row) setCode(code string) {
	r.Code = code
	r.refuse(checkKey("code", code))
}

func (r *row) setID(id string) {
	r.SourceID = id
	r.refuse(checkKey("id", id))
}

// end fills in the defaults and makes the tests that need the whole row.
func (r *row) end() error {
	for i, v := range r.c.defaults {
		if r.Properties[i] == nil {
			r.Properties[i] = v
		}
	}
	for _, i := range r.c.required {
		if r.Properties[i] == nil {
			_, err := r.c.layer.Properties[i].Coerce(nil)
			r.refuse(err)
		}
	}
	return r.fault
}

func (r *row) refuse(err error) {
	if r.fault == nil {
		r.fault = err
	}
}

// maxKeyLength bounds a business code and a source id, in bytes: keys are indexed.
const maxKeyLength = 200

func checkKey(field, key string) error {
	if len(key) > maxKeyLength {
		return layers.InputErrorf(field, "has %d bytes, the most is %d", len(key), maxKeyLength)
	}
	if err := layers.CheckText(key); err != nil {
		return layers.InputErrorf(field, "%v", err)
	}
	return nil
}

// attribute is one property as the source has it.
type attribute struct{ name, value []byte }

// contentHash makes the id of a feature that its source gives none: see Identity
// in the package comment. It sorts attributes in place.
func contentHash(h hash.Hash, g orb.Geometry, attributes []attribute) (string, error) {
	slices.SortFunc(attributes, func(a, b attribute) int {
		return cmp.Or(strings.Compare(string(a.name), string(b.name)), strings.Compare(string(a.value), string(b.value)))
	})
	h.Reset()
	if err := wkb.NewEncoder(h).Encode(g); err != nil {
		return "", errors.New("has no geometry that can be written as WKB")
	}
	separator := []byte{0}
	for _, a := range attributes {
		for _, part := range [][]byte{a.name, separator, a.value, separator} {
			h.Write(part) // a hash never fails
		}
	}
	var sum [sha256.Size]byte
	return "sha256:" + hex.EncodeToString(h.Sum(sum[:0])[:16]), nil
}
