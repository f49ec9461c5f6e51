package api

import (
	"slices"
	"strings"

	"yiping/layers"
)

// statsParameters are what a request for statistics may carry.
func statsParameters() []string {
	return []string{"by", "measures", "per", "filter", "filter-lang", "filter-crs", "f"}
}

// parseStats reads the parameters of a request for statistics of a layer.
func parseStats(l *layers.Layer, p parameters) (*layers.StatsQuery, error) {
	q := statsRequest{&layers.StatsQuery{Layer: l}}
	if err := q.parseBy(listed(p.values.Get("by"), layers.LevelCity)); err != nil {
		return nil, err
	}
	if err := q.parseMeasures(listed(p.values.Get("measures"), layers.MeasureCount)); err != nil {
		return nil, err
	}
	if err := q.parsePer(listed(p.values.Get("per"))); err != nil {
		return nil, err
	}
	crs, err := p.crs("filter-crs")
	if err != nil || !p.values.Has("filter") {
		return q.StatsQuery, err
	}
	q.Filter, err = layers.ParseFilter(l, p.values.Get("filter"), p.values.Get("filter-lang"), crs)
	return q.StatsQuery, err
}

// statsRequest is a query while its parameters are read.
type statsRequest struct{ *layers.StatsQuery }

// listed splits a list at its commas; an empty one is otherwise.
func listed(text string, otherwise ...string) []string {
	if text == "" {
		return otherwise
	}
	return strings.Split(text, ",")
}

func (q statsRequest) parseBy(names []string) error {
	levels := append([]string{layers.LevelCity}, layers.RegionColumns()...)
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return layers.InputErrorf("by", "%s is there twice", layers.Shown(name))
		}
		if slices.Contains(levels, name) {
			continue
		}
		p, err := q.property("by", name, levels)
		if err != nil {
			return err
		}
		q.Properties = append(q.Properties, p)
	}
	if n := len(q.Properties); n > layers.MaxStatsProperties {
		return layers.InputErrorf("by", "has %d properties, the most is %d", n, layers.MaxStatsProperties)
	}
	for _, level := range levels {
		if slices.Contains(names, level) {
			q.Levels = append(q.Levels, level)
		}
	}
	if len(q.Levels) == 0 {
		q.Levels = levels[:1]
	}
	return nil
}

// property finds a property of the layer; a fault lists what else there is.
func (q statsRequest) property(parameter, name string, others []string) (layers.Property, error) {
	p, _, ok := q.Layer.Property(name)
	if ok {
		return p, nil
	}
	for _, p := range q.Layer.Properties {
		others = append(others, p.Name)
	}
	return p, layers.InputErrorf(parameter, "the layer %s has no property %s; there are %s", q.Layer.Name, layers.Shown(name), strings.Join(others, ", "))
}

func (q statsRequest) parseMeasures(names []string) error {
	if len(names) > layers.MaxStatsMeasures {
		return layers.InputErrorf("measures", "has %d measures, the most is %d", len(names), layers.MaxStatsMeasures)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return layers.InputErrorf("measures", "%s is there twice", layers.Shown(name))
		}
		m, err := q.measure(name)
		if err != nil {
			return err
		}
		q.Measures = append(q.Measures, m)
	}
	return nil
}

func (q statsRequest) measure(name string) (layers.Measure, error) {
	kind, property, ofProperty := strings.Cut(name, ":")
	aggregate := slices.Contains([]string{layers.MeasureSum, layers.MeasureMean, layers.MeasureMin, layers.MeasureMax}, kind)
	switch {
	case aggregate && ofProperty:
		p, err := q.property("measures", property, nil)
		if err != nil {
			return layers.Measure{}, err
		}
		if p.Type != layers.Integer && p.Type != layers.Number {
			return layers.Measure{}, layers.InputErrorf("measures", "%s is for numbers, and %s is a %s", kind, p.Name, p.Type)
		}
		return layers.Measure{Kind: kind, Property: p}, nil
	case aggregate:
		return layers.Measure{}, layers.InputErrorf("measures", "%s is of a property: write %s:PROPERTY", kind, kind)
	case name == layers.MeasureCount:
		return layers.Measure{Kind: name}, nil
	case name == layers.MeasureLength, name == layers.MeasureArea:
		if !hasQuantity(q.Layer.Geometry, name) {
			return layers.Measure{}, layers.InputErrorf("measures", "the layer %s is of the geometry type %s, which has no %s", q.Layer.Name, q.Layer.Geometry, name)
		}
		return layers.Measure{Kind: name}, nil
	}
	return layers.Measure{}, layers.InputErrorf("measures", "%s is not known; write count, length_metres, area_m2, or sum, mean, min or max with a property, as in sum:PROPERTY", layers.Shown(name))
}

// hasQuantity tells whether geometries of a type have a length or an area.
func hasQuantity(t layers.GeometryType, measure string) bool {
	switch t {
	case layers.LineString, layers.MultiLineString:
		return measure == layers.MeasureLength
	case layers.Polygon, layers.MultiPolygon:
		return measure == layers.MeasureArea
	case layers.AnyGeometry:
		return true
	default:
		return false
	}
}

func (q statsRequest) parsePer(names []string) error {
	for _, name := range names {
		switch name {
		case "km2":
			q.PerKM2 = true
		case "head":
			q.PerHead = true
		default:
			return layers.InputErrorf("per", "%s is not known; there are km2 and head", layers.Shown(name))
		}
	}
	if len(names) > 0 && !slices.ContainsFunc(q.Measures, layers.Measure.Additive) {
		return layers.InputErrorf("per", "a mean, min or max has no share per km2 or head; ask for count, a sum, length_metres or area_m2 too")
	}
	return nil
}
