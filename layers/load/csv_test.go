package load_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("id,经度,纬度,name\n1,121.5,31.2,外滩\n2,121.6,31.3,\x80\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		file    string
		layer   *layers.Layer
		options load.Options
		want    seen
	}{
		{
			name: "lon and lat",
			file: "id,name,lon,lat,height,code,note\na, 灯 ,121.5,31.2,8.5,C1,x\nb,,121.6,31.3,,,\n",
			want: seen{
				Features: []string{"a C1 [121.5 31.2] [灯 8.5 <nil>] line 2 ", "b  [121.6 31.3] [<nil> <nil> <nil>] line 3 "},
				Ignored:  []string{"note"},
			},
		},
		{
			name: "Chinese column names, byte order mark, CRLF, quotes with line ends",
			file: "\ufeffid,经度,纬度,name\r\n1,121.5,31.2,\"a\r\n\"\"b\"\r\n2,121.6,31.3,c\r\n",
			want: seen{Features: []string{"1  [121.5 31.2] [a\n\"b <nil> <nil>] line 2 ", "2  [121.6 31.3] [c <nil> <nil>] line 4 "}},
		},
		{
			name: "semicolons",
			file: "id;X;Y\n1;1;2\n",
			want: seen{Features: []string{"1  [1 2] [<nil> <nil> <nil>] line 2 "}},
		},
		{
			name: "tabs",
			file: "id\tLongitude\tLatitude\n1\t1\t2\n",
			want: seen{Features: []string{"1  [1 2] [<nil> <nil> <nil>] line 2 "}},
		},
		{
			name: "no id column",
			file: "lon,lat,name\n1,2,a\n",
			want: seen{Features: []string{"sha256:da6e451986d5fe752f74dcf99ffa131c  [1 2] [a <nil> <nil>] line 2 "}},
		},
		{
			name:    "named columns",
			file:    "id,e,n,lon,lat,h,KEY,No\n1,5,6,1,2,9,k,c\n",
			options: load.Options{Lon: "e", Lat: "n", IDProperty: "KEY", CodeProperty: "No", Mapping: map[string]string{"height": "h"}, Defaults: map[string]string{"name": "x"}},
			want:    seen{Features: []string{"k c [5 6] [x 9 <nil>] line 2 "}, Ignored: []string{"id", "lat", "lon"}},
		},
		{
			name:    "BD-09 is converted",
			file:    "id,lon,lat\n1,121.50,31.24\n",
			options: load.Options{Datum: geo.BD09},
			want:    seen{Features: []string{fmt.Sprintf("1  %v [<nil> <nil> <nil>] line 2 ", geo.BD09.ToWGS84(orb.Point{121.50, 31.24}))}},
		},
		{
			name:    "GB18030",
			file:    gbk,
			options: load.Options{Encoding: "GBK"},
			want: seen{
				Features: []string{"1  [121.5 31.2] [外滩 <nil> <nil>] line 2 "},
				Rejected: []string{"line 3  2: name: holds bytes that are no GB18030"},
			},
		},
		{
			name:  "well-known text",
			layer: anything(),
			file: "id,WKT\n" +
				"1,POINT(1 2)\n" +
				"2,\"point z (1 2 3)\"\n" +
				"3,\"LINESTRING (1 2, 3 4)\"\n" +
				"4,\"POLYGON((0 0,1 0,1 1,0 0),(.1 .1,.2 .1,.2 .2,.1 .1))\"\n" +
				"5,\"MULTIPOINT((1 2),(3 4))\"\n" +
				"6,\"MULTIPOINT(1 2,3 4)\"\n" +
				"7,\"MULTILINESTRING((1 2,3 4),(5 6,7 8))\"\n" +
				"8,\"SRID=4326;MULTIPOLYGONZ(((0 0 9,1 0 9,1 1 9,0 0 9)))\"\n" +
				"9,\"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING ZM (1 2 3 4,5 6 7 8))\"\n",
			want: seen{Features: []string{
				"1  [1 2] [] line 2 ", "2  [1 2] [] line 3 ", "3  [[1 2] [3 4]] [] line 4 ",
				"4  [[[0 0] [1 0] [1 1] [0 0]] [[0.1 0.1] [0.2 0.1] [0.2 0.2] [0.1 0.1]]] [] line 5 ",
				"5  [[1 2] [3 4]] [] line 6 ", "6  [[1 2] [3 4]] [] line 7 ", "7  [[[1 2] [3 4]] [[5 6] [7 8]]] [] line 8 ",
				"8  [[[[0 0] [1 0] [1 1] [0 0]]]] [] line 9 ", "9  [[1 2] [[1 2] [5 6]]] [] line 10 ",
			}},
		},
		{name: "only a header", file: "id,lon,lat\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			layer := tt.layer
			if layer == nil {
				layer = lamp()
			}
			sink := newMemory()
			report, err := load.CSV(t.Context(), reader(tt.file), layer, tt.options, sink)
			if diff := cmp.Diff(summary(sink, report, err), tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}

// TestCSVBadRows has one bad row between two good ones.
func TestCSVBadRows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, row, want string
	}{
		{"too few fields", "1,2", "has 2 fields, the header has 5"},
		{"too many fields", "x,1,2,n,3,4", "has 6 fields, the header has 5"},
		{"a quote inside", `x,1,2,a"b,3`, "a field has a quote in it but is not quoted"},
		{"text after a quoted field", `x,1,2,"a"b,3`, "a quoted field is not closed properly"},
		{"no longitude", "x,,2,n,3", "lon: is empty"},
		{"word for a latitude", "x,1,north,n,3", `lat: "north" is not a number`},
		{"comma for a point", `x,"121,5",31,n,3`, `lon: "121,5" is not a number`},
		{"NaN", "x,NaN,2,n,3", "coordinate (NaN, 2) is not a finite number"},
		{"infinite", "x,1,-Inf,n,3", "coordinate (1, -Inf) is not a finite number"},
		{"beyond float64", "x,1e999,2,n,3", `lon: "1e999" is not a number`},
		{"outside the world", "x,181,2,n,3", "coordinate (181, 2) is outside the world, longitude −180..180, latitude −90..90"},
		{"lat, lon", "x,31.2,121.5,n,3", "coordinate (31.2, 121.5) is outside the world but would fit as lat, lon: longitude must come first"},
		{"wrong type", "x,1,2,n,tall", `height: "tall" is not a number`},
		{"over-long", "x,1,2,12345678901,3", `name: "12345678901" has 11 characters, the most is 10`},
		{"not UTF-8", "x,1,2,\xff,3", `name: "\xff" is not valid UTF-8`},
		{"NUL", "x,1,2,a\x00b,3", `name: "a\x00b" holds a NUL character`},
		{"SQL in a value is only text", "x,1,2,'); drop --,3", `name: "'); drop --" has 11 characters, the most is 10`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := "id,lon,lat,name,height\nfirst,1,2,a,3\n" + tt.row + "\nlast,1,2,b,3\n"
			sink := newMemory()
			report, err := load.CSV(t.Context(), reader(file), lamp(), load.Options{}, sink)
			if err != nil {
				t.Fatal(err)
			}
			if len(sink.rejected) != 1 || sink.rejected[0].Reason != tt.want || sink.rejected[0].At.Line != 3 {
				t.Errorf("got  %+v\nwant %q", sink.rejected, tt.want)
			}
			if report.Read != 3 || report.Added != 2 || report.Rejected != 1 {
				t.Errorf("report %+v", report)
			}
		})
	}
}

