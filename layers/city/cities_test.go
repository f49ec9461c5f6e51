package city_test

import (
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/city"
)

// tinyScale is the scale at which tinyBase has room for everything.
const tinyScale = 0.004

// tinyBase is a town of 12 by 11 km with a river, one bridge and few facts.
func tinyBase() *city.Base {
	const w, e, s, n = 121.40, 121.52, 31.18, 31.28
	box := func(w, s, e, n float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
	}
	const middle, bank = 121.46, 0.002 // the river runs south to north
	b := &city.Base{
		Title:   "小城",
		Centre:  orb.Point{121.45, 31.23},
		Sources: []layers.Source{{Name: "test", Title: "made for tests", Licence: "Apache-2.0", Datum: "WGS84"}},
		Districts: []city.Area{
			{Code: "310001", Name: "西区", Geometry: box(w, s, middle, n)},
			{Code: "310002", Name: "东区", Geometry: box(middle, s, e, n)},
		},
		Water: []city.Water{{Kind: "river", SourceID: "river", Geometry: orb.MultiPolygon{{{
			{middle - bank, s - 0.01},
			{middle + bank, s - 0.01},
			{middle + 2*bank, 31.23},
			{middle + bank, n + 0.01},
			{middle - bank, n + 0.01},
			{middle, 31.23},
			{middle - bank, s - 0.01},
		}}}}},
		Roads: []city.Road{
			{Class: "primary", SourceID: "west", Geometry: orb.LineString{{w + 0.005, 31.225}, {121.43, 31.232}, {121.45, 31.231}}},
			{Class: "primary", SourceID: "bridge", Bridge: true, Geometry: orb.LineString{{121.45, 31.231}, {121.475, 31.231}}},
			{Class: "primary", SourceID: "east", Geometry: orb.LineString{{121.475, 31.231}, {e - 0.005, 31.22}}},
			{Class: "motorway", SourceID: "north", Geometry: orb.LineString{{121.44, s - 0.02}, {121.435, 31.23}, {121.44, n + 0.02}}},
		},
		MetroStations: []city.MetroStation{
			{Name: "中心", Lines: "1,2", Status: "open", SourceID: "1", Geometry: orb.Point{121.45, 31.231}},
			{Name: "东", Lines: "2", Status: "open", SourceID: "2", Geometry: orb.Point{121.49, 31.228}},
		},
		Buildings: []city.Building{{
			Name: "会德丰国际广场", Use: "office", Floors: 61, HeightMetres: 270, BuiltYear: 2010, SourceID: "tower",
			Geometry: box(121.4460, 31.2260, 121.4465, 31.2264),
		}},
		Heritage: []city.Heritage{{Name: "老楼", SourceID: "old", Geometry: orb.Point{121.444, 31.229}}},
		Places:   []city.Place{{Name: "东城", Kind: "city", MinZoom: 8, SourceID: "p", Geometry: orb.Point{121.49, 31.25}}},
	}
	for i, y := range []float64{s, (s + n) / 2} {
		for k, x := range []float64{w, middle} {
			b.Streets = append(b.Streets, city.Area{
				Code: []string{"310001", "310002"}[k] + []string{"001", "002"}[i], Name: "街镇",
				Parent:   []string{"310001", "310002"}[k],
				Geometry: box(x, y, x+(e-w)/2, y+(n-s)/2),
			})
		}
	}
	for i := range b.Districts {
		b.Districts[i].Source = "test"
	}
	for i := range b.Streets {
		b.Streets[i].Source = "test"
	}
	for i := range b.Roads {
		b.Roads[i].Source = "test"
	}
	for i := range b.MetroStations {
		b.MetroStations[i].Source = "test"
	}
	b.Water[0].Source, b.Buildings[0].Source, b.Heritage[0].Source, b.Places[0].Source = "test", "test", "test", "test"
	return b
}

func mustCity(t *testing.T, b *city.Base, cfg city.Config) *city.City {
	t.Helper()
	c, err := city.New(b, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// testCity is a city that properties are checked on.
type testCity struct {
	base    *city.Base
	scale   float64
	city    *city.City
	terrain terrain
}
