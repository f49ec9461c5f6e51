package load_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load"
)

// osmXML makes a file of nodes at a grid and what is given: node xy is at
// 121 + x/1000, 31 + y/1000.
func osmXML(elements string) string {
	var b strings.Builder
	b.WriteString("<osm version='0.6'>\n")
	for x := range 10 {
		for y := range 10 {
			fmt.Fprintf(&b, "<node id='%d%d' lon='%g' lat='%g'/>", x, y, 121+float64(x)/1000, 31+float64(y)/1000)
		}
	}
	b.WriteString(elements + "\n</osm>\n")
	return b.String()
}

// nd refers to nodes.
func nd(ids ...string) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString("<nd ref='" + id + "'/>")
	}
	return b.String()
}

// tags writes key=value pairs.
func tags(pairs ...string) string {
	var b strings.Builder
	for _, pair := range pairs {
		k, v, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&b, "<tag k=%q v=%q/>", k, v)
	}
	return b.String()
}

// describe writes the features and rejections of a run in short: the layer, the
// id, the code, the geometry with the grid's numbers, the values that are set.
func describe(catalog load.Catalog, sink *memory) []string {
	var all []string
	for name, features := range sink.features {
		layer, _ := catalog(name)
		for _, f := range features {
			var values []string
			for i, v := range f.Properties {
				if v != nil {
					values = append(values, fmt.Sprintf("%s=%v", layer.Properties[i].Name, v))
				}
			}
			g := strings.NewReplacer("121.00", "", "31.00", "").Replace(fmt.Sprint(f.Geometry))
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s%s %s", name, f.SourceID, f.Code, g, strings.Join(values, " "))))
		}
	}
	for _, r := range sink.rejected {
		all = append(all, fmt.Sprintf("rejected %s %s: %s", r.Layer, r.At.Thing, r.Reason))
	}
	slices.Sort(all)
	return all
}

