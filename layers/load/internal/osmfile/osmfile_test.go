package osmfile_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/load/internal/osmfile"
)

// scan reads a whole file into one line an element.
func scan(ctx context.Context, file []byte, limit int, kinds osmfile.Kind) ([]string, error) {
	f, err := osmfile.Open(bytes.NewReader(file), limit)
	if err != nil {
		return nil, err
	}
	// Twice, so that the second scan passes over blocks by what the first noted.
	if _, err := scanOpen(ctx, f, osmfile.NodeKind|osmfile.WayKind|osmfile.RelationKind); err != nil {
		return nil, err
	}
	return scanOpen(ctx, f, kinds)
}

func scanOpen(ctx context.Context, f *osmfile.File, kinds osmfile.Kind) ([]string, error) {
	var got []string
	add := func(format string, args ...any) { got = append(got, fmt.Sprintf(format, args...)) }
	h := osmfile.Handler{
		Deleted: func() error {
			add("deleted")
			return nil
		},
		Bad: func(kind osmfile.Kind, id string, line int64, reason string) error {
			add("bad %v/%s line %d: %s", kind, id, line, reason)
			return nil
		},
	}
	if kinds&osmfile.NodeKind != 0 {
		h.Node = func(n *osmfile.Node) error {
			add("node/%d %d %d %v", n.ID, n.Lon, n.Lat, n.Tags)
			return nil
		}
	}
	if kinds&osmfile.WayKind != 0 {
		h.Way = func(w *osmfile.Way) error {
			add("way/%d %v %v", w.ID, w.Refs, w.Tags)
			return nil
		}
	}
	if kinds&osmfile.RelationKind != 0 {
		h.Relation = func(r *osmfile.Relation) error {
			add("relation/%d %v %v", r.ID, r.Members, r.Tags)
			return nil
		}
	}
	err := f.Scan(ctx, h)
	return got, err
}

const everything = osmfile.NodeKind | osmfile.WayKind | osmfile.RelationKind

const someXML = `<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6" generator="test">
 <bounds minlat="31" minlon="121" maxlat="32" maxlon="122"/>
 <relation id="43"><member type="way" ref="42" role="outer"/><member type="node" ref="10" role="stop"/><member type="relation" ref="44" role=""/></relation>
 <node id="10" lat="31.2" lon="121.4"><tag k="highway" v="street_lamp"/><tag k="name" v="外滩 &amp; &quot;x&quot;"/></node>
 <node id="12" lat="31.20000014" lon="-121.4" visible="true"/>
 <node id="11" visible="false"/>
 <node id="13" lat="1" lon="2" action="delete"/>
 <node id="x" lat="1" lon="2"/>
 <node id="14" lat="1"/>
 <node id="15" lat="91" lon="2"/>
 <node id="16" lat="NaN" lon="2"/>
 <way id="42"><nd ref="10"/><nd ref="12"/><nd ref="10"/><tag k="highway" v="service"/></way>
 <way id="45"><nd ref="ten"/></way>
 <relation id="46"><member type="area" ref="1"/></relation>
</osm>`

