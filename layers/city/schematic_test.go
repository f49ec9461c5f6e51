package city_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
	"github.com/peterstace/simplefeatures/geom"

	"yiping/layers"
	"yiping/layers/city"
)

// tilingError is how far the regions may miss a perfect tiling, square degrees.
const tilingError = 1e-9

func schematic(tb testing.TB) *city.Base {
	tb.Helper()
	b, err := city.Schematic()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// TestSchematic checks the map, and a city made on it. Making the map takes
// seconds under the race detector, so that all share one.
func TestSchematic(t *testing.T) {
	t.Parallel()
	b := schematic(t)
	for _, c := range []struct {
		name  string
		check func(*testing.T, *city.Base)
	}{
		{"is the same each time", checkSchematicIsTheSameEachTime},
		{"is marked", checkSchematicIsMarked},
		{"surfaces are valid", checkSchematicSurfacesAreValid},
		{"districts tile", checkSchematicDistrictsTile},
		{"streets tile their districts", checkSchematicStreetsTileTheirDistricts},
		{"stations lie in districts", checkSchematicStationsLieInDistricts},
		{"roads are one network", checkSchematicRoadsAreOneNetwork},
		{"crossings", checkSchematicCrossings},
		{"water", checkSchematicWater},
		{"buildings stand free", checkSchematicBuildingsStandFree},
		{"fits the layers", checkSchematicFitsTheLayers},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, b)
		})
	}
	t.Run("city", func(t *testing.T) {
		t.Parallel()
		checkCity(t, b, 0.01)
	})
}

func checkSchematicIsTheSameEachTime(t *testing.T, b *city.Base) {
	t.Helper()
	// DeepEqual, because cmp takes many seconds for 100,000 coordinates.
	if !reflect.DeepEqual(schematic(t), b) {
		t.Error("two maps differ")
	}
}

func checkSchematicIsMarked(t *testing.T, b *city.Base) {
	t.Helper()
	if !b.Schematic || len(b.Sources) != 1 || !b.Sources[0].Schematic || !b.Sources[0].Synthetic {
		t.Errorf("got Schematic %v with sources %+v, want one source, schematic and synthetic", b.Schematic, b.Sources)
	}
	for _, s := range b.Streets {
		if !strings.Contains(s.Name, "示意") || !s.Provisional {
			t.Errorf("the made-up town %s does not say so", s.Name)
		}
	}
}

