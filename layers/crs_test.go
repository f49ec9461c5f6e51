package layers_test

import (
	"math"
	"strings"
	"testing"

	"yiping/layers"
)

func TestCRSs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		crs      layers.CRS
		x, y     float64
		lon, lat float64
		err      string
	}{
		{layers.CRS84, 121.5, 31.2, 121.5, 31.2, ""},
		{layers.EPSG4326, 31.2, 121.5, 121.5, 31.2, ""},
		{layers.EPSG4490, 31.2, 121.5, 121.5, 31.2, ""},
		// cs2cs EPSG:3857 of the edge of the world and of its middle.
		{layers.EPSG3857, 20037508.342789244, 20037508.342789244, 180, 85.0511287798066, ""},
		{layers.EPSG3857, 0, 0, 0, 0, ""},
		{layers.CRS84, 31.2, 121.5, 0, 0, "longitude, latitude"},
		{layers.EPSG4326, 121.5, 31.2, 0, 0, "latitude, longitude"},
		{layers.EPSG3857, math.Inf(1), 0, 0, 0, "finite"},
		{layers.CRS84, math.NaN(), 0, 0, 0, "finite"},
	} {
		lon, lat, err := tt.crs.ToLonLat(tt.x, tt.y)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s %v, %v: %v, want %q", tt.crs.URI(), tt.x, tt.y, err, tt.err)
			}
		case err != nil || math.Abs(lon-tt.lon) > 1e-12 || math.Abs(lat-tt.lat) > 1e-12:
			t.Errorf("%s %v, %v: %v, %v, %v, want %v, %v", tt.crs.URI(), tt.x, tt.y, lon, lat, err, tt.lon, tt.lat)
		}
	}
	for _, c := range layers.CRSs() {
		if got, err := layers.ParseCRS("crs", c.URI()); err != nil || got != c {
			t.Errorf("%s: %v, %v", c.URI(), got, err)
		}
	}
}
