package load

import (
	"maps"
	"math"
	"slices"
	"strings"

	orbgeo "github.com/paulmach/orb/geo"

	"yiping/layers/load/internal/osmfile"
)

// rule turns OSM elements with certain tags into features of a layer.
type rule struct {
	layer  string
	shapes shape
	match  func(osmfile.Tags) bool
	// fill sets the properties but for name and name_en, which all layers have.
	fill func(*filler)
	// named rules pass over things without a name.
	named bool
	// asPoint rules make a point of an area or a line.
	asPoint bool
	// region rules leave a way alone that a relation is made of.
	region bool
}

// osmRules is what goes into which layer. An element may match several rules: a
// listed house is a building and a heritage building.
//
//	district, street, village  boundary=administrative of the admin_level (6, 8, 10)
//	road           highway=motorway…path, with the links; closed ones stay lines
//	building       building=*
//	water          natural=water, waterway=riverbank|dock, landuse=reservoir|basin
//	metro_line     relations type=route, route=subway|light_rail|tram|monorail
//	metro_station  nodes railway=station of a subway, light rail or monorail
//	heritage       heritage=*, or historic=* on a building; named only
//	place          place=*; else tourism=attraction|museum|artwork…, leisure=park and
//	               historic=* that are no heritage, as points; named only
//	component      street furniture nodes: see componentClass
func osmRules(adminLevels map[string]string) []rule {
	if adminLevels == nil {
		adminLevels = map[string]string{"6": "district", "8": "street", "10": "village"}
	}
	const (
		area     = ringShape | areaShape
		anything = pointShape | lineShape | area
	)
	var rules []rule
	for _, level := range slices.Sorted(maps.Keys(adminLevels)) {
		rules = append(rules, rule{
			layer: adminLevels[level], shapes: area, region: true, fill: fillRegion,
			match: func(t osmfile.Tags) bool {
				return t.Find("boundary") == "administrative" && t.Find("admin_level") == level
			},
		})
	}
	return append(rules,
		rule{layer: "road", shapes: lineShape | ringShape, match: isRoad, fill: fillRoad},
		rule{layer: "building", shapes: area, match: isBuilding, fill: fillBuilding},
		rule{layer: "water", shapes: area, match: isWater, fill: fillWater},
		rule{layer: "metro_line", shapes: routeShape, match: isMetroLine, fill: fillMetroLine},
		rule{layer: "metro_station", shapes: pointShape, match: isMetroStation, fill: fillMetroStation},
		rule{layer: "heritage", shapes: anything, match: isHeritage, fill: fillHeritage, named: true},
		rule{layer: "place", shapes: anything, match: isPlace, fill: fillPlace, named: true, asPoint: true},
		rule{layer: "component", shapes: pointShape, match: isComponent, fill: fillComponent},
	)
}

// displayName is the name that is shown: Chinese where there is a choice.
func displayName(t osmfile.Tags) string {
	for _, key := range [...]string{"name", "name:zh", "name:zh-Hans"} {
		if v := strings.TrimSpace(t.Find(key)); v != "" {
			return v
		}
	}
	return ""
}

// is reports whether a tag is there and does not say no.
func is(t osmfile.Tags, key string) bool {
	v := t.Find(key)
	return v != "" && v != "no"
}

// fillRegion takes the official code from ref:CN or the like, or from ref.
func fillRegion(f *filler) {
	code := f.tags.Find("ref")
	for _, tag := range f.tags {
		if strings.HasPrefix(tag.Key, "ref:CN") {
			code = tag.Value
		}
	}
	if code != "" {
		f.row.setCode(code)
	}
	f.set("population", f.tags.Find("population"))
}

func isWater(t osmfile.Tags) bool {
	return t.Find("natural") == "water" ||
		oneOf(t.Find("waterway"), "riverbank", "dock") ||
		oneOf(t.Find("landuse"), "reservoir", "basin")
}

func oneOf(v string, of ...string) bool { return slices.Contains(of, v) }

