package geo_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
)

func TestCheckPoint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		p    orb.Point
		want string
	}{
		{name: "Shanghai", p: orb.Point{121.47, 31.23}},
		{name: "corner of the world", p: orb.Point{-180, 90}},
		{name: "zero", p: orb.Point{}},
		{name: "NaN", p: orb.Point{math.NaN(), 31}, want: "coordinate (NaN, 31) is not a finite number"},
		{name: "infinite", p: orb.Point{121, math.Inf(-1)}, want: "coordinate (121, -Inf) is not a finite number"},
		{name: "lat first", p: orb.Point{31.23, 121.47}, want: "coordinate (31.23, 121.47) is outside the world but would fit as lat, lon: longitude must come first"},
		{name: "metres", p: orb.Point{993908.8, 232934.6}, want: "coordinate (993908.8, 232934.6) is outside the world, longitude −180..180, latitude −90..90"},
		{name: "just outside", p: orb.Point{180.0000001, 0}, want: "coordinate (180.0000001, 0) is outside the world, longitude −180..180, latitude −90..90"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := text(geo.CheckPoint(tt.p)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAxisOrder(t *testing.T) {
	t.Parallel()
	monaco := orb.Bound{Min: orb.Point{7.40, 43.72}, Max: orb.Point{7.45, 43.76}}
	for _, tt := range []struct {
		name   string
		points []orb.Point
		want   string
	}{
		{name: "none"},
		{name: "right", points: []orb.Point{{7.42, 43.73}, {7.43, 43.74}}},
		{name: "elsewhere", points: []orb.Point{{121.4, 31.2}}},
		{name: "one outside either way", points: []orb.Point{{43.73, 7.42}, {50, 8}}},
		{name: "mixed", points: []orb.Point{{43.73, 7.42}, {7.42, 43.73}}},
		{name: "swapped", points: []orb.Point{{43.73, 7.42}, {43.74, 7.43}}, want: "all 2 points lie outside the expected area and would lie inside it as lat, lon: swap the coordinates so that longitude comes first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := geo.NewAxisOrder(monaco)
			for _, p := range tt.points {
				a.Add(p)
			}
			if got := text(a.Err()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
