package load_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/geojson"

	"yiping/layers"
	"yiping/layers/load"
)

// TestFormatsAgree writes random features with other libraries (orb and the
// standard one) as GeoJSON, as two kinds of sequence and as CSV with well-known
// text, and wants the same features out of all.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	const seed, many = 20261121, 300
	r := rand.New(rand.NewPCG(seed, 0))
	layer := thing(layers.AnyGeometry, layers.Property{Name: "note", Type: layers.String}, layers.Property{Name: "n", Type: layers.Integer})

	want := make([]layers.Feature, 0, many)
	var lines, separated, table bytes.Buffer
	collection := geojson.NewFeatureCollection()
	w := csv.NewWriter(&table)
	must(t, w.Write([]string{"id", "wkt", "note", "n"}))
	for i := range many {
		g := randomGeometry(r)
		note, n := fmt.Sprintf("第 %d 个, \"quoted\"\nsecond line", i), r.Int64()
		want = append(want, layers.Feature{SourceID: strconv.Itoa(i), Geometry: g, Properties: []any{note, n}})
		f := geojson.NewFeature(g)
		f.ID = i
		f.Properties = geojson.Properties{"note": note, "n": json.Number(strconv.FormatInt(n, 10))}
		collection.Append(f)
		data, err := f.MarshalJSON()
		must(t, err)
		fmt.Fprintf(&lines, "%s\n", data)
		fmt.Fprintf(&separated, "\x1e%s\n", data)
		must(t, w.Write([]string{strconv.Itoa(i), wkt.MarshalString(g), note, strconv.FormatInt(n, 10)}))
	}
	w.Flush()
	must(t, w.Error())
	whole, err := collection.MarshalJSON()
	must(t, err)

	for name, read := range map[string]func(load.Sink) (load.Report, error){
		"GeoJSON": func(s load.Sink) (load.Report, error) {
			return load.GeoJSON(t.Context(), bytes.NewReader(whole), layer, load.Options{}, s)
		},
		"lines": func(s load.Sink) (load.Report, error) {
			return load.GeoJSONSeq(t.Context(), &lines, layer, load.Options{}, s)
		},
		"record separators": func(s load.Sink) (load.Report, error) {
			return load.GeoJSONSeq(t.Context(), &separated, layer, load.Options{}, s)
		},
		"CSV": func(s load.Sink) (load.Report, error) {
			return load.CSV(t.Context(), &table, layer, load.Options{}, s)
		},
	} {
		sink := newMemory()
		if _, err := read(sink); err != nil || len(sink.rejected) > 0 {
			t.Errorf("%s, seed %d: %v, %v", name, seed, err, sink.rejected)
			continue
		}
		got := sink.features["thing"]
		for i := range got {
			got[i].At = layers.Position{}
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s, seed %d: got − want +\n%.2000s", name, seed, diff)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// randomGeometry is a geometry of any type, of few points.
func randomGeometry(r *rand.Rand) orb.Geometry {
	point := func() orb.Point { return orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90} }
	points := func(least int) []orb.Point {
		list := make([]orb.Point, least+r.IntN(4))
		for i := range list {
			list[i] = point()
		}
		return list
	}
	polygon := func() orb.Polygon {
		p := make(orb.Polygon, 1+r.IntN(2))
		for i := range p {
			ring := points(3)
			p[i] = append(orb.Ring(ring), ring[0])
		}
		return p
	}
	switch r.IntN(7) {
	case 0:
		return orb.MultiPoint(points(1))
	case 1:
		return orb.LineString(points(2))
	case 2:
		return orb.MultiLineString{points(2), points(2)}
	case 3:
		return polygon()
	case 4:
		return orb.MultiPolygon{polygon(), polygon()}
	case 5:
		return orb.Collection{point(), orb.LineString(points(2)), slices.Clone(polygon())}
	}
	return point()
}
