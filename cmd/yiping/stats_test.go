package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fillStats puts two districts, three streets and ten buildings into a database;
// one building lies in no street, and one nowhere.
func fillStats(sql func(string)) {
	area := func(west, south, east, north float64) string {
		return fmt.Sprintf("ST_Multi(ST_MakeEnvelope(%v, %v, %v, %v, 4326))", west, south, east, north)
	}
	sql("INSERT INTO city.district (code, name, population, geom) VALUES ('1', '东区', 1000, " + area(121, 31, 121.02, 31.02) + "), ('2', '西区', NULL, " + area(121.02, 31, 121.04, 31.02) + ")")
	sql("INSERT INTO city.street (code, name, parent, population, geom) VALUES ('11', '甲街', '1', 400, " + area(121, 31, 121.02, 31.01) +
		"), ('12', '乙街', '1', 600, " + area(121, 31.01, 121.02, 31.02) + "), ('21', '丙街', '2', NULL, " + area(121.02, 31, 121.04, 31.01) + ")")
	for i, at := range [][2]float64{{121.001, 31.001}, {121.002, 31.001}, {121.003, 31.001}, {121.001, 31.011}, {121.002, 31.011}, {121.021, 31.001}, {121.022, 31.001}, {121.023, 31.001}, {121.021, 31.015}, {130, 40}} {
		use := []string{"'office'", "'public'", "NULL"}[i%3]
		sql(fmt.Sprintf("INSERT INTO city.building (code, use, floors, geom) VALUES ('b%d', %s, NULLIF(%d, 3), %s)", i, use, i, area(at[0], at[1], at[0]+.0005, at[1]+.0005)))
	}
}

type statsJSON struct {
	Layer  string
	Filter string
	Cut    struct {
		Time string
		Xmin uint64
	}
	Levels []struct {
		Level  string
		Groups []struct {
			Regions    map[string]*struct{ Code, Name string }
			Properties map[string]any
			Measures   map[string]any
			Per        *struct {
				AreaKM2    *float64 `json:"area_km2"`
				Population *float64
				KM2, Head  map[string]any
			}
		}
	}
}

