package city_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// outlines are the outer rings of a polygon feature.
func outlines(t *testing.T, g orb.Geometry) []orb.Ring {
	t.Helper()
	switch g := g.(type) {
	case orb.Polygon:
		return []orb.Ring{g[0]}
	case orb.MultiPolygon:
		var rings []orb.Ring
		for _, polygon := range g {
			rings = append(rings, polygon[0])
		}
		return rings
	default:
		t.Fatalf("geometry is %T", g)
		return nil
	}
}

// checkBuildings checks that buildings have their floor area and stand on dry land,
// beside each other and beside the streets.
func checkBuildings(t *testing.T, tt testCity) {
	t.Helper()
	_, floorArea := column(t, "building", "floor_area_m2")
	tr := tt.terrain
	built := newShapes()
	var made []bool
	var area float64
	for f, err := range tt.city.Features("building") {
		if err != nil {
			t.Fatal(err)
		}
		area += f.Properties[floorArea].(float64)
		for _, ring := range outlines(t, f.Geometry) {
			r := planeRing(ring)
			if f.Source == "demo" {
				checkRing(t, f.Code, r)
				for _, p := range ring {
					if tr.inWater(p) {
						t.Errorf("%s: stands in water at %v", f.Code, p)
					}
				}
				for _, id := range built.near(orb.LineString(r).Bound(), 0) {
					if ringsOverlap(r, built.rings[id]) {
						t.Errorf("%s overlaps another building at %v", f.Code, ring[0])
					}
				}
			}
			built.add(r)
			made = append(made, f.Source == "demo")
		}
	}
	if want := 1.3e9 * tt.scale; math.Abs(area-want) > 0.01*want {
		t.Errorf("floor area is %.0f m², want %.0f", area, want)
	}
	checkStreets(t, tt, built, made)
}

// checkRing checks that a ring is closed, anticlockwise and does not cross itself.
func checkRing(t *testing.T, code string, r []orb.Point) {
	t.Helper()
	if r[0] != r[len(r)-1] {
		t.Errorf("%s: its ring is not closed", code)
	}
	if orb.Ring(r).Orientation() != orb.CCW {
		t.Errorf("%s: its ring runs clockwise", code)
	}
	for i := 1; i < len(r); i++ {
		for k := i + 1; k < len(r); k++ {
			if segmentsCross(r[i-1], r[i], r[k-1], r[k]) {
				t.Errorf("%s: its ring crosses itself", code)
			}
		}
	}
}

// checkStreets checks that no building stands in a street. A known building and
// a known road may be at odds: that is their sources' affair.
func checkStreets(t *testing.T, tt testCity, built *shapes, made []bool) {
	t.Helper()
	const kerb = 3 // metres from the middle of the narrowest street
	for f, err := range tt.city.Features("road") {
		if err != nil {
			t.Fatal(err)
		}
		line := planeRing(orb.Ring(f.Geometry.(orb.LineString)))
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			for _, id := range built.near(orb.LineString{a, b}.Bound(), kerb) {
				if !made[id] && f.Source != "demo" {
					continue
				}
				ring := built.rings[id]
				for k := 1; k < len(ring); k++ {
					if segmentsCross(a, b, ring[k-1], ring[k]) || distance(a, b, ring[k-1], ring[k]) < kerb {
						t.Errorf("road %s%s runs through a building at %v m", f.Code, f.SourceID, ring[0])
						break
					}
				}
			}
		}
	}
}

// checkCurtainWalls checks that each is a building of the layer building.
func checkCurtainWalls(t *testing.T, tt testCity) {
	t.Helper()
	_, name := column(t, "curtain_wall", "name")
	_, high := column(t, "curtain_wall", "high_rise")
	_, height := column(t, "curtain_wall", "height_metres")
	_, floors := column(t, "curtain_wall", "floors")
	_, building := column(t, "curtain_wall", "building_code")
	_, bays := column(t, "curtain_wall", "bays")
	_, panes := column(t, "curtain_wall", "panes")
	_, buildingHeight := column(t, "building", "height_metres")
	type house struct {
		height float64
		shape  string
	}
	houses := map[string]house{}
	for f, err := range tt.city.Features("building") {
		if err != nil {
			t.Fatal(err)
		}
		code := f.Code
		if code == "" {
			code = f.SourceID
		}
		h, _ := f.Properties[buildingHeight].(float64)
		houses[code] = house{h, fmt.Sprint(f.Geometry)}
	}
	highRise, wheelock := 0, 0
	for f, err := range tt.city.Features("curtain_wall") {
		if err != nil {
			t.Fatal(err)
		}
		p := f.Properties
		h, ok := houses[p[building].(string)]
		if got := p[height].(float64); !ok || got != h.height || fmt.Sprint(f.Geometry) != h.shape {
			t.Fatalf("%s: it is not the building %q", f.Code, p[building])
		}
		if got, want := p[high].(bool), p[height].(float64) > 24; got != want {
			t.Errorf("%s: high_rise is %v at %v m", f.Code, got, p[height])
		}
		if p[high].(bool) {
			highRise++
		}
		if p[panes].(int64) != p[bays].(int64)*p[floors].(int64) {
			t.Errorf("%s: %v panes are not %v bays on %v floors", f.Code, p[panes], p[bays], p[floors])
		}
		if p[name] == "会德丰国际广场" {
			wheelock++
			if p[floors].(int64) != 61 || p[height].(float64) != 270 {
				t.Errorf("会德丰国际广场 has %v floors and %v m, want 61 and 270", p[floors], p[height])
			}
		}
	}
	if want := int(math.Round(8_600 * tt.scale)); highRise != want {
		t.Errorf("%d high-rises, want %d", highRise, want)
	}
	if wheelock != 1 {
		t.Errorf("会德丰国际广场 is there %d times, want once", wheelock)
	}
}

// checkPlots checks compounds and construction sites.
func checkPlots(t *testing.T, tt testCity) {
	t.Helper()
	_, smart := column(t, "compound", "smart_security")
	tr := tt.terrain
	plots := newShapes()
	secured := 0
	for _, layer := range []string{"compound", "construction_site"} {
		for f, err := range tt.city.Features(layer) {
			if err != nil {
				t.Fatal(err)
			}
			if layer == "compound" && f.Properties[smart] == true {
				secured++
			}
			for _, ring := range outlines(t, f.Geometry) {
				r := planeRing(ring)
				checkRing(t, f.Code, r)
				for _, p := range ring {
					if tr.inWater(p) {
						t.Errorf("%s: lies in water at %v", f.Code, p)
					}
				}
				for _, id := range plots.near(orb.LineString(r).Bound(), 0) {
					if ringsOverlap(r, plots.rings[id]) {
						t.Errorf("%s overlaps another plot at %v", f.Code, ring[0])
					}
				}
				plots.add(r)
			}
		}
	}
	if want := int(math.Round(9_000 * tt.scale)); secured != want {
		t.Errorf("%d compounds have smart security, want %d", secured, want)
	}
}
