package load

import (
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"yiping/layers/load/internal/osmfile"
)

// roadClass is the class of highway=* and its first zoom, or "" for what is no road:
// those planned or being built, and areas.
func roadClass(highway string) (class string, zoom int) {
	switch strings.TrimSuffix(highway, "_link") {
	case "motorway":
		return "motorway", 7
	case "trunk":
		return "trunk", 8
	case "primary":
		return "primary", 9
	case "secondary":
		return "secondary", 11
	case "tertiary":
		return "tertiary", 12
	case "residential", "unclassified", "living_street", "road":
		return "residential", 13
	case "service", "busway", "bus_guideway", "escape":
		return "service", 14
	case "pedestrian":
		return "pedestrian", 14
	case "footway", "path", "cycleway", "steps", "track", "bridleway":
		return "path", 14
	}
	return "", 0
}

func isRoad(t osmfile.Tags) bool {
	class, _ := roadClass(t.Find("highway"))
	return class != "" && t.Find("area") != "yes"
}

// fillRoad also turns the geometry: a closed road is a line, and one that runs one
// way against its drawing is drawn the other way.
func fillRoad(f *filler) {
	class, zoom := roadClass(f.tags.Find("highway"))
	f.set("class", class)
	f.set("min_zoom", int64(zoom))
	f.set("lanes", f.tags.Find("lanes"))
	f.set("bridge", is(f.tags, "bridge"))
	f.set("tunnel", is(f.tags, "tunnel"))

	line := roadLine(f.geometry)
	switch v := f.tags.Find("oneway"); v {
	case "yes", "true", "1":
		f.set("oneway", true)
	case "-1", "reverse":
		slices.Reverse(line)
		f.set("oneway", true)
	case "no", "false", "0":
		f.set("oneway", false)
	case "":
		// OSM's defaults: motorways and roundabouts run one way, others both.
		f.set("oneway", f.tags.Find("highway") == "motorway" || f.tags.Find("junction") == "roundabout")
	default:
		f.drop("oneway")
	}
	f.geometry = line
}

func roadLine(g orb.Geometry) orb.LineString {
	switch g := g.(type) {
	case orb.LineString:
		return g
	case orb.Polygon:
		return fold(orb.LineString(g[0]))
	}
	return nil
}
