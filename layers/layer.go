package layers

import (
	"slices"
)

// GeometryType is the OGC simple-feature type that every feature of a layer has.
// A Multi layer takes single geometries too: they are promoted when stored.
type GeometryType string

// The geometry types that a layer can have. AnyGeometry takes all of them.
const (
	Point           GeometryType = "Point"
	MultiPoint      GeometryType = "MultiPoint"
	LineString      GeometryType = "LineString"
	MultiLineString GeometryType = "MultiLineString"
	Polygon         GeometryType = "Polygon"
	MultiPolygon    GeometryType = "MultiPolygon"
	AnyGeometry     GeometryType = "Geometry"
)

// Text is a title in both languages of the product. Zh comes first on screens.
type Text struct {
	Zh string `json:"zh" yaml:"zh"`
	En string `json:"en" yaml:"en"`
}

// PropertyType is the type of a property's values, named as in JSON Schema
// (with the formats date and date-time as types of their own).
type PropertyType string

// The property types, each with the Go type that a Feature holds it in.
const (
	String   PropertyType = "string"    // string
	Integer  PropertyType = "integer"   // int64
	Number   PropertyType = "number"    // float64, finite
	Boolean  PropertyType = "boolean"   // bool
	Date     PropertyType = "date"      // time.Time, midnight UTC
	DateTime PropertyType = "date-time" // time.Time
)

// Property is one typed column of a layer.
type Property struct {
	Name  string
	Title Text
	Type  PropertyType
	// Unit is the UCUM symbol of the values ("m", "mm", "m2"), or empty.
	Unit string
	// Enum lists the only values a string property may have; empty allows all.
	Enum []string
	// MaxLength bounds a string in characters; 0 means MaxStringLength.
	MaxLength int
	// Minimum and Maximum bound a number or an integer, inclusively.
	Minimum, Maximum *float64
	// Required properties are never null.
	Required bool
	// InTiles puts the property into vector tiles.
	InTiles bool
	// Sum makes the layer's summary carry the total of the property; of a
	// boolean, the number of features that have it set.
	Sum bool
}

// MaxStringLength is the bound, in characters, of a string without its own.
const MaxStringLength = 1000

// ZoomRange says at which zooms tiles hold the layer. If Property is set, that
// integer property of a feature is the lowest zoom that shows this feature.
type ZoomRange struct {
	Min      int    `json:"min" yaml:"min"`
	Max      int    `json:"max" yaml:"max"`
	Property string `json:"property,omitempty" yaml:"property,omitempty"`
}

// TileRules say what tiles tell of features that they do not draw one by one.
type TileRules struct {
	// CountBy is a string property with an enum: a point that stands for several
	// carries how many of them have each value. For layers of points.
	CountBy string `json:"count_by,omitempty" yaml:"count_by,omitempty"`
	// MergeBy are the properties whose values two lines must share to be drawn
	// as one at low zooms where they meet. For layers of lines.
	MergeBy []string `json:"merge_by,omitempty" yaml:"merge_by,omitempty"`
	// Weight is the number that a merged line has the greatest of.
	Weight string `json:"weight,omitempty" yaml:"weight,omitempty"`
}

// Layer is a named set of features with one schema. It is a table of the
// database, with one typed column a property and the columns that all layers
// have: id, code, source, source_id, synthetic, version, updated_at, district,
// street, village and geom.
type Layer struct {
	Name       string
	Title      Text
	Geometry   GeometryType
	Properties []Property
	Zoom       ZoomRange
	Tiles      TileRules
	// History keeps the versions of features that are replaced or deleted.
	History bool
	// Domain is the city domain of the layer (one of the thirteen), or empty.
	Domain string
	// Datum is that of the layer's source before it was converted to WGS 84.
	Datum string
	// AccuracyMetres is the positional accuracy that the source states.
	AccuracyMetres float64
	// Owner is the department that answers for the data.
	Owner       string
	Licence     string
	Attribution string
}

// Property returns the property of that name and its place in Properties.
func (l *Layer) Property(name string) (Property, int, bool) {
	i := slices.IndexFunc(l.Properties, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, -1, false
	}
	return l.Properties[i], i, true
}

// SystemColumns are the columns that every layer has beside its properties; no
// property may take one of these names.
func SystemColumns() []string {
	return []string{
		"id", "code", "source", "source_id", "synthetic", "version", "updated_at",
		"district", "street", "village", "geom",
	}
}

// RegionColumns name the regions that every feature knows, coarse to fine. Each
// holds the code of a feature of the layer of the same name, or null.
func RegionColumns() []string { return []string{"district", "street", "village"} }