func TestCSVBadText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, wkt string
		datum     geo.Datum
		want      string
	}{
		{name: "empty", wkt: "", want: "has no geometry"},
		{name: "no geometry", wkt: "hello", want: `has a geometry of the unknown type "HELLO"`},
		{name: "EMPTY", wkt: "POINT EMPTY", want: "has an empty geometry"},
		{name: "cut", wkt: "POINT(1", want: "has well-known text that ends where a number is wanted"},
		{name: "cut before the end", wkt: "POINT(1 2", want: "has well-known text that ends where ')' is wanted"},
		{name: "comma in a position", wkt: "POINT(1,2)", want: `has well-known text with ",2)" at character 8, where a number is wanted`},
		{name: "word", wkt: "POINT(a b)", want: `has well-known text with "a b)" at character 7, where a number is wanted`},
		{name: "more after it", wkt: "POINT(1 2) POINT(3 4)", want: `has well-known text with "POINT(3 4)" at character 12, where the end is wanted`},
		{name: "NaN", wkt: "POINT(NaN 2)", want: "coordinate (NaN, 2) is not a finite number"},
		{name: "curve", wkt: "CIRCULARSTRING(0 0,1 1,2 0)", want: `has a geometry of the unknown type "CIRCULARSTRING"`},
		{name: "open ring", wkt: "POLYGON((0 0,1 0,1 1,0 1))", want: "a ring is not closed: it starts at [0 0] and ends at [0 1]"},
		{name: "WKB", wkt: "0101000020E6100000000000000000F03F0000000000000040", want: "has a geometry that looks like WKB in hexadecimal: export it with ST_AsText"},
		{name: "bad SRID", wkt: "SRID=x;POINT(1 2)", want: `has a geometry with the SRID "x", a number and ; are wanted`},
		{name: "other SRID", wkt: "SRID=3857;POINT(1 2)", datum: geo.WGS84, want: "has a geometry of SRID 3857, the file is said to be 4326"},
		{name: "nested collections", wkt: strings.Repeat("GEOMETRYCOLLECTION(", 10) + "POINT(1 2)" + strings.Repeat(")", 10), want: "has collections nested more than 8 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink := newMemory()
			_, err := load.CSV(t.Context(), reader("id,geom\n1,\""+tt.wkt+"\"\n"), anything(), load.Options{Datum: tt.datum}, sink)
			if err != nil {
				t.Fatal(err)
			}
			if len(sink.rejected) != 1 || sink.rejected[0].Reason != tt.want {
				t.Errorf("got  %+v\nwant %q", sink.rejected, tt.want)
			}
		})
	}
}

func TestCSVBadFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, file string
		options    load.Options
		want       string
	}{
		{name: "empty", file: "", want: "file: is empty"},
		{name: "no coordinates", file: "a,b\n1,2\n", want: "file: has no columns lon and lat and no column wkt: name them; it has a, b"},
		{name: "only a longitude", file: "lon,b\n1,2\n", want: "file: has no columns lon and lat and no column wkt: name them; it has lon, b"},
		{name: "named column is missing", file: "a,b\n1,2\n", options: load.Options{Lon: "x", Lat: "b"}, want: `lon: the file has no column "x": it has a, b`},
		{name: "one of the pair", file: "a,b\n1,2\n", options: load.Options{Lon: "a"}, want: "lon, lat: name both columns or neither"},
		{name: "text column is missing", file: "a,b\n1,2\n", options: load.Options{WKT: "c"}, want: `wkt: the file has no column "c": it has a, b`},
		{name: "mapped column is missing", file: "lon,lat\n1,2\n", options: load.Options{Mapping: map[string]string{"name": "n"}}, want: `mapping: the file has no column "n": it has lon, lat`},
		{name: "id column is missing", file: "lon,lat\n1,2\n", options: load.Options{IDProperty: "KEY"}, want: `id: the file has no column "KEY": it has lon, lat`},
		{name: "code column is missing", file: "lon,lat\n1,2\n", options: load.Options{CodeProperty: "No"}, want: `code: the file has no column "No": it has lon, lat`},
		{name: "two columns of one name", file: "lon,lat,name,name\n1,2,a,b\n", want: `file: has two columns called "name"`},
		{name: "bad header", file: "lon,\"lat\n", want: "line 1: a quoted field of the header is not closed properly"},
		{name: "GBK without saying so", file: "经度,lat\n1,2\n\xcd\xe2\xcc\xb2,2\n", want: "line 3: encoding: is not UTF-8, but could be GBK or GB18030: say encoding gb18030, or convert the file to UTF-8"},
		{name: "Excel", file: "PK\x03\x04xxxx", want: "file: is a zip archive (or an Excel or KMZ file): unpack it, or export it as CSV or GeoJSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := load.CSV(t.Context(), reader(tt.file), lamp(), tt.options, sieve{})
			if got := message(err); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if _, ok := errors.AsType[*layers.InputError](err); !ok {
				t.Errorf("%T is no InputError", err)
			}
		})
	}
}
