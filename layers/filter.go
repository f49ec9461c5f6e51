package layers

import (
	"yiping/layers/cql2"
)

// The languages that a filter may be written in, by their names in OGC API.
const (
	CQL2Text = "cql2-text"
	CQL2JSON = "cql2-json"
)

// ParseFilter reads a CQL2 filter and checks it against the layer's queryables.
// lang is "cql2-text" or "cql2-json"; empty is the former. Coordinates in the
// filter are of crs. A fault is an InputError of the parameter "filter" (or of
// "filter-lang") with the place in the filter.
func ParseFilter(l *Layer, text, lang string, crs CRS) (*cql2.Filter, error) {
	var expr *cql2.Expr
	var err error
	switch lang {
	case "", CQL2Text:
		expr, err = cql2.Parse(text, cql2.DefaultLimits())
	case CQL2JSON:
		expr, err = cql2.ParseJSON([]byte(text), cql2.DefaultLimits())
	default:
		return nil, InputErrorf("filter-lang", "%s is not known here: write %s or %s", Shown(lang), CQL2Text, CQL2JSON)
	}
	if err == nil && crs != CRS84 {
		expr, err = expr.Transform(crs.ToLonLat)
	}
	if err != nil {
		return nil, InputErrorf("filter", "%v", err)
	}
	filter, err := expr.Check(l.Queryables())
	if err != nil {
		return nil, InputErrorf("filter", "%v", err)
	}
	return filter, nil
}