func TestScan(t *testing.T) {
	t.Parallel()
	pbf := []string{
		"node/10 1214000000 312000000 [{highway street_lamp} {name 外滩}]",
		"node/12 -1214000000 312000001 []",
		"deleted",
		"node/-5 35 15 [{name 外滩}]",
		"deleted",
		"bad node/7 line 0: its location is outside the world",
		"way/42 [10 12 10] [{highway street_lamp}]",
		"relation/43 [{way 42 outer} {node 10 stop} {relation 44 }] []",
	}
	for _, tt := range []struct {
		name  string
		file  []byte
		kinds osmfile.Kind
		want  []string
	}{
		{"PBF, zlib", sample(t, packZlib), everything, pbf},
		{"PBF, not packed", sample(t, packRaw), everything, pbf},
		{"PBF, zstd", sample(t, packZstd), everything, pbf},
		{"PBF, ways", sample(t, packZlib), osmfile.WayKind, pbf[6:7]},
		{"PBF, nodes and relations", sample(t, packZlib), osmfile.NodeKind | osmfile.RelationKind, append(append([]string{}, pbf[:6]...), pbf[7])},
		{"XML", []byte(someXML), everything, []string{
			"relation/43 [{way 42 outer} {node 10 stop} {relation 44 }] []",
			`node/10 1214000000 312000000 [{highway street_lamp} {name 外滩 & "x"}]`,
			"node/12 -1214000000 312000001 []",
			"deleted",
			"deleted",
			`bad node/x line 9: its id "x" is not a whole number`,
			"bad node/14 line 10: its lon or lat is missing or not a number",
			"bad node/15 line 11: its location is outside the world",
			"bad node/16 line 12: its lon or lat is missing or not a number",
			"way/42 [10 12 10] [{highway service}]",
			`bad way/45 line 14: it refers to the node "ten", which is not a whole number`,
			`bad relation/46 line 15: it has the member "area/1", which is no element`,
		}},
		{"XML, ways", []byte(someXML), osmfile.WayKind, []string{
			"way/42 [10 12 10] [{highway service}]",
			`bad way/45 line 14: it refers to the node "ten", which is not a whole number`,
		}},
		{"XML, empty", []byte("\ufeff<osm></osm>"), everything, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := scan(t.Context(), tt.file, 1<<20, tt.kinds)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}

func TestScanBadFiles(t *testing.T) {
	t.Parallel()
	start := header(t)
	at := fmt.Sprintf("file: is not valid OSM PBF in the block at byte %d: ", len(start))
	data := func(blob []byte) []byte { return append(bytes.Clone(start), block("OSMData", blob)...) }
	group := func(strings []byte, g message) []byte { return data(packZlib(t, primitive(strings, g))) }
	none := table()
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "file: is empty"},
		{"text", []byte("hello"), "file: is neither OSM PBF nor OSM XML"},
		{"header too long", append(bytes.Clone(start), 0xff, 0xff, 0xff, 0xff), at + "a block header of 4294967295 bytes, the most is 65536"},
		{"size below zero", append(bytes.Clone(start), frame(message{}.bytes(1, []byte("OSMData")).varint(3, 1<<64-5))...), at + "a block of -5 bytes, the most is 33554432"},
		{"size too large", append(bytes.Clone(start), frame(message{}.bytes(1, []byte("OSMData")).varint(3, 1<<30))...), at + "a block of 1073741824 bytes, the most is 33554432"},
		{"header is no message", append(bytes.Clone(start), frame(message{0xff})...), at + "unexpected EOF"},
		{"no data", data(message{}.varint(2, 5)), at + "a block without data"},
		{"lzma", data(message{}.varint(2, 5).bytes(4, []byte("x"))), at + "a block packed in a way that is not read (field 4): zlib and zstd are; convert the file with osmium cat"},
		{"bad zlib", data(message{}.varint(2, 5).bytes(3, []byte("hello"))), at + "zlib: zlib: invalid header"},
		{"zlib shorter than it says", data(append(message{}.varint(2, 500), packZlib(t, []byte("hello"))[2:]...)), at + "zlib: unexpected EOF"},
		{"zlib longer than it says", data(append(message{}.varint(2, 1), packZlib(t, []byte("hello"))[2:]...)), at + "a block that unpacks to more than the 1 bytes it says"},
		{"unpacks to too much", data(message{}.varint(2, 1<<40).bytes(3, []byte("x"))), at + "a block that unpacks to 1099511627776 bytes, the most is 33554432"},
		{"history", header(t, "HistoricalInformation"), "file: is not valid OSM PBF in the block at byte 0: it holds the full history: cut out one moment with osmium time-filter"},
		{"unknown feature", header(t, "Sort.Magic"), `file: is not valid OSM PBF in the block at byte 0: it needs the feature "Sort.Magic", which is not known`},
		{"string beyond the table", group(none, message{}.bytes(3, message{}.varint(1, 1).bytes(2, plain(9)).bytes(3, plain(9)))), at + "string 9 of a table of 1"},
		{"keys without values", group(none, message{}.bytes(3, message{}.varint(1, 1).bytes(2, plain(0)))), at + "1 keys for 0 values"},
		{"dense nodes without places", group(none, message{}.bytes(2, message{}.bytes(1, deltas(1, 2)).bytes(8, deltas(1, 2)).bytes(9, deltas(1)))), at + "a list that is too short or broken: unexpected EOF"},
		{"members without roles", group(none, message{}.bytes(4, message{}.varint(1, 1).bytes(9, deltas(1)))), at + "1 members with 0 roles and 0 types"},
		{"member of no type", group(none, message{}.bytes(4, message{}.varint(1, 1).bytes(8, plain(0)).bytes(9, deltas(1)).bytes(10, plain(3)))), at + "a member of type 3"},

		{"XML of another kind", []byte("<gpx></gpx>"), `file: is XML of the kind "gpx", osm is wanted`},
		{"change file", []byte("<osmChange></osmChange>"), `file: is XML of the kind "osmChange", osm is wanted`},
		{"XML without elements", []byte("<!-- -->"), "file: has no element osm"},
		{"XML cut", []byte("<osm>\n<node id=\"1\""), "line 2: the file is not valid XML: unexpected EOF"},
		{"XML cut in an element", []byte("<osm>\n<node id=\"1\" lat=\"1\" lon=\"2\">\n<tag k=\"a\" v=\"b\"/>"), "line 3: the file is not valid XML: unexpected EOF"},
		{"XML wrongly nested", []byte("<osm><way id=\"1\"></node></osm>"), "line 1: the file is not valid XML: element <way> closed by </node>"},
		{"XML in GBK", []byte(`<?xml version="1.0" encoding="GBK"?><osm/>`), `file: is in the encoding "GBK": convert it to UTF-8`},
		{"XML not UTF-8", []byte("<osm><node id=\"1\" lat=\"1\" lon=\"2\"><tag k=\"name\" v=\"\xff\"/></node></osm>"), "line 1: the file is not valid XML: invalid UTF-8"},
		{"XML element too long", []byte("<osm>\n<node id=\"" + strings.Repeat("1", 1<<21) + "\"/></osm>"), "line 2: an element is longer than the limit of 1048576 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := scan(t.Context(), tt.file, 1<<20, everything)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %v", err, tt.want)
			}
			if _, ok := errors.AsType[*layers.InputError](err); !ok {
				t.Errorf("%T is no InputError", err)
			}
		})
	}
}

