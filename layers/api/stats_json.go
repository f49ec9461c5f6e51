package api

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"yiping/layers"
)

// statsHead is the JSON of GET /stats/{layer} but for its groups.
type statsHead struct {
	Layer string `json:"layer"`
	// Cut is one for all levels and groups.
	Cut      layers.Cut `json:"cut"`
	Mark     string     `json:"mark"`
	Measures []string   `json:"measures"`
	// Filter is the canonical form of the filter.
	Filter string `json:"filter,omitempty"`
}

// json is the answer. Its groups, of which a city has 20,000 by street and class,
// are appended one by one: encoding/json takes several times as long as counting
// 15 million features does.
func (t *statsTable) json(mark string) ([]byte, error) {
	head := statsHead{Layer: t.q.Layer.Name, Cut: t.cut, Mark: mark, Measures: []string{}}
	for _, m := range t.q.Measures {
		head.Measures = append(head.Measures, m.Name())
	}
	if t.q.Filter != nil {
		head.Filter = t.q.Filter.Canonical()
	}
	b, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	b = append(b[:len(b)-1], `,"levels":[`...)
	for i, groups := range t.levels {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(append(b, `{"level":`...), t.q.Levels[i]), `,"groups":[`...)
		b = append(t.appendGroups(b, t.q.Levels[i], groups), "]}"...)
	}
	return append(b, "]}"...), nil
}

// appendGroups appends the groups of a level. Those of a region follow one another,
// and repeat what the first says of it.
func (t *statsTable) appendGroups(b []byte, level string, groups []layers.StatsCell) []byte {
	var regions, end int // where those of the last group stand
	for n := range groups {
		if n > 0 {
			b = append(b, ',')
		}
		from := len(b)
		if n > 0 && groups[n].Regions == groups[n-1].Regions {
			b = append(b, b[regions:end]...)
		} else {
			b = t.appendRegions(append(b, '{'), level, &groups[n])
		}
		regions, end = from, len(b)
		b = t.appendFigures(b, level, &groups[n])
		if n == 0 { // the others are about as long
			b = slices.Grow(b, len(groups)*(len(b)-from)*9/8)
		}
	}
	return b
}

// appendRegions appends the regions of a group, with a member for each down to the
// level: null for the part that lies in none.
func (t *statsTable) appendRegions(b []byte, level string, g *layers.StatsCell) []byte {
	for i, column := range regionColumns(level) {
		b = appendMember(b, i, "regions", column)
		code := g.Regions.Code(column)
		if code == "" {
			b = append(b, "null"...)
			continue
		}
		b = appendText(append(b, `{"code":`...), code)
		b = append(appendText(append(b, `,"name":`...), t.regions[column][code].Name), '}')
	}
	return endMembers(b, len(regionColumns(level)))
}

// appendFigures appends the rest of a group.
func (t *statsTable) appendFigures(b []byte, level string, g *layers.StatsCell) []byte {
	for i, p := range t.q.Properties {
		b = appendJSON(appendMember(b, i, "properties", p.Name), p.Type, g.Properties[i])
	}
	b = endMembers(b, len(t.q.Properties))
	for i, m := range t.q.Measures {
		b = appendMeasure(appendMember(b, i, "measures", m.Name()), t.q.Value(m, g))
	}
	b = append(b, '}')
	if t.q.PerKM2 || t.q.PerHead {
		b = t.appendPer(append(b, `,"per":`...), level, g)
	}
	return append(b, '}')
}

// appendMember begins member i of an object, and before the first one the object,
// which is a member itself.
func appendMember(b []byte, i int, object, name string) []byte {
	if i == 0 {
		b = append(appendText(b, object), ":{"...)
	} else {
		b = append(b, ',')
	}
	return append(appendText(b, name), ':')
}

// endMembers ends an object of n members that another follows; one of none is left
// out.
func endMembers(b []byte, n int) []byte {
	if n > 0 {
		b = append(b, "},"...)
	}
	return b
}

// appendPer appends the measures in relation to the region.
func (t *statsTable) appendPer(b []byte, level string, g *layers.StatsCell) []byte {
	b = append(b, `{"area_km2":`...)
	region := t.region(level, g)
	km2, heads := sizes(region)
	if region == nil {
		b = append(b, `null,"population":null`...)
	} else {
		b = append(appendMeasure(b, region.AreaKM2), `,"population":`...)
		if region.Population == nil {
			b = append(b, "null"...)
		} else {
			b = appendPlain(b, *region.Population)
		}
	}
	if t.q.PerKM2 {
		b = t.appendShares(append(b, ','), "km2", g, km2)
	}
	if t.q.PerHead {
		b = t.appendShares(append(b, ','), "head", g, heads)
	}
	return append(b, '}')
}

// appendShares appends the shares of a group; parsePer sees to it that there is
// one.
func (t *statsTable) appendShares(b []byte, name string, g *layers.StatsCell, size float64) []byte {
	n := 0
	for _, m := range t.q.Measures {
		if m.Additive() {
			b = appendMeasure(appendMember(b, n, name, m.Name()), share(t.q.Value(m, g), size))
			n++
		}
	}
	return append(b, '}')
}

// appendMeasure appends a figure; one that is too large to be a number is null.
func appendMeasure(b []byte, v any) []byte {
	f, ok := v.(float64)
	switch size := math.Abs(f); {
	case !ok:
		return appendPlain(b, v)
	case math.IsInf(f, 0) || math.IsNaN(f):
		return append(b, "null"...)
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	default:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
}
