package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/cql2"
)

// Bounds of what one page of features holds.
const (
	defaultLimit = 10
	maxLimit     = 10_000
	// maxSortKeys bounds sortby; further keys would hardly ever decide.
	maxSortKeys = 8
)

// parameters are those of one request, each at most once.
type parameters struct{ values url.Values }

// readParameters takes the query of a request; see ReadQuery.
func readParameters(r *http.Request, known ...string) (parameters, error) {
	values, err := ReadQuery(r, known...)
	return parameters{values}, err
}

// ReadQuery takes the query of a request that may have the named parameters,
// each at most once, and no others (OGC API Features, 7.5, query parameters). A
// fault is an InputError that names the parameter.
func ReadQuery(r *http.Request, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, layers.InputErrorf("", "the query of the address is not well formed: %v", err)
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names) // the same fault each time
	for _, name := range names {
		switch {
		case !slices.Contains(known, name):
			return nil, layers.InputErrorf(name, "is not a parameter here; there are: %s", strings.Join(known, ", "))
		case len(values[name]) > 1:
			return nil, layers.InputErrorf(name, "is given %d times", len(values[name]))
		}
		if err := layers.CheckText(values.Get(name)); err != nil {
			return nil, layers.InputErrorf(name, "%v", err)
		}
	}
	return values, nil
}

// crs reads a parameter that names a system; CRS84 without one.
func (p parameters) crs(name string) (layers.CRS, error) {
	if !p.values.Has(name) {
		return layers.CRS84, nil
	}
	return layers.ParseCRS(name, p.values.Get(name))
}

// query reads the parameters that choose features of a layer.
func (p parameters) query(l *layers.Layer) (*layers.Query, error) {
	q := &layers.Query{Layer: l}
	for _, read := range []func(*layers.Query) error{p.box, p.datetime, p.filter, p.columns, p.sortBy, p.start} {
		if err := read(q); err != nil {
			return nil, err
		}
	}
	var err error
	q.CRS, err = p.crs("crs")
	return q, err
}

// box reads bbox: four numbers, or six with heights, in the axis order of
// bbox-crs. It means S_INTERSECTS, of the corners' box in longitude, latitude.
func (p parameters) box(q *layers.Query) error {
	crs, err := p.crs("bbox-crs")
	if err != nil || !p.values.Has("bbox") {
		return err
	}
	var corners []float64
	var numbers []string
	for text := range strings.SplitSeq(p.values.Get("bbox"), ",") {
		f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return layers.InputErrorf("bbox", "%s is not a number", layers.Shown(text))
		}
		corners = append(corners, f)
		numbers = append(numbers, strconv.FormatFloat(f, 'g', -1, 64))
	}
	if len(numbers) != 4 && len(numbers) != 6 {
		return layers.InputErrorf("bbox", "has %d numbers and not 4, or 6 with heights", len(numbers))
	}
	filter, err := meaning(q.Layer, "bbox", "S_INTERSECTS(geom,BBOX("+strings.Join(numbers, ",")+"))", crs)
	if err != nil {
		return err
	}
	half := len(corners) / 2
	bounds, err := boxBounds(crs, corners[:2], corners[half:half+2])
	q.Box = &layers.Box{Bounds: bounds, Filter: filter}
	return err
}

// boxBounds is the box of two corners, which have been checked. One that crosses
// the antimeridian is taken apart there.
func boxBounds(crs layers.CRS, lower, upper []float64) ([]orb.Bound, error) {
	west, south, err := crs.ToLonLat(lower[0], lower[1])
	if err != nil {
		return nil, err
	}
	east, north, err := crs.ToLonLat(upper[0], upper[1])
	if err != nil {
		return nil, err
	}
	if west <= east {
		return []orb.Bound{{Min: orb.Point{west, south}, Max: orb.Point{east, north}}}, nil
	}
	return []orb.Bound{
		{Min: orb.Point{west, south}, Max: orb.Point{180, north}},
		{Min: orb.Point{-180, south}, Max: orb.Point{east, north}},
	}, nil
}

// datetime reads an instant or an interval, which may be open, of updated_at.
func (p parameters) datetime(q *layers.Query) error {
	from, to, err := p.times()
	if err != nil {
		return err
	}
	var conditions []string
	for i, t := range []*time.Time{from, to} {
		if t != nil {
			conditions = append(conditions, "updated_at "+[]string{">=", "<="}[i]+" TIMESTAMP('"+t.UTC().Format("2006-01-02T15:04:05.999999Z")+"')")
		}
	}
	if len(conditions) == 0 {
		return nil
	}
	f, err := meaning(q.Layer, "datetime", strings.Join(conditions, " AND "), layers.CRS84)
	if err != nil {
		return err
	}
	q.Filters = append(q.Filters, f)
	return nil
}

// times reads the ends of datetime, which are the same for an instant; one that
// is open, or not given, is nil.
func (p parameters) times() (from, to *time.Time, err error) {
	if !p.values.Has("datetime") {
		return nil, nil, nil
	}
	first, last, interval := strings.Cut(p.values.Get("datetime"), "/")
	if !interval {
		last = first
	}
	var ends [2]*time.Time
	for i, text := range []string{first, last} {
		if interval && (text == "" || text == "..") {
			continue
		}
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, nil, layers.InputErrorf("datetime", "%s is not a time such as 2026-11-21T20:00:00+08:00, nor an interval of two with a / between, where .. is an open end", layers.Shown(text))
		}
		ends[i] = &t
	}
	if ends[0] != nil && ends[1] != nil && ends[1].Before(*ends[0]) {
		return nil, nil, layers.InputErrorf("datetime", "the interval ends before it begins")
	}
	return ends[0], ends[1], nil
}

