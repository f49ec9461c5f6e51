package city

import (
	"github.com/paulmach/orb"

	"yiping/layers"
)

// Base is the map that the rest of the city is generated on. All geometry is
// lon, lat, WGS 84. A Base is not changed after it was made and may be shared.
type Base struct {
	Title string
	// Schematic says that the outlines were drawn by hand from well-known facts;
	// screens mark such a map 示意.
	Schematic bool
	// Centre is where the city is densest: People's Square in Shanghai.
	Centre orb.Point
	// Sources holds what each Source field below names.
	Sources []layers.Source

	Districts []Area
	// Streets are 街镇; the Parent of each is the code of its district.
	Streets []Area
	// Villages are 居村; the Parent of each is the code of its street, or empty.
	// There may be none.
	Villages []Area

	Water []Water
	// Roads are the known roads: at least the main ones.
	Roads []Road
	// Covered are the bounds inside which Roads is complete, so that no street
	// network has to be made there.
	Covered []orb.Bound

	MetroLines    []MetroLine
	MetroStations []MetroStation
	// Buildings are known footprints with their heights.
	Buildings []Building
	Heritage  []Heritage
	Places    []Place
}

// Area is a district, a street or town, or a neighbourhood.
type Area struct {
	// Code is the official division code, of 6, 9 or 12 digits. One that this
	// project had to invent, because the source has none, is Provisional.
	Code        string
	Provisional bool
	Name        string
	NameEn      string
	// Parent is the code of the area that this one is a part of.
	Parent   string
	Source   string
	SourceID string
	Geometry orb.MultiPolygon
	// Population is the number of residents counted in PopulationYear; 0 is
	// unknown.
	Population     int64
	PopulationYear int
}

// Water is a water surface.
type Water struct {
	Name   string
	NameEn string
	// Kind is sea, river, canal, lake, pond or other.
	Kind string
	// MinZoom is the first zoom that shows it.
	MinZoom  int
	Source   string
	SourceID string
	Geometry orb.MultiPolygon
}

// Road is a stretch of one road. Where two stretches meet they share a vertex.
type Road struct {
	Name   string
	NameEn string
	// Class is a value of the property class of the layer road.
	Class string
	// Lanes is the number of lanes in all directions that the line stands for;
	// 0 is unknown.
	Lanes    int
	Oneway   bool
	Bridge   bool
	Tunnel   bool
	Source   string
	SourceID string
	Geometry orb.LineString
}

// MetroLine is one line of the metro, both tracks as one or more lines.
type MetroLine struct {
	Name   string
	NameEn string
	// Ref is the line's number.
	Ref string
	// Colour is the line's own colour as #rrggbb.
	Colour   string
	Source   string
	SourceID string
	Geometry orb.MultiLineString
}

// MetroStation is a station, one for all the lines that meet there.
type MetroStation struct {
	Name   string
	NameEn string
	// Lines are the numbers of the lines that stop here, comma-separated.
	Lines string
	// Status is open, construction or closed.
	Status   string
	Source   string
	SourceID string
	Geometry orb.Point
}

// Building is a known footprint.
type Building struct {
	Name   string
	NameEn string
	// Use is a value of the property use of the layer building, or empty.
	Use string
	// Floors above ground; 0 is unknown.
	Floors int
	// HeightMetres above ground; 0 is unknown.
	HeightMetres float64
	// BuiltYear is the year of completion; 0 is unknown.
	BuiltYear int
	Source    string
	SourceID  string
	Geometry  orb.MultiPolygon
}

// Heritage is a listed building or site: a point, a line or a polygon.
type Heritage struct {
	Name      string
	NameEn    string
	Grade     string
	ListedRef string
	// BuiltYear is the year of completion; 0 is unknown.
	BuiltYear int
	Style     string
	Source    string
	SourceID  string
	Geometry  orb.Geometry
}

// Place is a name on the map.
type Place struct {
	Name   string
	NameEn string
	// Kind is a value of the property kind of the layer place.
	Kind string
	// MinZoom is the first zoom that shows it.
	MinZoom  int
	Source   string
	SourceID string
	Geometry orb.Point
}
