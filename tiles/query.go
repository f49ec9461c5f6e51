package tiles

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yiping/layers"
	"yiping/layers/api"
	"yiping/layers/cql2"
	"yiping/layers/image"
)

// Query says what tiles shall hold.
type Query struct {
	// Layers are named each once.
	Layers []*layers.Layer
	// Filters select the features of the layer of the same place; nil selects
	// all.
	Filters []*cql2.Filter
	// Properties are the names of those wanted, sorted; those that the layers
	// have in tiles if Chosen is false.
	Properties []string
	Chosen     bool

	names []string
	form  string
	// carried are the parameters that other addresses of the same tiles repeat.
	carried url.Values
	// collections names the layers in addresses that do not have them in their
	// path; empty for all layers.
	collections string
}

// Whole asks for all features of layers.
func Whole(ls ...*layers.Layer) *Query {
	q := &Query{Layers: ls, Filters: make([]*cql2.Filter, len(ls))}
	q.finish()
	return q
}

// maxLayers bounds the layers of one request.
const maxLayers = 32

// readQuery reads the layers of a path and the parameters filter, filter-lang and
// properties. Other parameters than those and the extra ones are a fault.
func readQuery(r *http.Request, c *layers.Catalog, names string, extra ...string) (*Query, error) {
	values, err := api.ReadQuery(r, append([]string{"filter", "filter-lang", "properties"}, extra...)...)
	if err != nil {
		return nil, err
	}
	q := &Query{carried: url.Values{}}
	for name := range strings.SplitSeq(names, ",") {
		l, err := c.Layer(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(q.Layers, l) {
			return nil, layers.InputErrorf("layers", "%q is named twice", name)
		}
		if q.Layers = append(q.Layers, l); len(q.Layers) > maxLayers {
			return nil, layers.InputErrorf("layers", "more than %d layers", maxLayers)
		}
	}
	if err := q.filter(values); err != nil {
		return nil, err
	}
	if err := q.choose(values); err != nil {
		return nil, err
	}
	for _, name := range []string{"filter", "filter-lang", "properties"} {
		if values.Has(name) {
			q.carried.Set(name, values.Get(name))
		}
	}
	q.finish()
	return q, nil
}

// filter reads filter, which must be valid for every layer.
func (q *Query) filter(values url.Values) error {
	q.Filters = make([]*cql2.Filter, len(q.Layers))
	if !values.Has("filter") {
		if values.Has("filter-lang") {
			return layers.InputErrorf("filter-lang", "is given without a filter")
		}
		return nil
	}
	for i, l := range q.Layers {
		f, err := layers.ParseFilter(l, values.Get("filter"), values.Get("filter-lang"), layers.CRS84)
		if fault, ok := errors.AsType[*layers.InputError](err); ok && len(q.Layers) > 1 && fault.Field == "filter" {
			fault.Reason = "for layer " + l.Name + ": " + fault.Reason
		}
		if err != nil {
			return err
		}
		q.Filters[i] = f
	}
	return nil
}

// choose reads properties: names of what the images of the layers keep. A layer
// that lacks one of them does without; nothing between commas chooses nothing.
func (q *Query) choose(values url.Values) error {
	if q.Chosen = values.Has("properties"); !q.Chosen || values.Get("properties") == "" {
		return nil
	}
	for name := range strings.SplitSeq(values.Get("properties"), ",") {
		if slices.Contains(q.Properties, name) {
			return layers.InputErrorf("properties", "%q is named twice", name)
		}
		if !slices.ContainsFunc(q.Layers, func(l *layers.Layer) bool { return slices.Contains(columnNames(l), name) }) {
			return layers.InputErrorf("properties", "%.60q is not among what tiles can carry here: %s", name, strings.Join(q.choices(), ", "))
		}
		q.Properties = append(q.Properties, name)
	}
	slices.Sort(q.Properties)
	return nil
}

// choices are the names that properties may have.
func (q *Query) choices() []string {
	var all []string
	for _, l := range q.Layers {
		all = append(all, columnNames(l)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func columnNames(l *layers.Layer) []string {
	var names []string
	for _, p := range image.Columns(l) {
		names = append(names, p.Name)
	}
	return names
}

// wants reports whether features of the query carry a property.
func (q *Query) wants(p layers.Property) bool {
	if q.Chosen {
		_, found := slices.BinarySearch(q.Properties, p.Name)
		return found
	}
	return p.InTiles
}

// finish puts together what caches know the query by. Names and canonical filters
// hold no zero byte.
func (q *Query) finish() {
	var b strings.Builder
	for i, l := range q.Layers {
		q.names = append(q.names, l.Name)
		b.WriteString(l.Name)
		if f := q.Filters[i]; f != nil {
			b.WriteString("\x00" + f.Canonical())
		}
		b.WriteString("\x00\x00")
	}
	if q.Chosen {
		b.WriteString("=" + strings.Join(q.Properties, ","))
	}
	q.form = b.String()
}
