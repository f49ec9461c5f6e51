package city

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"yiping/geo"
	"yiping/layers"
)

// record is one feature of an input, with its values translated to our fields. It
// keeps the first fault that taking a value met.
type record struct {
	id       string
	source   string
	at       layers.Position
	geometry orb.Geometry
	values   map[string]string

	err    error
	faulty string
}

// readRecords reads the features of a file that the input wants. A polygon that is
// not valid (a ring that crosses itself) is a fault where it is a region; elsewhere
// the feature is left out: one building less changes no map.
func (o *opening) readRecords(at string, p manifestPart, in input) ([]*record, error) {
	features, err := o.readFeatures(in.File)
	if err != nil {
		return nil, err
	}
	datum := o.manifest.Sources[in.Source].datum()
	var records []*record
	for i, f := range features {
		r := &record{
			source: in.Source, id: asText(f.ID), geometry: f.shape(),
			at: layers.Position{Thing: fmt.Sprintf("feature %d", i+1)},
		}
		if in.ID != "" {
			r.id = asText(f.Properties[in.ID])
		}
		if r.id == "" {
			r.id = strconv.Itoa(i + 1)
		}
		if r.geometry == nil || !in.wants(f.Properties) {
			continue
		}
		if r.geometry, err = inWGS84(datum, r.geometry); err != nil {
			return nil, r.fault("", err)
		}
		if in.Bound != nil {
			bound, err := boundOf(at+".bound", in.Bound)
			if err != nil {
				return nil, err
			}
			if !bound.Contains(middle(r.geometry)) {
				continue
			}
		}
		keep, err := r.translate(in, p, f.Properties)
		if err != nil {
			return nil, err
		}
		if !keep {
			continue
		}
		switch err := valid(r.geometry); {
		case err == nil:
			records = append(records, r)
		case p.regions:
			return nil, r.fault("", err)
		}
	}
	return records, nil
}

// feature is a GeoJSON feature, with numbers kept as they are written.
type feature struct {
	ID         any               `json:"id"`
	Properties map[string]any    `json:"properties"`
	Geometry   *geojson.Geometry `json:"geometry"`
}

// shape is the geometry, nil if there is none.
func (f feature) shape() orb.Geometry {
	if f.Geometry == nil || f.Geometry.Coordinates == nil && f.Geometry.Geometries == nil {
		return nil
	}
	return f.Geometry.Geometry()
}

func (o *opening) readFeatures(name string) (features []feature, err error) {
	file, err := o.dir.Open(name)
	if err != nil {
		return nil, layers.InputErrorf("file", "does not open: %v", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	limited := &io.LimitedReader{R: file, N: maxFileBytes + 1}
	decoder := json.NewDecoder(limited)
	decoder.UseNumber()
	var collection struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}
	if err := decoder.Decode(&collection); err != nil {
		if limited.N <= 0 {
			return nil, layers.InputErrorf("file", "is larger than %d MB", maxFileBytes>>20)
		}
		return nil, layers.InputErrorf("file", "is not GeoJSON: %v", err)
	}
	if collection.Type != "FeatureCollection" {
		return nil, layers.InputErrorf("file", "is a %q and not a GeoJSON FeatureCollection", collection.Type)
	}
	return collection.Features, nil
}

// wants reports whether a feature passes Only and Except.
func (in input) wants(properties map[string]any) bool {
	has := func(name string, values []string) bool {
		v := asText(properties[name])
		return v != "" && (slices.Contains(values, v) || slices.Contains(values, "*"))
	}
	for name, values := range in.Only {
		if !has(name, values) {
			return false
		}
	}
	for name, values := range in.Except {
		if has(name, values) {
			return false
		}
	}
	return true
}

// translate fills the record's values. It reports false for a feature that the
// manifest leaves out: one of its values is null there, or a required one missing.
func (r *record) translate(in input, p manifestPart, properties map[string]any) (bool, error) {
	r.values = make(map[string]string, len(in.Fields))
	for name, f := range in.Fields {
		var value string
		for _, from := range f.From {
			if value = asText(properties[from]); value != "" {
				break
			}
		}
		known, listed := f.Values[value]
		switch {
		case listed && known == nil:
			return false, nil
		case listed:
			value = *known
		case f.Default != nil && (value == "" || f.Values != nil):
			value = *f.Default
		case value != "" && f.Values != nil:
			return false, r.fault(name, fmt.Errorf(
				"the value %q of %s is not listed: add it to values, or give a default", value, strings.Join(f.From, ", ")))
		}
		r.values[name] = value
	}
	for _, name := range p.required {
		if r.values[name] == "" {
			return false, nil
		}
	}
	return true, nil
}

// asText is a property's value as text; null and missing are empty.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		return fmt.Sprint(v)
	}
}