func checkSchematicSurfacesAreValid(t *testing.T, b *city.Base) {
	t.Helper()
	check := func(name string, g orb.MultiPolygon) {
		if err := surface(g).Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range slices.Concat(b.Districts, b.Streets) {
		check(a.Name, a.Geometry)
	}
	for _, w := range b.Water {
		check(w.Name, w.Geometry)
	}
	for _, h := range b.Buildings {
		check(h.Name, h.Geometry)
	}
}

func checkSchematicDistrictsTile(t *testing.T, b *city.Base) {
	t.Helper()
	var sum, metres float64
	var all []geom.Geometry
	for i, d := range b.Districts {
		all = append(all, surface(d.Geometry))
		sum += all[i].Area()
		metres += orbgeo.Area(d.Geometry)
		for j, e := range b.Districts[:i] {
			if shared := sharedArea(t, all[i], all[j]); shared > tilingError {
				t.Errorf("%s and %s overlap by %g square degrees", d.Name, e.Name, shared)
			}
		}
	}
	whole, err := geom.UnionMany(all)
	if err != nil {
		t.Fatal(err)
	}
	if gap := math.Abs(whole.Area() - sum); gap > tilingError {
		t.Errorf("the districts together differ from their sum by %g square degrees", gap)
	}
	// Chongming has three islands; the rest is one piece without holes.
	holes := 0
	for _, g := range whole.Dump() {
		holes += g.MustAsPolygon().NumInteriorRings()
	}
	if got := len(whole.Dump()); got != 4 || holes != 0 {
		t.Errorf("the city has %d pieces and %d holes, want 4 and 0", got, holes)
	}
	// 6,833 km²: 上海市城市总体规划（2017—2035年）, land area. (The yearbook's 6,340.5
	// is older than the land won from the sea since.)
	const landKM2 = 6833
	if got := metres / 1e6; math.Abs(got-landKM2) > 0.03*landKM2 {
		t.Errorf("the city has %.0f km², want %d within 3 %%", got, landKM2)
	}
}

func checkSchematicStreetsTileTheirDistricts(t *testing.T, b *city.Base) {
	t.Helper()
	// 216 streets and towns by the division list of 2025.
	want := map[string]int{
		"310101": 10, "310104": 13, "310105": 10, "310106": 14, "310107": 10, "310109": 8, "310110": 12, "310112": 14,
		"310113": 12, "310114": 11, "310115": 36, "310116": 10, "310117": 18, "310118": 11, "310120": 8, "310151": 19,
	}
	got := map[string]int{}
	for _, s := range b.Streets {
		got[s.Parent]++
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("streets by district (-got +want):\n%s", diff)
	}
	for _, d := range b.Districts {
		whole, sum := surface(d.Geometry), 0.0
		for _, s := range b.Streets {
			if s.Parent != d.Code {
				continue
			}
			if !strings.HasPrefix(s.Code, d.Code) || len(s.Code) != 9 {
				t.Errorf("%s has the code %s in district %s", s.Name, s.Code, d.Code)
			}
			g := surface(s.Geometry)
			sum += g.Area()
			if out := g.Area() - sharedArea(t, g, whole); out > tilingError {
				t.Errorf("%s lies outside %s by %g square degrees", s.Name, d.Name, out)
			}
		}
		// None lies outside, and together they are as large: so they cover it once.
		if gap := math.Abs(whole.Area() - sum); gap > tilingError {
			t.Errorf("the streets of %s differ from it by %g square degrees", d.Name, gap)
		}
	}
}

func checkSchematicStationsLieInDistricts(t *testing.T, b *city.Base) {
	t.Helper()
	if len(b.MetroStations) < 120 || len(b.MetroLines) != 18 {
		t.Errorf("got %d stations on %d lines, want at least 120 on 18", len(b.MetroStations), len(b.MetroLines))
	}
	for _, s := range b.MetroStations {
		inside := slices.ContainsFunc(b.Districts, func(d city.Area) bool {
			return planar.MultiPolygonContains(d.Geometry, s.Geometry)
		})
		// Line 11 ends in Kunshan, beyond the border.
		if abroad := slices.Contains([]string{"兆丰路", "光明路", "花桥"}, s.Name); inside == abroad {
			t.Errorf("%s inside a district: got %v", s.Name, inside)
		}
		if s.Lines == "" {
			t.Errorf("%s is on no line", s.Name)
		}
	}
}

func checkSchematicRoadsAreOneNetwork(t *testing.T, b *city.Base) {
	t.Helper()
	towns := map[orb.Point]orb.Point{}
	var find func(orb.Point) orb.Point
	find = func(p orb.Point) orb.Point {
		if q, ok := towns[p]; ok && q != p {
			towns[p] = find(q)
			return towns[p]
		}
		return p
	}
	for _, r := range b.Roads {
		for i := 1; i < len(r.Geometry); i++ {
			towns[find(r.Geometry[i])] = find(r.Geometry[0])
		}
	}
	bund, pudong := orb.Point{}, orb.Point{}
	alone := map[string]bool{}
	for _, r := range b.Roads {
		switch r.Name {
		case "中山东一路":
			bund = find(r.Geometry[0])
		case "世纪大道":
			pudong = find(r.Geometry[0])
		}
	}
	if bund != pudong {
		t.Error("no road leads from the Bund to Lujiazui")
	}
	for _, r := range b.Roads {
		if find(r.Geometry[0]) != bund {
			alone[r.Name] = true
		}
	}
	// Hengsha has a ferry and no bridge.
	if diff := cmp.Diff(alone, map[string]bool{"新元公路": true, "横沙公路": true}); diff != "" {
		t.Errorf("roads apart from the network (-got +want):\n%s", diff)
	}
}

func checkSchematicCrossings(t *testing.T, b *city.Base) {
	t.Helper()
	got := map[string]bool{}
	for _, r := range b.Roads {
		if r.Bridge || r.Tunnel {
			got[r.Name] = true
		}
	}
	for _, name := range []string{
		"杨浦大桥", "南浦大桥", "卢浦大桥", "徐浦大桥", "闵浦大桥", "奉浦大桥", "闵浦二桥", "松浦大桥",
		"上海长江大桥", "东海大桥", "崇启大桥", "外白渡桥",
		"外环隧道", "翔殷路隧道", "大连路隧道", "新建路隧道", "延安东路隧道", "人民路隧道", "复兴东路隧道",
		"西藏南路隧道", "打浦路隧道", "龙耀路隧道", "上中路隧道", "上海长江隧道",
	} {
		if !got[name] {
			t.Errorf("%s is neither a bridge nor a tunnel", name)
		}
	}
}

func checkSchematicWater(t *testing.T, b *city.Base) {
	t.Helper()
	for name, tt := range map[string]struct {
		at   orb.Point
		want string
	}{
		"river off the Bund":         {orb.Point{121.4895, 31.2385}, "黄浦江"},
		"the Bund":                   {orb.Point{121.4862, 31.2376}, ""},
		"Oriental Pearl":             {orb.Point{121.4953, 31.2419}, ""},
		"river under Nanpu Bridge":   {orb.Point{121.5002, 31.2066}, "黄浦江"},
		"creek at Zhejiang Road":     {orb.Point{121.475, 31.242}, "苏州河"},
		"Dishui Lake":                {orb.Point{121.925, 30.897}, "滴水湖"},
		"Dianshan Lake":              {orb.Point{120.965, 31.12}, "淀山湖"},
		"estuary south of Changxing": {orb.Point{121.65, 31.36}, "长江口"},
		"Hangzhou Bay":               {orb.Point{121.5, 30.7}, "杭州湾"},
		"East China Sea":             {orb.Point{122.5, 31}, "东海"},
		"Chongming":                  {orb.Point{121.5, 31.65}, ""},
		"Pudong Airport":             {orb.Point{121.8, 31.15}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, w := range b.Water {
				if planar.MultiPolygonContains(w.Geometry, tt.at) {
					got = w.Name
				}
			}
			if got != tt.want {
				t.Errorf("water at %v: got %q, want %q", tt.at, got, tt.want)
			}
		})
	}
}