func fillWater(f *filler) {
	kind := "other"
	switch water := f.tags.Find("water"); {
	case f.tags.Find("waterway") == "riverbank", oneOf(water, "river", "stream", "stream_pool", "rapids"):
		kind = "river"
	case oneOf(water, "canal", "ditch", "lock"):
		kind = "canal"
	case oneOf(water, "lake", "reservoir", "lagoon", "oxbow"), f.tags.Find("landuse") == "reservoir":
		kind = "lake"
	case oneOf(water, "pond", "basin", "fish_pass", "wastewater", "reflecting_pool", "fountain"), f.tags.Find("landuse") == "basin":
		kind = "pond"
	}
	f.set("kind", kind)
	f.set("min_zoom", int64(waterZoom(orbgeo.Area(f.geometry))))
}

// waterZoom is the first zoom of a water of so many square metres: the one at
// which it is some ten pixels wide.
func waterZoom(area float64) int {
	switch {
	case area >= 10e6:
		return 6
	case area >= 1e6:
		return 9
	case area >= 100e3:
		return 11
	case area >= 10e3:
		return 12
	}
	return 13
}

func isMetroLine(t osmfile.Tags) bool {
	return oneOf(t.Find("route"), "subway", "light_rail", "tram", "monorail")
}

func fillMetroLine(f *filler) {
	f.set("ref", f.tags.Find("ref"))
	f.set("colour", f.tags.Find("colour"))
}

func isMetroStation(t osmfile.Tags) bool {
	railway := t.Find("railway")
	if railway == "construction" {
		railway = t.Find("construction")
	}
	return railway == "station" && (oneOf(t.Find("station"), "subway", "light_rail", "monorail") ||
		t.Find("subway") == "yes" || t.Find("light_rail") == "yes" || t.Find("monorail") == "yes")
}

func fillMetroStation(f *filler) {
	status := "open"
	if f.tags.Find("railway") == "construction" {
		status = "construction"
	}
	f.set("status", status)
	f.set("lines", f.tags.Find("line"))
}

// isHeritage takes what is protected, and historic buildings.
func isHeritage(t osmfile.Tags) bool {
	return is(t, "heritage") || is(t, "historic") && is(t, "building")
}

// fillHeritage: OSM's heritage=* is the admin_level of who protects.
func fillHeritage(f *filler) {
	switch v := f.tags.Find("heritage"); v {
	case "1":
		f.set("grade", "世界级")
	case "2":
		f.set("grade", "国家级")
	case "4":
		f.set("grade", "省市级")
	case "6":
		f.set("grade", "区县级")
	case "yes":
	default:
		f.set("grade", v)
	}
	f.set("listed_ref", f.tags.Find("heritage:ref"))
	f.set("style", f.tags.Find("building:architecture"))
	f.setYear("built_year", f.tags.Find("start_date"))
}

// setYear takes the year of a date of the form 1934 or 1934-05-01; OSM also writes
// "C19" and "1920s", which are dropped.
func (f *filler) setYear(property, date string) {
	if date == "" {
		return
	}
	year, _, _ := strings.Cut(date, "-")
	if len(year) != len("1934") {
		f.drop(property)
		return
	}
	f.set(property, year)
}

func isPlace(t osmfile.Tags) bool {
	kind, _ := placeKind(t)
	return kind != ""
}

func fillPlace(f *filler) {
	kind, zoom := placeKind(f.tags)
	f.set("kind", kind)
	f.set("min_zoom", int64(zoom))
}

// placeKind is the kind of a place and the first zoom that shows it, or "".
func placeKind(t osmfile.Tags) (string, int) {
	switch t.Find("place") {
	case "":
	case "city":
		return "city", 6
	case "town", "borough", "district":
		return "town", 9
	case "village", "hamlet":
		return "village", 12
	case "suburb", "quarter", "neighbourhood":
		return "neighbourhood", 13
	case "square":
		return "landmark", 13
	case "island", "islet", "locality", "isolated_dwelling", "farm":
		return "other", 13
	}
	if isHeritage(t) {
		return "", 0
	}
	switch t.Find("tourism") {
	case "museum", "gallery":
		return "museum", 13
	case "artwork":
		return "artwork", 15
	case "attraction", "theme_park", "zoo", "aquarium", "viewpoint":
		return "attraction", 13
	}
	switch {
	case t.Find("leisure") == "park":
		return "park", 13
	case is(t, "historic"):
		return "landmark", 13
	}
	return "", 0
}

// round1 keeps one decimal: more would pretend to know.
func round1(f float64) float64 { return math.Round(f*10) / 10 }