func askStats(t *testing.T, url string) statsJSON {
	t.Helper()
	got := ask(t, "GET", url, nil)
	if got.status != 200 || got.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %d %s", url, got.status, got.body)
	}
	var answer statsJSON
	if err := json.Unmarshal(got.body, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestStatsAddUp(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	fillStats(sql)
	got := askStats(t, address+"/stats/building?by=use,street,city,district&measures=count,sum:floors,mean:floors,min:floors,max:floors")
	if got.Cut.Time == "" || got.Cut.Xmin == 0 {
		t.Errorf("the answer names no cut: %+v", got.Cut)
	}
	var levels []string
	counts, floors := map[string]map[string]float64{}, map[string]map[string]float64{}
	for _, level := range got.Levels {
		levels = append(levels, level.Level)
		counts[level.Level], floors[level.Level] = map[string]float64{}, map[string]float64{}
		for _, g := range level.Groups {
			district := "none"
			if g.Regions["district"] != nil {
				district = g.Regions["district"].Code
			}
			if n, ok := g.Measures["count"].(float64); ok {
				counts[level.Level][district] += n
				counts[level.Level]["all"] += n
			}
			if n, ok := g.Measures["sum:floors"].(float64); ok {
				floors[level.Level][district] += n
				floors[level.Level]["all"] += n
			}
		}
	}
	if diff := cmp.Diff(levels, []string{"city", "district", "street"}); diff != "" {
		t.Errorf("levels (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(counts["street"], map[string]float64{"1": 5, "2": 4, "none": 1, "all": 10}); diff != "" {
		t.Errorf("counts of streets (-got +want):\n%s", diff)
	}
	for what, sums := range map[string]map[string]map[string]float64{"counts": counts, "floors": floors} {
		if diff := cmp.Diff(sums["street"], sums["district"]); diff != "" {
			t.Errorf("%s of streets are not those of districts:\n%s", what, diff)
		}
		if sums["district"]["all"] != sums["city"]["all"] {
			t.Errorf("%s of districts are not those of the city: %v", what, sums)
		}
	}
	if floors["city"]["all"] != 42 {
		t.Errorf("%v floors in all, want 42", floors["city"]["all"])
	}
}

func TestStatsRows(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	fillStats(sql)
	get := func(query string) string {
		t.Helper()
		got := ask(t, "GET", address+"/stats/building?f=csv&"+query, nil)
		if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") || !strings.Contains(got.header.Get("Yiping-Cut"), "xmin=") {
			t.Fatalf("%s: %d %v %s", query, got.status, got.header, got.body)
		}
		return string(got.body)
	}
	if diff := cmp.Diff(get("by=district,street&measures=count,mean:floors"), `level,district,district_name,street,street_name,count,mean:floors
district,1,东区,,,5,1.75
district,2,西区,,,4,6.5
district,,,,,1,9
street,1,东区,11,甲街,3,1
street,1,东区,12,乙街,2,4
street,2,西区,21,丙街,3,6
street,2,西区,,,1,8
street,,,,,1,9
`); diff != "" {
		t.Errorf("rows (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(get("by=use,floors&filter="+url.QueryEscape("floors BETWEEN 2 AND 4 OR floors IS NULL")), `level,use,floors,count
city,office,,1
city,public,4,1
city,,2,1
`); diff != "" {
		t.Errorf("rows (-got +want):\n%s", diff)
	}
}

func TestStatsShares(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	fillStats(sql)
	got := askStats(t, address+"/stats/building?by=city,district&per=km2,head&measures=count,mean:floors")
	city, east, west, nowhere := got.Levels[0].Groups[0], got.Levels[1].Groups[0], got.Levels[1].Groups[1], got.Levels[1].Groups[2]
	if diff := cmp.Diff(east.Per.Head, map[string]any{"count": 0.005}); diff != "" {
		t.Errorf("per head (-got +want):\n%s", diff)
	}
	if density, ok := east.Per.KM2["count"].(float64); !ok || density < 1.17 || density > 1.19 {
		t.Errorf("%v buildings per km², want 5 / 4.23", east.Per.KM2["count"])
	}
	// Nobody knows how many live in the west, so neither in the city.
	for name, per := range map[string]map[string]any{"west": west.Per.Head, "city": city.Per.Head, "nowhere": nowhere.Per.Head, "nowhere's area": nowhere.Per.KM2} {
		if v, ok := per["count"]; !ok || v != nil {
			t.Errorf("%s: %v per head or km², want null", name, v)
		}
	}
	if city.Per.AreaKM2 == nil || *city.Per.AreaKM2 < 8 || city.Per.Population != nil || nowhere.Per.AreaKM2 != nil {
		t.Errorf("sizes: %+v, %+v", city.Per, nowhere.Per)
	}
}

func TestStatsGeometries(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	sql("INSERT INTO city.pipeline (code, medium, geom) VALUES ('p', 'gas', 'SRID=4326;LINESTRING(121 31, 121 32)')")
	got := askStats(t, address+"/stats/pipeline?measures=length_metres")
	// A degree along the meridian on WGS 84 is 111132.95 - 559.82 cos 2φ +
	// 1.175 cos 4φ metres, at φ = 31.5° in its middle.
	if metres, ok := got.Levels[0].Groups[0].Measures["length_metres"].(float64); !ok || metres < 110_878 || metres > 110_878.2 {
		t.Errorf("%v metres, want 110878.1", got.Levels[0].Groups[0].Measures["length_metres"])
	}
}

func TestStatsOfNothing(t *testing.T) {
	t.Parallel()
	address, _ := newServer(t)
	got := askStats(t, address+"/stats/building?by=city,street&measures=count,sum:floors,area_m2&per=km2")
	if len(got.Levels) != 2 || len(got.Levels[1].Groups) != 0 {
		t.Errorf("an empty layer has %+v", got.Levels)
	}
}

func TestStatsProblems(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	tests := []struct {
		name, path, field, detail string
		status                    int
	}{
		{"unknown layer", "/stats/dragons", "", "dragons", 404},
		{"unknown parameter", "/stats/building?group=use", "group", "not a parameter", 400},
		{"parameter twice", "/stats/building?by=use&by=floors", "by", "2 times", 400},
		{"unknown property", "/stats/building?by=colour", "by", "colour", 400},
		{"SQL for a property", "/stats/building?by=use%22%3Bdrop", "by", "no property", 400},
		{"three properties", "/stats/building?by=use,floors,built_year", "by", "most is 2", 400},
		{"property twice", "/stats/building?by=use,use", "by", "twice", 400},
		{"empty name", "/stats/building?by=use,", "by", "no property", 400},
		{"unknown measure", "/stats/building?measures=median:floors", "measures", "not known", 400},
		{"sum of text", "/stats/building?measures=sum:use", "measures", "for numbers", 400},
		{"sum of nothing", "/stats/building?measures=sum", "measures", "sum:PROPERTY", 400},
		{"sum of unknown", "/stats/building?measures=sum:colour", "measures", "colour", 400},
		{"count of a property", "/stats/building?measures=count:floors", "measures", "not known", 400},
		{"measure twice", "/stats/building?measures=count,count", "measures", "twice", 400},
		{"many measures", "/stats/building?measures=" + strings.Repeat("count,", 30), "measures", "most is 20", 400},
		{"length of areas", "/stats/building?measures=length_metres", "measures", "MultiPolygon", 400},
		{"area of points", "/stats/component?measures=area_m2", "measures", "Point", 400},
		{"unknown share", "/stats/building?per=week", "per", "km2 and head", 400},
		{"share of a mean", "/stats/building?per=km2&measures=mean:floors", "per", "no share", 400},
		{"broken filter", "/stats/building?filter=floors%20%3E", "filter", "column", 400},
		{"filter of unknown", "/stats/building?filter=colour%3D1", "filter", "colour", 400},
		{"filter language", "/stats/building?filter=true&filter-lang=sql", "filter-lang", "cql2-text", 400},
		{"unknown format", "/stats/building?f=xlsx", "f", "xlsx", 400},
		{"too many groups", "/stats/building?by=name", "by", "100000 groups", 400},
		{"point of one number", "/regions?point=121", "point", "two numbers", 400},
		{"point of three", "/regions?point=121,31,4", "point", "two numbers", 400},
		{"point of letters", "/regions?point=a,b", "point", "two numbers", 400},
		{"NaN", "/regions?point=NaN,31", "point", "finite", 400},
		{"off the world", "/regions?point=31.2,121.5", "point", "outside", 400},
		{"unknown system", "/regions?point=121,31&crs=EPSG:9999", "crs", "EPSG:9999", 400},
		{"unknown parameter of regions", "/regions?at=121,31", "at", "not a parameter", 400},
	}
	sql("INSERT INTO city.building (code, name, geom) SELECT n, n, 'SRID=4326;MULTIPOLYGON(((121 31, 121.1 31, 121 31.1, 121 31)))' FROM generate_series(1, 100001) AS n")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ask(t, "GET", address+test.path, nil)
			var p problem
			if err := json.Unmarshal(got.body, &p); err != nil {
				t.Fatalf("%s: %v", got.body, err)
			}
			if got.status != test.status || p.Field != test.field || !strings.Contains(p.Detail, test.detail) {
				t.Errorf("%d %+v, want %d, field %q, %q", got.status, p, test.status, test.field, test.detail)
			}
		})
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	fillStats(sql)
	const chain = `"district":{"id":1,"code":"1","name":"东区"},"street":{"id":1,"code":"11","name":"甲街"},"village":null}`
	for query, want := range map[string]string{
		"point=121.001,31.001": `{"point":[121.001,31.001],` + chain,
		"point=31.001,121.001&crs=http://www.opengis.net/def/crs/EPSG/0/4326": `{"point":[121.001,31.001],` + chain,
		"point=0,0": `{"point":[0,0],"district":null,"street":null,"village":null}`,
	} {
		got := ask(t, "GET", address+"/regions?"+query, nil)
		if diff := cmp.Diff(string(got.body), want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", query, diff)
		}
	}
	// GCJ-02 lies some 500 m off; a phone's position must land in the same street.
	got := ask(t, "GET", address+"/regions?crs=gcj02&point=121.0146,31.0078", nil)
	if !strings.Contains(string(got.body), `"code":"11"`) {
		t.Errorf("gcj02: %s", got.body)
	}
	var tree struct {
		Regions []struct {
			Level, Code, Name string
			Parent            *string
			Population        *int
			AreaKM2           float64 `json:"area_km2"`
		}
	}
	if err := json.Unmarshal(ask(t, "GET", address+"/regions", nil).body, &tree); err != nil {
		t.Fatal(err)
	}
	if len(tree.Regions) != 5 || tree.Regions[2].Code != "11" || *tree.Regions[2].Parent != "1" || *tree.Regions[2].Population != 400 || tree.Regions[2].AreaKM2 < 2 {
		t.Errorf("regions: %+v", tree.Regions)
	}
}

// A spreadsheet must be able to read what has any text in it.
func TestStatsCSVQuotes(t *testing.T) {
	t.Parallel()
	address, sql := newServer(t)
	sql(`INSERT INTO city.place (name, kind, geom) VALUES ('a "b", c', 'other', 'SRID=4326;POINT(121 31)')`)
	got := ask(t, "GET", address+"/stats/place?by=name", map[string]string{"Accept": "text/csv"})
	records, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(records, [][]string{{"level", "name", "count"}, {"city", `a "b", c`, "1"}}); diff != "" {
		t.Errorf("records (-got +want):\n%s", diff)
	}
}