func checkSchematicBuildingsStandFree(t *testing.T, b *city.Base) {
	t.Helper()
	for i, h := range b.Buildings {
		g, bound := surface(h.Geometry), h.Geometry.Bound()
		for _, r := range b.Roads {
			if r.Tunnel || !r.Geometry.Bound().Intersects(bound) {
				continue
			}
			if geom.Intersects(g, lineString(r.Geometry)) {
				t.Errorf("%s stands on %s", h.Name, r.Name)
			}
		}
		for _, other := range b.Buildings[:i] {
			if other.Geometry.Bound().Intersects(bound) && sharedArea(t, g, surface(other.Geometry)) > 0 {
				t.Errorf("%s and %s overlap", h.Name, other.Name)
			}
		}
		for _, w := range b.Water {
			if w.Geometry.Bound().Intersects(bound) && geom.Intersects(g, surface(w.Geometry)) {
				t.Errorf("%s stands in %s", h.Name, w.Name)
			}
		}
	}
	i := slices.IndexFunc(b.Buildings, func(h city.Building) bool { return h.Name == "会德丰国际广场" })
	if i < 0 || b.Buildings[i].Floors != 61 || b.Buildings[i].HeightMetres != 270 {
		t.Error("会德丰国际广场 with 61 floors and 270 m is missing")
	}
}

// checkSchematicFitsTheLayers checks words against the lists that the standard
// layers allow, and that keys are unique.
func checkSchematicFitsTheLayers(t *testing.T, b *city.Base) {
	t.Helper()
	checkVocabulary(t, b)
}

func checkVocabulary(t *testing.T, b *city.Base) {
	t.Helper()
	all, err := layers.Standard()
	if err != nil {
		t.Fatal(err)
	}
	allowed := func(layer, property, value string) {
		t.Helper()
		i := slices.IndexFunc(all, func(l *layers.Layer) bool { return l.Name == layer })
		p, _, ok := all[i].Property(property)
		if !ok || !slices.Contains(p.Enum, value) {
			t.Errorf("%s: %q is no %s", layer, value, property)
		}
	}
	ids := map[string]bool{}
	unique := func(layer, source, id string) {
		t.Helper()
		key := layer + " " + source + " " + id
		if id == "" || ids[key] {
			t.Errorf("%q is empty or occurs twice", key)
		}
		ids[key] = true
	}
	for _, w := range b.Water {
		allowed("water", "kind", w.Kind)
		unique("water", w.Source, w.SourceID)
	}
	for _, r := range b.Roads {
		allowed("road", "class", r.Class)
		unique("road", r.Source, r.SourceID)
	}
	for _, s := range b.MetroStations {
		allowed("metro_station", "status", s.Status)
		unique("metro_station", s.Source, s.SourceID)
	}
	for _, h := range b.Buildings {
		if h.Use != "" {
			allowed("building", "use", h.Use)
		}
		unique("building", h.Source, h.SourceID)
	}
	for _, p := range b.Places {
		allowed("place", "kind", p.Kind)
		unique("place", p.Source, p.SourceID)
	}
	for _, h := range b.Heritage {
		unique("heritage", h.Source, h.SourceID)
	}
	for _, a := range b.Districts {
		unique("district", "", a.Code)
	}
	for _, a := range b.Streets {
		unique("street", "", a.Code)
	}
	for _, a := range b.Villages {
		unique("village", "", a.Code)
	}
}

func BenchmarkSchematic(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		schematic(b)
	}
}

func surface(m orb.MultiPolygon) geom.Geometry {
	polygons := make([][][]float64, len(m))
	for i, polygon := range m {
		for _, ring := range polygon {
			polygons[i] = append(polygons[i], coordinates(ring))
		}
	}
	return geom.NewMultiPolygonXY(polygons...).AsGeometry()
}

func lineString(l orb.LineString) geom.Geometry {
	return geom.NewLineStringXY(coordinates(l)...).AsGeometry()
}

func coordinates(points []orb.Point) []float64 {
	xys := make([]float64, 0, 2*len(points))
	for _, p := range points {
		xys = append(xys, p[0], p[1])
	}
	return xys
}

func sharedArea(t *testing.T, a, b geom.Geometry) float64 {
	t.Helper()
	shared, err := geom.Intersection(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return shared.Area()
}
