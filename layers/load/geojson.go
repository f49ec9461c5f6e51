package load

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// GeoJSON reads an RFC 7946 text into a layer: a FeatureCollection, whose members
// may come in any order, a Feature, or a bare geometry. Names of members matter
// as JSON has them, byte by byte.
func GeoJSON(ctx context.Context, r io.Reader, layer *layers.Layer, o Options, sink Sink) (Report, error) {
	g, c, err := newGeoJSON(ctx, r, layer, o, sink)
	if err != nil {
		return Report{}, err
	}
	in, err := openText(c, g.in.o)
	if err == nil {
		err = g.document(newJSONStream(in, g.in.o.MaxFeatureBytes))
	}
	return g.finish(err)
}

// geoJSON reads features of a GeoJSON text or sequence.
type geoJSON struct {
	ctx        context.Context //nolint:containedctx // lives for one call of GeoJSON
	in         *intake
	row        *row
	attributes []attribute
	hash       hash.Hash
}

func newGeoJSON(ctx context.Context, r io.Reader, layer *layers.Layer, o Options, sink Sink) (*geoJSON, *counter, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	cols, err := newColumns(layer, o, "@id")
	if err != nil {
		return nil, nil, err
	}
	c := &counter{ctx: ctx, r: r}
	in := newIntake(o, sink)
	in.bytes = func() int64 { return c.bytes }
	return &geoJSON{ctx: ctx, in: in, row: newRow(cols), hash: sha256.New()}, c, nil
}

func (g *geoJSON) finish(err error) (Report, error) {
	g.in.report.Ignored = slices.Collect(maps.Keys(g.row.c.ignored))
	g.in.report.Unseen = g.row.c.unseen()
	return g.in.finish(err)
}

// document reads the one value of a GeoJSON text. Small members are kept until
// the end, because only "type" says what they mean and it may come last.
func (g *geoJSON) document(s *jsonStream) error {
	if _, err := s.peek(); err != nil {
		return s.cut(err)
	}
	at := layers.Position{Line: s.line, Thing: "feature 1"}
	kept := map[string][]byte{}
	features := false
	if err := s.members(func(name string) error {
		switch name {
		case "features":
			features = true
			return g.collection(s)
		case "crs":
			d, err := readCRS(s)
			g.in.report.Stated = d
			return err
		case "type", "id", "properties", "geometry", "coordinates", "geometries":
			raw, err := s.value()
			kept[name] = slices.Clone(raw)
			return err
		}
		return s.skip()
	}); err != nil {
		return err
	}
	switch c, err := s.peek(); {
	case err == nil:
		return s.fault("the file goes on with %q after its end: if it is one feature a line, read it as a GeoJSON sequence", c)
	case !errors.Is(err, io.EOF):
		return s.cut(err)
	}
	return g.kept(kept, features, at)
}

// kept deals with what is no collection, now that its type is known.
func (g *geoJSON) kept(kept map[string][]byte, features bool, at layers.Position) error {
	kind := stringValue(kept["type"])
	switch {
	case kind == "FeatureCollection" && features:
		return nil
	case kind == "FeatureCollection":
		return layers.InputErrorf("features", "the FeatureCollection has none of this member")
	case features:
		return layers.InputErrorf("type", "is %s; a file with \"features\" has the type \"FeatureCollection\"", orMissing(kept["type"]))
	case kind == "Feature":
		g.in.read()
		return g.feature(at, kept["id"], kept["geometry"], kept["properties"])
	case isGeometryType(kind):
		g.in.read()
		return g.feature(at, nil, rebuild(kept), nil)
	}
	return layers.InputErrorf("type", "is %s, which is no GeoJSON", orMissing(kept["type"]))
}

// rebuild makes one text of the members of a bare geometry.
func rebuild(kept map[string][]byte) []byte {
	var parts []string
	for _, name := range []string{"type", "coordinates", "geometries"} {
		if raw, ok := kept[name]; ok {
			parts = append(parts, fmt.Sprintf("%q:%s", name, raw))
		}
	}
	return []byte("{" + strings.Join(parts, ",") + "}")
}

func orMissing(raw []byte) string {
	if raw == nil {
		return "missing"
	}
	return fmt.Sprintf("%.40s", raw)
}

// collection reads the array of a FeatureCollection.
func (g *geoJSON) collection(s *jsonStream) error {
	if _, err := s.next("["); err != nil {
		return err
	}
	if c, err := s.peek(); err == nil && c == ']' {
		_, err = s.next("]")
		return err
	}
	for n := int64(1); ; n++ {
		if _, err := s.peek(); err != nil {
			return s.cut(err)
		}
		at := layers.Position{Line: s.line, Thing: fmt.Sprintf("feature %d", n)}
		raw, err := s.value()
		if err != nil {
			return err
		}
		g.in.read()
		if err := g.object(at, raw); err != nil {
			return err
		}
		c, err := s.next(",]")
		if err != nil {
			return err
		}
		if c == ']' {
			return nil
		}
	}
}