func TestOSM(t *testing.T) {
	t.Parallel()
	catalog := standard(t)
	for _, tt := range []struct {
		name, file string
		want       []string
		skipped    map[string]int64
		dropped    map[string]int64
	}{
		{
			name: "roads",
			file: `<way id='1'>` + nd("11", "12", "13") + tags("highway=primary_link", "name=南京路", "name:en=Nanjing Road", "lanes=4", "oneway=yes", "bridge=viaduct", "tunnel=no") + `</way>
				<way id='2'>` + nd("11", "12", "13", "12", "11") + tags("highway=residential") + `</way>
				<way id='3'>` + nd("11", "12") + tags("highway=service", "oneway=-1") + `</way>
				<way id='4'>` + nd("11", "12", "22", "11") + tags("highway=tertiary", "junction=roundabout", "lanes=2;3") + `</way>
				<way id='5'>` + nd("11", "12", "22", "11") + tags("highway=pedestrian", "area=yes") + `</way>
				<way id='6'>` + nd("11", "12") + tags("highway=construction") + `</way>
				<way id='7'>` + nd("11", "12") + tags("highway=motorway", "oneway=reversible") + `</way>`,
			want: []string{
				"road way/1 [[1 1] [1 2] [1 3]] name=南京路 name_en=Nanjing Road class=primary lanes=4 oneway=true bridge=true tunnel=false min_zoom=9",
				"road way/2 [[1 1] [1 2] [1 3]] class=residential oneway=false bridge=false tunnel=false min_zoom=13",
				"road way/3 [[1 2] [1 1]] class=service oneway=true bridge=false tunnel=false min_zoom=14",
				"road way/4 [[1 1] [1 2] [2 2] [1 1]] class=tertiary oneway=true bridge=false tunnel=false min_zoom=12",
				"road way/7 [[1 1] [1 2]] class=motorway bridge=false tunnel=false min_zoom=7",
			},
			dropped: map[string]int64{"road.lanes": 1, "road.oneway": 1},
		},
		{
			name: "buildings",
			file: `<way id='1'>` + nd("11", "21", "22", "12", "11") + tags("building=office", "height=270 m", "building:levels=61", "name=会德丰", "start_date=2010-05-01") + `</way>
				<way id='2'>` + nd("11", "21", "22", "11") + tags("building=apartments", "building:levels=6", "start_date=C19") + `</way>
				<way id='3'>` + nd("11", "21", "22", "11") + tags("building=yes", "height=40'") + `</way>
				<way id='4'>` + nd("11", "21", "22", "11") + tags("building=no") + `</way>
				<way id='5'>` + nd("11", "21", "22") + tags("building=yes") + `</way>
				<way id='6'>` + nd("11", "21", "22", "11") + tags("building=yes", "height=tall", "building:levels=-1") + `</way>`,
			want: []string{
				"building way/1 [[[1 1] [2 1] [2 2] [1 2] [1 1]]] name=会德丰 use=office floors=61 height_metres=270 floor_area_m2=647934.4 built_year=2010 min_zoom=13",
				"building way/2 [[[1 1] [2 1] [2 2] [1 1]]] use=residential floors=6 height_metres=18 floor_area_m2=31865.6 min_zoom=14",
				"building way/3 [[[1 1] [2 1] [2 2] [1 1]]] height_metres=12.192 min_zoom=14",
				"building way/6 [[[1 1] [2 1] [2 2] [1 1]]] min_zoom=14",
				"rejected building way/5: is an area but is not closed",
			},
			dropped: map[string]int64{"building.built_year": 1, "building.height_metres": 1, "building.floors": 1},
		},
		{
			name: "water of pieces with an island, wrong roles, and a piece that is tagged",
			file: `<relation id='9'><member type='way' ref='1' role='inner'/><member type='way' ref='2' role=''/><member type='way' ref='3' role='outer'/><member type='way' ref='1' role='inner'/>` +
				tags("type=multipolygon", "natural=water", "water=lake", "name=淀山湖") + `</relation>
				<way id='1'>` + nd("11", "51", "55") + tags("natural=water") + `</way>
				<way id='2'>` + nd("11", "15", "55") + `</way>
				<way id='3'>` + nd("22", "33", "23", "22") + `</way>
				<way id='4'>` + nd("11", "12") + tags("natural=coastline") + `</way>`,
			want: []string{
				"water relation/9 [[[1 1] [5 1] [5 5] [1 5] [1 1]] [[2 2] [2 3] [3 3] [2 2]]] name=淀山湖 kind=lake min_zoom=11",
			},
			skipped: map[string]int64{"natural=coastline": 1},
		},
		{
			name: "regions",
			file: `<relation id='1'><member type='way' ref='1' role='outer'/><member type='way' ref='2' role='outer'/><member type='node' ref='11' role='admin_centre'/>` +
				tags("type=boundary", "boundary=administrative", "admin_level=6", "name=黄浦区", "name:en=Huangpu", "ref=310101", "population=662000") + `</relation>
				<relation id='2'><member type='way' ref='1' role='outer'/>` + tags("type=boundary", "boundary=administrative", "admin_level=8", "name=开街道") + `</relation>
				<relation id='3'><member type='way' ref='99' role='outer'/>` + tags("type=boundary", "boundary=administrative", "admin_level=10", "name=缺村") + `</relation>
				<relation id='4'><member type='way' ref='3' role='outer'/>` + tags("type=boundary", "boundary=administrative", "admin_level=10", "ref:CN:village=310101002001") + `</relation>
				<relation id='5'><member type='node' ref='11' role='label'/>` + tags("type=boundary", "boundary=administrative", "admin_level=6", "name=点区") + `</relation>
				<way id='1'>` + nd("11", "51", "55") + tags("boundary=administrative", "admin_level=8") + `</way>
				<way id='2'>` + nd("55", "15", "11") + tags("boundary=administrative", "admin_level=6") + `</way>
				<way id='3'>` + nd("11", "21", "22", "11") + tags("boundary=administrative", "admin_level=10", "name=同村") + `</way>
				<way id='4'>` + nd("31", "41", "42", "31") + tags("boundary=administrative", "admin_level=10", "name=独村") + `</way>
				<way id='5'>` + nd("31", "41") + tags("boundary=administrative", "admin_level=10", "name=边") + `</way>`,
			want: []string{
				"district relation/1 310101[[[1 1] [5 1] [5 5] [1 5] [1 1]]] name=黄浦区 name_en=Huangpu population=662000",
				"rejected district relation/5: has no member ways to draw it by",
				"rejected street relation/2: its outline is open at 2 places, one of them [121.001 31.001]",
				"rejected village relation/3: 1 of its 1 member ways are not in the file, or not whole",
				"rejected village relation/4: name: is required and missing",
				"village way/4 [[[3 1] [4 1] [4 2] [3 1]]] name=独村",
			},
		},
		{
			name: "metro",
			file: `<relation id='1'><member type='way' ref='2' role=''/><member type='way' ref='1' role='forward'/><member type='way' ref='3' role=''/><member type='way' ref='8' role=''/><member type='way' ref='1' role='platform'/><member type='node' ref='70' role='stop'/>` +
				tags("type=route", "route=subway", "name=2号线", "ref=2", "colour=#97D700") + `</relation>
				<relation id='2'><member type='way' ref='8' role=''/>` + tags("type=route", "route=tram", "name=T1") + `</relation>
				<relation id='3'><member type='way' ref='1' role=''/>` + tags("type=route", "route=bus", "name=20路") + `</relation>
				<way id='1'>` + nd("11", "12") + `</way><way id='2'>` + nd("13", "12") + `</way><way id='3'>` + nd("41", "42") + `</way>
				<node id='100' lon='121.001' lat='31.001'>` + tags("railway=station", "station=subway", "name=南京东路", "name:en=East Nanjing Road") + `</node>
				<node id='101' lon='121.001' lat='31.001'>` + tags("railway=construction", "construction=station", "subway=yes", "name=未来") + `</node>
				<node id='102' lon='121.001' lat='31.001'>` + tags("railway=station", "name=上海站") + `</node>`,
			want: []string{
				"metro_line relation/1 [[[1 3] [1 2] [1 1]] [[4 1] [4 2]]] name=2号线 ref=2 colour=#97D700",
				"metro_station node/100 [1 1] name=南京东路 name_en=East Nanjing Road status=open",
				"metro_station node/101 [1 1] name=未来 status=construction",
				"rejected metro_line relation/2: 1 of its 1 member ways are not in the file, or not whole",
			},
			skipped: map[string]int64{"member of a route that the file lacks": 1},
		},
		{
			name: "places and heritage",
			file: `<node id='100' lon='121.001' lat='31.001'>` + tags("place=suburb", "name=徐家汇") + `</node>
				<node id='101' lon='121.001' lat='31.001'>` + tags("tourism=artwork", "artwork_type=statue", "name=陈毅像") + `</node>
				<node id='102' lon='121.001' lat='31.001'>` + tags("tourism=museum") + `</node>
				<node id='103' lon='121.001' lat='31.001'>` + tags("place=country", "name=中国") + `</node>
				<way id='1'>` + nd("11", "31", "33", "13", "11") + tags("leisure=park", "name:zh=人民公园") + `</way>
				<way id='2'>` + nd("11", "31", "33", "13", "11") + tags("building=yes", "historic=building", "heritage=4", "heritage:ref=A-1", "tourism=attraction", "name=和平饭店", "start_date=1929") + `</way>
				<way id='3'>` + nd("11", "31", "33") + tags("heritage=2", "historic=citywalls", "name=老城墙") + `</way>`,
			want: []string{
				"building way/2 [[[1 1] [3 1] [3 3] [1 3] [1 1]]] name=和平饭店 built_year=1929 min_zoom=14",
				"component node/101 [1 1] class=04006 state=完好 name=陈毅像",
				"heritage way/2 [[[1 1] [3 1] [3 3] [1 3] [1 1]]] name=和平饭店 grade=省市级 listed_ref=A-1 built_year=1929",
				"heritage way/3 [[1 1] [3 1] [3 3]] name=老城墙 grade=国家级",
				"place node/100 [1 1] name=徐家汇 kind=neighbourhood min_zoom=13",
				"place node/101 [1 1] name=陈毅像 kind=artwork min_zoom=15",
				"place way/1 [2 2] name=人民公园 kind=park min_zoom=13",
			},
			skipped: map[string]int64{"place without a name": 1},
		},
		{
			name: "components",
			file: `<node id='100' lon='121.001' lat='31.001'>` + tags("highway=street_lamp", "operator=市政", "start_date=2020-01-02", "disused=yes") + `</node>
				<node id='101' lon='121.001' lat='31.001'>` + tags("man_made=manhole", "manhole=drain", "inlet=grate") + `</node>
				<node id='102' lon='121.001' lat='31.001'>` + tags("natural=tree", "start_date=1900s", "name="+strings.Repeat("长", 61)) + `</node>
				<node id='103' lon='121.001' lat='31.001'>` + tags("highway=crossing") + `</node>
				<node id='104' lon='121.001' lat='31.001' visible='false'>` + tags("natural=tree") + `</node>
				<node id='105' lon='181' lat='31.001'>` + tags("natural=tree") + `</node>`,
			want: []string{
				"component node/100 [1 1] class=01037 state=废弃 maintainer=市政 installed=2020-01-02 00:00:00 +0000 UTC",
				"component node/101 [1 1] class=01004 state=完好",
				"component node/102 [1 1] class=04002 state=完好",
				"rejected  node/105: its location is outside the world",
			},
			dropped: map[string]int64{"component.name": 1, "component.installed": 1},
			skipped: map[string]int64{"marked as deleted": 1},
		},
		{
			name: "dangling references",
			file: `<way id='1'>` + nd("11", "999", "12") + tags("highway=primary") + `</way>
				<way id='2'>` + nd("998", "999") + tags("highway=primary") + `</way>
				<way id='3'>` + nd() + tags("highway=primary") + `</way>
				<way id='4'>` + nd("11") + tags("highway=primary") + `</way>
				<way id='5'>` + nd("997", "999") + tags("note=nobody asks") + `</way>
				<relation id='1'>` + tags("type=multipolygon", "building=yes") + `</relation>`,
			want: []string{
				"rejected building relation/1: has no member ways to draw it by",
				"rejected road way/1: 1 of its 3 nodes are not in the file",
				"rejected road way/2: 2 of its 2 nodes are not in the file",
				"rejected road way/3: has 0 nodes, a line has 2 or more",
				"rejected road way/4: has 1 nodes, a line has 2 or more",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink := newMemory()
			report, err := load.OSM(t.Context(), strings.NewReader(osmXML(tt.file)), catalog, load.Options{TempDir: t.TempDir()}, sink)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(describe(catalog, sink), tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
			if tt.skipped == nil {
				tt.skipped = map[string]int64{}
			}
			if tt.dropped == nil {
				tt.dropped = map[string]int64{}
			}
			if diff := cmp.Diff(report.Skipped, tt.skipped); diff != "" {
				t.Errorf("skipped: got − want +\n%s", diff)
			}
			if diff := cmp.Diff(report.Dropped, tt.dropped); diff != "" {
				t.Errorf("dropped: got − want +\n%s", diff)
			}
			if report.Read != report.Added+report.Rejected {
				t.Errorf("report %+v", report)
			}
		})
	}
}

func TestOSMOptions(t *testing.T) {
	t.Parallel()
	catalog := standard(t)
	file := osmXML(`<way id='1'>` + nd("11", "21", "22", "11") + tags("boundary=administrative", "admin_level=9", "name=甲") + `</way>
		<way id='2'>` + nd("11", "12") + tags("highway=primary") + `</way>`)
	noRoads := func(name string) (*layers.Layer, bool) {
		if name == "road" {
			return nil, false
		}
		return catalog(name)
	}
	sink := newMemory()
	var bytes []int64
	report, err := load.OSM(t.Context(), strings.NewReader(file), noRoads, load.Options{
		AdminLevels: map[string]string{"9": "street"},
		Progress:    func(b, _ int64) { bytes = append(bytes, b) },
	}, sink)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(describe(catalog, sink), []string{"street way/1 [[[1 1] [2 1] [2 2] [1 1]]] name=甲"}); diff != "" {
		t.Errorf("got − want +\n%s", diff)
	}
	if diff := cmp.Diff(report.Skipped, map[string]int64{"layer road is not in the catalog": 1}); diff != "" {
		t.Errorf("got − want +\n%s", diff)
	}
	if diff := cmp.Diff(bytes, []int64{int64(len(file))}); diff != "" {
		t.Errorf("progress: got − want +\n%s", diff)
	}

	_, err = load.OSM(t.Context(), strings.NewReader(file), catalog, load.Options{Datum: geo.GCJ02}, sink)
	if got, want := message(err), "datum: is GCJ02, but OpenStreetMap is always in WGS84"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	sink.strict = true
	bad := osmXML(`<way id='2'>` + nd("998") + tags("highway=primary") + `</way>`)
	if _, err = load.OSM(t.Context(), strings.NewReader(bad), catalog, load.Options{}, sink); !errors.Is(err, errStrict) {
		t.Errorf("strict: got %v", err)
	}
	if _, err = load.OSM(t.Context(), strings.NewReader(file[:len(file)-8]), catalog, load.Options{}, sieve{}); err == nil {
		t.Error("a cut file passed")
	}
}