// filter reads filter in the language of filter-lang and the system of
// filter-crs.
func (p parameters) filter(q *layers.Query) error {
	crs, err := p.crs("filter-crs")
	if err != nil {
		return err
	}
	if !p.values.Has("filter") {
		return nil
	}
	f, err := layers.ParseFilter(q.Layer, p.values.Get("filter"), p.values.Get("filter-lang"), crs)
	if err != nil {
		return err
	}
	q.Filters = append(q.Filters, f)
	return nil
}

// meaning is what a parameter other than filter means in CQL2.
func meaning(l *layers.Layer, field, condition string, crs layers.CRS) (*cql2.Filter, error) {
	f, err := layers.ParseFilter(l, condition, layers.CQL2Text, crs)
	if fault, ok := errors.AsType[*layers.InputError](err); ok {
		fault.Field = field
	}
	return f, err
}

// columns reads properties: the columns wanted, all of them without it.
func (p parameters) columns(q *layers.Query) error {
	all := q.Layer.Columns()
	if !p.values.Has("properties") {
		q.Columns = all
		return nil
	}
	for name := range strings.SplitSeq(p.values.Get("properties"), ",") {
		i := slices.IndexFunc(all, func(c layers.Property) bool { return c.Name == name })
		switch {
		case i < 0:
			return layers.InputErrorf("properties", "layer %s has no property %s", q.Layer.Name, layers.Shown(name))
		case slices.ContainsFunc(q.Columns, func(c layers.Property) bool { return c.Name == name }):
			return layers.InputErrorf("properties", "%q is named twice", name)
		}
		q.Columns = append(q.Columns, all[i])
	}
	return nil
}

// sortBy reads sortby: names with + or - before them. A + that was not escaped
// arrives as a blank. Without it points of a box come by place, which is the
// order in which they are found fastest; unless a filter says more about where
// they are, which may be found better without.
func (p parameters) sortBy(q *layers.Query) error {
	if !p.values.Has("sortby") {
		q.ByPlace = q.Box != nil && q.Layer.Geometry == layers.Point && !slices.ContainsFunc(q.Filters, spatial)
		return nil
	}
	for word := range strings.SplitSeq(p.values.Get("sortby"), ",") {
		name := strings.TrimLeft(word, "+- ")
		if len(word)-len(name) > 1 {
			return layers.InputErrorf("sortby", "%s has more than one sign", layers.Shown(word))
		}
		column, ok := q.Layer.Column(name)
		switch {
		case !ok:
			return layers.InputErrorf("sortby", "layer %s has no property %s", q.Layer.Name, layers.Shown(name))
		case slices.ContainsFunc(q.Sort, func(k layers.SortKey) bool { return k.Column.Name == name }):
			return layers.InputErrorf("sortby", "%q is named twice", name)
		case len(q.Sort) == maxSortKeys:
			return layers.InputErrorf("sortby", "more than %d keys", maxSortKeys)
		}
		q.Sort = append(q.Sort, layers.SortKey{Column: column, Descending: strings.HasPrefix(word, "-")})
	}
	return nil
}

func spatial(f *cql2.Filter) bool {
	return slices.ContainsFunc(f.Properties(), func(p cql2.Property) bool { return p.Type == cql2.Geometry })
}

// start reads where the answer begins: cursor or offset.
func (p parameters) start(q *layers.Query) error {
	if p.values.Has("cursor") && p.values.Has("offset") {
		return layers.InputErrorf("offset", "cannot be given together with cursor")
	}
	if p.values.Has("offset") {
		n, err := strconv.ParseInt(p.values.Get("offset"), 10, 64)
		if err != nil || n < 0 {
			return layers.InputErrorf("offset", "%s is not a whole number from 0", layers.Shown(p.values.Get("offset")))
		}
		q.Offset = n
	}
	if !p.values.Has("cursor") {
		return nil
	}
	place, err := decodeCursor(q.Order(), p.values.Get("cursor"))
	q.After = place
	return err
}

// limit reads the number of features wanted; otherwise without one. A number
// above most means most, as the standard asks.
func (p parameters) limit(otherwise, most int) (int, error) {
	if !p.values.Has("limit") {
		return otherwise, nil
	}
	n, err := strconv.Atoi(p.values.Get("limit"))
	if err != nil || n < 1 {
		return 0, layers.InputErrorf("limit", "%s is not a whole number from 1", layers.Shown(p.values.Get("limit")))
	}
	return min(n, most), nil
}

// counting is how numberMatched is found.
type counting string

const (
	countNone      counting = "none"
	countEstimated counting = "estimated"
	countExact     counting = "exact"
)

func (p parameters) count() (counting, error) {
	switch c := counting(p.values.Get("count")); c {
	case "":
		return countNone, nil
	case countNone, countEstimated, countExact:
		return c, nil
	default:
		return "", layers.InputErrorf("count", "%s is none of exact, estimated, none", layers.Shown(string(c)))
	}
}