// fault is an InputError about the record.
func (r *record) fault(field string, err error) error {
	return fmt.Errorf("%s: %w", r.at.Thing, &layers.InputError{At: r.at, Field: field, Reason: err.Error()})
}

func (r *record) text(name string) string { return r.values[name] }

func (r *record) fail(name, format string, args ...any) {
	if r.err == nil {
		r.faulty, r.err = name, fmt.Errorf(format, args...)
	}
}

// number reads a finite number; a missing one is 0.
func (r *record) number(name string) float64 {
	v := r.values[name]
	if v == "" {
		return 0
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		r.fail(name, "%q is not a number", v)
		return 0
	}
	return n
}

// integer reads a whole number; a missing one is 0.
func (r *record) integer(name string) int {
	n := r.number(name)
	if n != math.Trunc(n) || math.Abs(n) > math.MaxInt32 {
		r.fail(name, "%q is not a whole number", r.values[name])
		return 0
	}
	return int(n)
}

// year reads the year that a date begins with, as in 1933-05 or 1920s; one that does
// not begin with four digits ("before 1910", "清") is unknown, 0.
func (r *record) year(name string) int {
	v := r.values[name]
	if len(v) < 4 {
		return 0
	}
	year, err := strconv.ParseUint(v[:4], 10, 16)
	if err != nil {
		return 0
	}
	return int(year)
}

// truth reads yes or no as OpenStreetMap and JSON write them; missing is no.
func (r *record) truth(name string) bool {
	switch v := r.values[name]; v {
	case "yes", "true", "1":
		return true
	case "", "no", "false", "0":
		return false
	default:
		r.fail(name, "%q is neither yes nor no: translate it under values", v)
		return false
	}
}

func (r *record) polygons() orb.MultiPolygon {
	var m orb.MultiPolygon
	switch g := r.geometry.(type) {
	case orb.Polygon:
		m = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		m = g
	default:
		r.fail("", "is a %s, not a polygon", r.geometry.GeoJSONType())
		return nil
	}
	if len(m) == 0 || slices.ContainsFunc(m, func(p orb.Polygon) bool { return len(p) == 0 }) {
		r.fail("", "is an empty polygon")
	}
	return m
}

func (r *record) line() orb.LineString {
	if g, ok := r.geometry.(orb.LineString); ok {
		return r.drawable(g)
	}
	r.fail("", "is a %s, not a line", r.geometry.GeoJSONType())
	return nil
}

func (r *record) lines() orb.MultiLineString {
	g, ok := r.geometry.(orb.MultiLineString)
	if !ok {
		return orb.MultiLineString{r.line()}
	}
	for _, line := range g {
		r.drawable(line)
	}
	return g
}

func (r *record) drawable(line orb.LineString) orb.LineString {
	if len(line) < 2 {
		r.fail("", "is a line of %d points", len(line))
	}
	return line
}

// point is the geometry, or the middle of what is larger than a point.
func (r *record) point() orb.Point {
	if p, ok := r.geometry.(orb.Point); ok {
		return p
	}
	p, _ := planar.CentroidArea(r.geometry)
	if geo.CheckPoint(p) != nil {
		r.fail("", "is an empty %s", r.geometry.GeoJSONType())
	}
	return p
}
