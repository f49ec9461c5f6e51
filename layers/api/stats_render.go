package api

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"yiping/layers"
)

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