// frame is a blob header without its blob.
func frame(header message) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(header))), header...)
}

// TestScanTruncated cuts a file at every byte. It is whole only between blocks.
func TestScanTruncated(t *testing.T) {
	t.Parallel()
	file := sample(t, packZlib)
	whole := 0
	for n := range len(file) {
		_, err := scan(t.Context(), file[:n], 1<<20, everything)
		var input *layers.InputError
		switch {
		case err == nil:
			whole++
		case !errors.As(err, &input):
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	if whole != 5 { // after the header and each block but the last
		t.Errorf("%d of the cuts look whole, 5 are", whole)
	}
}

func TestScanStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for name, file := range map[string][]byte{"PBF": sample(t, packZlib), "XML": []byte(someXML)} {
		f, err := osmfile.Open(bytes.NewReader(file), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Scan(t.Context(), osmfile.Handler{Way: func(*osmfile.Way) error { return stop }}); !errors.Is(err, stop) {
			t.Errorf("%s: handler's error became %v", name, err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		if err := f.Scan(ctx, osmfile.Handler{}); !errors.Is(err, stop) {
			t.Errorf("%s: end of the context became %v", name, err)
		}
	}
}

// FuzzScan: whatever the bytes, a scan ends with a result or an InputError.
func FuzzScan(f *testing.F) {
	for _, pack := range []packing{packRaw, packZlib, packZstd} {
		f.Add(sample(f, pack))
	}
	f.Add([]byte(someXML))
	f.Add([]byte("<osm><node"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := scan(t.Context(), file, 1<<16, everything)
		if _, ok := errors.AsType[*layers.InputError](err); err != nil && !ok {
			t.Errorf("%T: %v", err, err)
		}
	})
}
