package layers

import (
	"slices"
	"strings"
)

// statsParameters are what a request for statistics may carry.
func statsParameters() []string {
	return []string{"by", "measures", "per", "filter", "filter-lang", "filter-crs", "f"}
}

// parseStats reads the parameters of a request for statistics of a layer.
func parseStats(l *Layer, p parameters) (*StatsQuery, error) {
	q := &StatsQuery{Layer: l}
	if err := q.parseBy(listed(p.values.Get("by"), levelCity)); err != nil {
		return nil, err
	}
	if err := q.parseMeasures(listed(p.values.Get("measures"), measureCount)); err != nil {
		return nil, err
	}
	if err := q.parsePer(listed(p.values.Get("per"))); err != nil {
		return nil, err
	}
	crs, err := p.crs("filter-crs")
	if err != nil || !p.values.Has("filter") {
		return q, err
	}
	q.Filter, err = ParseFilter(l, p.values.Get("filter"), p.values.Get("filter-lang"), crs)
	return q, err
}

// listed splits a list at its commas; an empty one is otherwise.
func listed(text string, otherwise ...string) []string {
	if text == "" {
		return otherwise
	}
	return strings.Split(text, ",")
}

func (q *StatsQuery) parseBy(names []string) error {
	levels := append([]string{levelCity}, RegionColumns()...)
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return InputErrorf("by", "%s is there twice", shown(name))
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
	if n := len(q.Properties); n > MaxStatsProperties {
		return InputErrorf("by", "has %d properties, the most is %d", n, MaxStatsProperties)
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
func (q *StatsQuery) property(parameter, name string, others []string) (Property, error) {
	p, _, ok := q.Layer.Property(name)
	if ok {
		return p, nil
	}
	for _, p := range q.Layer.Properties {
		others = append(others, p.Name)
	}
	return p, InputErrorf(parameter, "the layer %s has no property %s; there are %s", q.Layer.Name, shown(name), strings.Join(others, ", "))
}

func (q *StatsQuery) parseMeasures(names []string) error {
	if len(names) > MaxStatsMeasures {
		return InputErrorf("measures", "has %d measures, the most is %d", len(names), MaxStatsMeasures)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return InputErrorf("measures", "%s is there twice", shown(name))
		}
		m, err := q.measure(name)
		if err != nil {
			return err
		}
		q.Measures = append(q.Measures, m)
	}
	return nil
}

func (q *StatsQuery) measure(name string) (Measure, error) {
	kind, property, ofProperty := strings.Cut(name, ":")
	aggregate := slices.Contains([]string{measureSum, measureMean, measureMin, measureMax}, kind)
	switch {
	case aggregate && ofProperty:
		p, err := q.property("measures", property, nil)
		if err != nil {
			return Measure{}, err
		}
		if p.Type != Integer && p.Type != Number {
			return Measure{}, InputErrorf("measures", "%s is for numbers, and %s is a %s", kind, p.Name, p.Type)
		}
		return Measure{Kind: kind, Property: p}, nil
	case aggregate:
		return Measure{}, InputErrorf("measures", "%s is of a property: write %s:PROPERTY", kind, kind)
	case name == measureCount:
		return Measure{Kind: name}, nil
	case name == measureLength, name == measureArea:
		if !q.Layer.Geometry.has(name) {
			return Measure{}, InputErrorf("measures", "the layer %s is of the geometry type %s, which has no %s", q.Layer.Name, q.Layer.Geometry, name)
		}
		return Measure{Kind: name}, nil
	}
	return Measure{}, InputErrorf("measures", "%s is not known; write count, length_metres, area_m2, or sum, mean, min or max with a property, as in sum:PROPERTY", shown(name))
}

// has tells whether geometries of a type have a length or an area.
func (t GeometryType) has(measure string) bool {
	switch t {
	case LineString, MultiLineString:
		return measure == measureLength
	case Polygon, MultiPolygon:
		return measure == measureArea
	case AnyGeometry:
		return true
	default:
		return false
	}
}

func (q *StatsQuery) parsePer(names []string) error {
	for _, name := range names {
		switch name {
		case "km2":
			q.PerKM2 = true
		case "head":
			q.PerHead = true
		default:
			return InputErrorf("per", "%s is not known; there are km2 and head", shown(name))
		}
	}
	if len(names) > 0 && !slices.ContainsFunc(q.Measures, Measure.additive) {
		return InputErrorf("per", "a mean, min or max has no share per km2 or head; ask for count, a sum, length_metres or area_m2 too")
	}
	return nil
}
