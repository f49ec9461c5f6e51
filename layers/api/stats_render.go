package api

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"yiping/layers"
)

// statsAnswer is the JSON of GET /stats/{layer}.
type statsAnswer struct {
	Layer string `json:"layer"`
	// Cut is one for all levels and groups.
	Cut      layers.Cut `json:"cut"`
	Mark     string     `json:"mark"`
	Measures []string   `json:"measures"`
	// Filter is the canonical form of the filter.
	Filter string       `json:"filter,omitempty"`
	Levels []statsLevel `json:"levels"`
}

type statsLevel struct {
	Level  string       `json:"level"`
	Groups []statsGroup `json:"groups"`
}

type statsGroup struct {
	// Regions has a member for each region down to the level; null for the part
	// that lies in none.
	Regions    map[string]*layers.RegionName `json:"regions,omitempty"`
	Properties map[string]any                `json:"properties,omitempty"`
	Measures   map[string]any                `json:"measures"`
	Per        *statsPer                     `json:"per,omitempty"`
}

type statsPer struct {
	AreaKM2    *float64       `json:"area_km2"`
	Population *int64         `json:"population"`
	KM2        map[string]any `json:"km2,omitempty"`
	Head       map[string]any `json:"head,omitempty"`
}

func (t *statsTable) json(mark string) statsAnswer {
	a := statsAnswer{Layer: t.q.Layer.Name, Cut: t.cut, Mark: mark, Measures: []string{}, Levels: []statsLevel{}}
	for _, m := range t.q.Measures {
		a.Measures = append(a.Measures, m.Name())
	}
	if t.q.Filter != nil {
		a.Filter = t.q.Filter.Canonical()
	}
	for i, groups := range t.levels {
		level := statsLevel{Level: t.q.Levels[i], Groups: make([]statsGroup, len(groups))}
		for n := range groups {
			level.Groups[n] = t.group(level.Level, &groups[n])
		}
		a.Levels = append(a.Levels, level)
	}
	return a
}

func (t *statsTable) group(level string, g *layers.StatsCell) statsGroup {
	out := statsGroup{Regions: map[string]*layers.RegionName{}, Properties: map[string]any{}, Measures: map[string]any{}}
	for _, column := range regionColumns(level) {
		out.Regions[column] = nil
		if code := g.Regions.Code(column); code != "" {
			out.Regions[column] = &layers.RegionName{Code: code, Name: t.regions[column][code].Name}
		}
	}
	for i, p := range t.q.Properties {
		out.Properties[p.Name] = json.RawMessage(appendJSON(nil, p.Type, g.Properties[i]))
	}
	for _, m := range t.q.Measures {
		out.Measures[m.Name()] = t.q.Value(m, g)
	}
	if t.q.PerKM2 || t.q.PerHead {
		out.Per = t.per(level, g)
	}
	return out
}

func (t *statsTable) per(level string, g *layers.StatsCell) *statsPer {
	per := &statsPer{}
	region := t.region(level, g)
	if region != nil {
		per.AreaKM2, per.Population = &region.AreaKM2, region.Population
	}
	km2, heads := sizes(region)
	if t.q.PerKM2 {
		per.KM2 = t.shares(g, km2)
	}
	if t.q.PerHead {
		per.Head = t.shares(g, heads)
	}
	return per
}

func (t *statsTable) shares(g *layers.StatsCell, size float64) map[string]any {
	all := map[string]any{}
	for _, m := range t.q.Measures {
		if m.Additive() {
			all[m.Name()] = share(t.q.Value(m, g), size)
		}
	}
	return all
}

// writeCSV answers with one row a group. The first columns are the level, and
// code and name of the regions down to the finest level.
func (t *statsTable) writeCSV(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", csvFormat.mediaType())
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Yiping-Cut", cutHeader(t.cut))
	out := csv.NewWriter(w)
	_ = out.Write(t.csvHeader()) // out remembers its first error
	for i, groups := range t.levels {
		for n := range groups {
			_ = out.Write(t.csvRow(t.q.Levels[i], &groups[n]))
		}
	}
	out.Flush()
	return nil // a client that has gone is nobody's error
}

func (t *statsTable) csvHeader() []string {
	header := []string{"level"}
	for _, column := range t.q.RegionColumns() {
		header = append(header, column, column+"_name")
	}
	for _, p := range t.q.Properties {
		header = append(header, p.Name)
	}
	for _, m := range t.q.Measures {
		header = append(header, m.Name())
	}
	if t.q.PerKM2 || t.q.PerHead {
		header = append(header, "area_km2", "population")
	}
	for _, m := range t.q.Measures {
		if m.Additive() && t.q.PerKM2 {
			header = append(header, m.Name()+"_per_km2")
		}
		if m.Additive() && t.q.PerHead {
			header = append(header, m.Name()+"_per_head")
		}
	}
	return header
}

func (t *statsTable) csvRow(level string, g *layers.StatsCell) []string {
	row := []string{level}
	for _, column := range t.q.RegionColumns() {
		code := g.Regions.Code(column)
		row = append(row, code, t.regions[column][code].Name)
	}
	for i, p := range t.q.Properties {
		row = append(row, csvField(p.Type, g.Properties[i]))
	}
	for _, m := range t.q.Measures {
		row = append(row, csvField(layers.Number, t.q.Value(m, g)))
	}
	region := t.region(level, g)
	km2, heads := sizes(region)
	if t.q.PerKM2 || t.q.PerHead {
		area, people := "", ""
		if region != nil {
			area = csvField(layers.Number, region.AreaKM2)
		}
		if region != nil && region.Population != nil {
			people = csvField(layers.Integer, *region.Population)
		}
		row = append(row, area, people)
	}
	for _, m := range t.q.Measures {
		if m.Additive() && t.q.PerKM2 {
			row = append(row, csvField(layers.Number, share(t.q.Value(m, g), km2)))
		}
		if m.Additive() && t.q.PerHead {
			row = append(row, csvField(layers.Number, share(t.q.Value(m, g), heads)))
		}
	}
	return row
}

// csvField writes a value as a field; null is empty.
func csvField(t layers.PropertyType, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return string(appendTime(nil, t, v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return string(appendPlain(nil, v))
	}
}
