package city_test

import (
	"testing"

	"github.com/paulmach/orb"
)

// checkComponents checks codes, places and proportions.
func checkComponents(t *testing.T, tt testCity) {
	t.Helper()
	_, class := column(t, "component", "class")
	_, state := column(t, "component", "state")
	tr := tt.terrain
	districts := map[string]orb.MultiPolygon{}
	for _, d := range tt.base.Districts {
		districts[d.Code] = d.Geometry
	}
	counts, sound, all := map[string]int{}, 0, 0
	for f, err := range tt.city.Features("component") {
		if err != nil {
			t.Fatal(err)
		}
		all++
		counts[f.Properties[class].(string)]++
		if f.Properties[state] == "完好" {
			sound++
		}
		if len(f.Code) != 17 || f.Code[6:11] != f.Properties[class] {
			t.Fatalf("code %q is not division, class %s and serial", f.Code, f.Properties[class])
		}
		if all%7 != 0 {
			continue // a sample: polygons of a coast are long
		}
		p := f.Geometry.(orb.Point)
		if !holdsPoint(districts[f.Code[:6]], p) {
			t.Errorf("%s at %v is not in its district", f.Code, p)
		}
		if tr.inWater(p) && !tr.onBridge(p) {
			t.Errorf("%s at %v is in water", f.Code, p)
		}
	}
	if share := float64(sound) / float64(all); share < 0.97 || share > 0.995 {
		t.Errorf("%.2f %% are sound, want 97 to 99.5", 100*share)
	}
	if len(counts) < 55 {
		t.Errorf("%d classes, want at least 55", len(counts))
	}
	trees, lamps := counts["04002"], counts["01037"]
	if float64(trees) < 0.12*float64(all) || float64(lamps) < 0.06*float64(all) || float64(trees) > 0.35*float64(all) {
		t.Errorf("%d street trees and %d lamps of %d, want them to lead", trees, lamps, all)
	}
}
