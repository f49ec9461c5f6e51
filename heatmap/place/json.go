package place

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"unicode/utf8"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/geojson"

	"yiping/geo"
	"yiping/heatmap"
	"yiping/layers"
)

// The bounds of a place.
const (
	MaxVertices = 2000
	maxName     = 200 // characters
	maxSource   = 500
	minArea     = 10   // m²
	maxArea     = 25e6 // m²
	maxUsable   = 50e6 // m²: a station has floors above each other
	maxCapacity = 10_000_000
)

// Feature is a place as GeoJSON.
type Feature struct {
	Type       string            `json:"type"`
	ID         string            `json:"id,omitempty"`
	Geometry   *geojson.Geometry `json:"geometry"`
	Properties Properties        `json:"properties"`
}

// Properties are those of a place. Usable and Capacity are null where they are not
// known.
type Properties struct {
	Name     string       `json:"name"`
	NameEN   string       `json:"name_en"`
	Flow     heatmap.Flow `json:"flow"`
	Usable   *float64     `json:"usable_m2"`
	Capacity *int         `json:"capacity"`
	Source   string       `json:"source"`
	Version  int32        `json:"version,omitempty"`
}

// body is a Feature as it is read. Its geometry is not a geojson.Geometry, which
// panics at a collection of nothing.
type body struct {
	Type       string          `json:"type"`
	ID         json.RawMessage `json:"id"`
	Geometry   geometry        `json:"geometry"`
	Properties Properties      `json:"properties"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// outline is a Polygon or a MultiPolygon. What positions have beyond lon and lat is
// dropped; where they have less they are no places of the city.
func (g *geometry) outline() (outline orb.MultiPolygon, err error) {
	switch g.Type {
	case "Polygon":
		outline = orb.MultiPolygon{{}}
		err = json.Unmarshal(g.Coordinates, &outline[0])
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &outline)
	default:
		return nil, layers.InputErrorf("geometry", "is a Polygon or a MultiPolygon")
	}
	if err != nil {
		return nil, layers.InputErrorf("geometry", "coordinates: %.200s", err)
	}
	return outline, nil
}

// FeatureOf is a place as GeoJSON.
func FeatureOf(p *heatmap.Place) Feature {
	f := Feature{
		Type: "Feature", ID: p.ID, Geometry: geojson.NewGeometry(p.Outline),
		Properties: Properties{Name: p.Name, NameEN: p.NameEN, Flow: p.Flow, Source: p.Source, Version: p.Version},
	}
	if p.Usable > 0 {
		f.Properties.Usable = &p.Usable
	}
	if p.Capacity > 0 {
		f.Properties.Capacity = &p.Capacity
	}
	return f
}

// Parse reads the place of an id, a GeoJSON Feature with a Polygon or a MultiPolygon,
// and checks it; within bounds where it may lie. It takes no notice of id and version,
// which are not the body's to say. Errors are *layers.InputError.
func Parse(id string, data []byte, within orb.Bound) (heatmap.Place, error) {
	var f body
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return heatmap.Place{}, layers.InputErrorf("body", "%.200s", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return heatmap.Place{}, layers.InputErrorf("body", "more text follows the Feature")
	}
	if f.Type != "Feature" {
		return heatmap.Place{}, layers.InputErrorf("type", "is Feature")
	}
	q := f.Properties
	p := heatmap.Place{ID: id, Name: q.Name, NameEN: q.NameEN, Flow: q.Flow, Source: q.Source}
	var err error
	if p.Outline, err = f.Geometry.outline(); err != nil {
		return p, err
	}
	if q.Usable != nil {
		if p.Usable = *q.Usable; !(p.Usable > 0 && p.Usable <= maxUsable) {
			return p, layers.InputErrorf("properties.usable_m2", "is more than 0 and at most %.0f, or null", float64(maxUsable))
		}
	}
	if q.Capacity != nil {
		if p.Capacity = *q.Capacity; p.Capacity < 1 || p.Capacity > maxCapacity {
			return p, layers.InputErrorf("properties.capacity", "is 1 to %d, or null", maxCapacity)
		}
	}
	return p, check(&p, within)
}

// identifiers are what may be in an address: the database has the same rule.
func identifiers() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`) }

func check(p *heatmap.Place, within orb.Bound) error {
	switch {
	case !identifiers().MatchString(p.ID):
		return layers.InputErrorf("id", "%s is not 1 to 48 small letters, digits and underscores, a letter first", layers.Shown(p.ID))
	case p.Name == "" || !fits(p.Name, maxName):
		return layers.InputErrorf("properties.name", "has 1 to %d characters", maxName)
	case !fits(p.NameEN, maxName):
		return layers.InputErrorf("properties.name_en", "has at most %d characters", maxName)
	case p.Flow != heatmap.Moving && p.Flow != heatmap.Standing:
		return layers.InputErrorf("properties.flow", "is %s where people walk, %s where they stand", heatmap.Moving, heatmap.Standing)
	case !fits(p.Source, maxSource):
		return layers.InputErrorf("properties.source", "has at most %d characters", maxSource)
	}
	return checkOutline(p.Outline, within)
}

// fits tells whether PostgreSQL takes a text, and how long it is.
func fits(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !bytes.ContainsRune([]byte(s), 0)
}

func checkOutline(outline orb.MultiPolygon, within orb.Bound) error {
	vertices := 0
	for _, polygon := range outline {
		if len(polygon) == 0 {
			return layers.InputErrorf("geometry", "has a polygon without rings")
		}
		for _, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return layers.InputErrorf("geometry", "has a ring that is not closed: the last of its four or more positions is the first")
			}
			for _, p := range ring {
				if err := geo.CheckPoint(p); err != nil {
					return layers.InputErrorf("geometry", "%v", err)
				}
				if !within.Contains(p) {
					return layers.InputErrorf("geometry", "%v, %v is not within %v, %v to %v, %v, where pings count", p[0], p[1],
						within.Min[0], within.Min[1], within.Max[0], within.Max[1])
				}
			}
			vertices += len(ring)
		}
	}
	if vertices > MaxVertices {
		return layers.InputErrorf("geometry", "has %d vertices, at most %d are taken", vertices, MaxVertices)
	}
	if area := orbgeo.Area(outline); !(area >= minArea && area <= maxArea) {
		return layers.InputErrorf("geometry", "has %.0f m²; %d to %.0f are taken", area, minArea, float64(maxArea))
	}
	return nil
}