// object reads a Feature, or says why it is none.
func (g *geoJSON) object(at layers.Position, raw []byte) error {
	if !isObject(raw) {
		return g.in.reject(g.row.c.layer.Name, at, "", rejectf("is no Feature but %.20s", raw))
	}
	var kind, id, geometry, properties []byte
	for name, value := range members(raw) {
		switch string(name) {
		case "type":
			kind = value
		case "id":
			id = value
		case "geometry":
			geometry = value
		case "properties":
			properties = value
		}
	}
	switch name := stringValue(kind); {
	case name == "Feature":
		return g.feature(at, id, geometry, properties)
	case isGeometryType(name): // a sequence may hold bare geometries
		return g.feature(at, nil, raw, nil)
	}
	return g.in.reject(g.row.c.layer.Name, at, scalarText(id), rejectf("has the type %s, a Feature is wanted", orMissing(kind)))
}

// feature reads one Feature from its members and passes it on.
func (g *geoJSON) feature(at layers.Position, id, geometry, properties []byte) error {
	r := g.row
	r.begin(at)
	if !r.c.idNamed {
		r.setID(scalarText(id))
	}
	g.attributes = g.attributes[:0]
	if properties != nil && !isObject(properties) && !isNull(properties) {
		r.refuse(rejectf("has properties that are no object but %.20s", properties))
	}
	for name, value := range members(properties) {
		g.attributes = append(g.attributes, attribute{name, value})
		t, ok := r.c.byName[string(name)]
		if !ok {
			// A name may be written with escapes; that is rare, so it comes second.
			if t, ok = r.c.byName[unquote(name)]; !ok {
				r.c.ignore(unquote(name))
				continue
			}
		}
		t.see()
		r.set(t, scalar(value))
		if t.code {
			r.setCode(scalarText(value))
		}
		if t.id && r.SourceID == "" {
			r.setID(scalarText(value))
		}
	}
	parsed, err := parseGeometry(geometry)
	if err != nil {
		r.refuse(err)
	}
	if r.SourceID == "" {
		r.refuse(g.identify(parsed))
	}
	if err := r.end(); err != nil {
		return g.in.reject(r.c.layer.Name, at, r.SourceID, err)
	}
	r.Geometry = parsed
	return g.in.add(g.ctx, r.c.layer, &r.Feature)
}

// identify makes an id for a feature that has none, if it is allowed to.
func (g *geoJSON) identify(parsed orb.Geometry) error {
	if name := g.in.o.IDProperty; name != "" {
		return layers.InputErrorf(name, "is the id property and is missing")
	}
	if parsed == nil {
		return nil // it will be rejected for that
	}
	id, err := contentHash(g.hash, parsed, g.attributes)
	g.row.SourceID = id
	return err
}

// scalarText is the text of a string or a number, and "" for anything else.
func scalarText(raw []byte) string {
	switch {
	case isString(raw):
		return stringValue(raw)
	case isNumber(raw):
		return string(raw)
	}
	return ""
}

// GeoJSONDatum finds the datum that a GeoJSON text states by the "crs" member of
// the 2008 format, wherever it stands; Unstated if there is none. RFC 7946 says
// WGS 84 then, but Chinese files often hold GCJ-02, so someone should say.
func GeoJSONDatum(ctx context.Context, r io.Reader, o Options) (geo.Datum, error) {
	o, err := o.withDefaults()
	if err != nil {
		return geo.Unstated, err
	}
	in, err := openText(&counter{ctx: ctx, r: r}, o)
	if err != nil {
		return geo.Unstated, err
	}
	s := newJSONStream(in, o.MaxFeatureBytes)
	stated := geo.Unstated
	err = s.members(func(name string) error {
		if name != "crs" {
			return s.skip()
		}
		var err error
		if stated, err = readCRS(s); err == nil {
			err = errFound
		}
		return err
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return stated, err
}

// errFound ends the search for a member.
var errFound = errors.New("found")

// readCRS reads the value of the member "crs".
func readCRS(s *jsonStream) (geo.Datum, error) {
	raw, err := s.value()
	if err != nil {
		return geo.Unstated, err
	}
	d, err := crsDatum(raw)
	if err != nil {
		return geo.Unstated, &layers.InputError{Field: "crs", At: layers.Position{Line: s.line}, Reason: err.Error()}
	}
	return d, nil
}

// crsDatum reads {"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}
// and the same with EPSG:4490, OGC:CRS84 or null.
func crsDatum(raw []byte) (geo.Datum, error) {
	if isNull(raw) {
		return geo.Unstated, nil
	}
	name := ""
	for key, value := range members(raw) {
		if string(key) == "properties" {
			for key, value := range members(value) {
				if string(key) == "name" {
					name = stringValue(value)
				}
			}
		}
	}
	parts := strings.Split(name, ":")
	authority, code := "", parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		if part = strings.ToUpper(part); part == "EPSG" || part == "OGC" {
			authority = part
		}
	}
	if authority == "OGC" && strings.EqualFold(code, "CRS84") {
		return geo.WGS84, nil
	}
	if authority == "EPSG" {
		if d, err := geo.ParseDatum("EPSG:" + code); err == nil {
			return d, nil
		}
	}
	return geo.Unstated, fmt.Errorf("names %q, where urn:ogc:def:crs:OGC:1.3:CRS84 or urn:ogc:def:crs:EPSG::n is wanted", name)
}
