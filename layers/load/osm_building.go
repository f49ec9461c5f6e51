package load

import (
	"math"
	"strconv"
	"strings"

	orbgeo "github.com/paulmach/orb/geo"

	"yiping/layers/load/internal/osmfile"
)

// metresPerFloor is what a storey is taken to be high where OSM gives floors and no
// height.
const metresPerFloor = 3

func isBuilding(t osmfile.Tags) bool { return is(t, "building") }

// fillBuilding: the height is that of the tag, else metresPerFloor times the
// floors. The floor area is the footprint, by the area of a polygon on a sphere of
// 6,378,137 m (within 0.7 % of the ellipsoid), times the floors; it is not known
// without floors.
func fillBuilding(f *filler) {
	f.set("use", buildingUse(f.tags.Find("building")))
	f.setYear("built_year", f.tags.Find("start_date"))

	footprint := orbgeo.Area(f.geometry)
	floors, hasFloors := f.number("floors", f.tags.Find("building:levels"), 1)
	height, hasHeight := f.metres("height_metres", f.tags.Find("height"))
	if hasFloors {
		floors = math.Max(math.Round(floors), 0)
		f.set("floors", int64(floors))
		if !hasHeight {
			height, hasHeight = floors*metresPerFloor, true
		}
		f.set("floor_area_m2", round1(footprint*floors))
	}
	if hasHeight {
		f.set("height_metres", height)
	}
	f.set("min_zoom", int64(buildingZoom(height, footprint)))
}

// buildingZoom shows towers first, then large houses.
func buildingZoom(heightMetres, footprint float64) int {
	switch {
	case heightMetres >= 100:
		return 13
	case footprint >= 500:
		return 14
	}
	return 15
}

// buildingUse maps building=*; "" is unknown.
func buildingUse(v string) string {
	switch v {
	case "yes", "construction", "roof", "ruins":
		return ""
	case "apartments", "residential", "house", "detached", "semidetached_house", "terrace", "dormitory", "bungalow", "villa":
		return "residential"
	case "office":
		return "office"
	case "commercial", "retail", "supermarket", "hotel", "mall", "shop", "kiosk":
		return "commercial"
	case "industrial", "warehouse", "factory", "manufacture":
		return "industrial"
	case "public", "civic", "government", "school", "university", "college", "kindergarten", "hospital",
		"church", "cathedral", "chapel", "mosque", "temple", "stadium", "sports_hall", "sports_centre",
		"museum", "fire_station", "toilets":
		return "public"
	case "train_station", "transportation", "parking", "garage", "garages", "carport", "hangar":
		return "transport"
	}
	return "other"
}

// number reads a plain number times a factor. One that is none, or negative, is
// dropped.
func (f *filler) number(property, text string, factor float64) (float64, bool) {
	if text == "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		f.drop(property)
		return 0, false
	}
	return v * factor, true
}

// metres reads a length as OSM writes it: metres with or without the unit, or feet
// as 40' or 40 ft.
func (f *filler) metres(property, text string) (float64, bool) {
	const metresPerFoot = 0.3048
	text = strings.TrimSpace(text)
	for _, unit := range [...]struct {
		suffix string
		factor float64
	}{{"ft", metresPerFoot}, {"'", metresPerFoot}, {"metres", 1}, {"m", 1}, {"米", 1}} {
		if digits, ok := strings.CutSuffix(text, unit.suffix); ok {
			return f.number(property, digits, unit.factor)
		}
	}
	return f.number(property, text, 1)
}
