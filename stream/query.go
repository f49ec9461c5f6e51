package stream

import (
	"encoding/json"
	"slices"
	"strings"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
)

// query is what a subscription asks for.
type query struct {
	table  Table
	about  Description
	shapes Shapes
	// levels is the stream of cells of which table is one resolution, in detail; nil of
	// any other stream, whose detail is objects.
	levels Levels
	detail lod
	area   area
	// filters must all be true of a row; where is the canonical form of the
	// client's own.
	filters []*cql2.Filter
	where   string
	// fields are wanted; nil wants all.
	fields []string
	// tiles asks for names of tiles instead of rows, of these zooms.
	tiles bool
	zooms []geo.Zoom
	// view says that the area follows a camera.
	view   bool
	camera camera
	// zoom is that of an area that is none, negative if it was not told.
	zoom float64
	// level is the one that is asked for, of which auto is one.
	level      lod
	maxObjects int
	hz         float64
	sync       bool
	silent     bool // no snapshot
	// bin asks for binary frames of rows.
	bin bool
}

// The bounds and defaults of numbers in sub.
const (
	minHz, maxHz                 = 0.1, 10
	minObjects, defaultMaxObject = 100, 5000
	maxZooms                     = 8
	maxFields                    = 200
)

// read checks a sub of a table; nil is one that is not known. bin says that the
// client takes binary frames.
func (l *Limits) read(r *request, t Table, shapes Shapes, bin bool) (*query, *RequestError) {
	if t == nil {
		return nil, faultf(UnknownStream, "stream: %.60q is not known; hello lists all", r.Stream)
	}
	q := &query{table: t, about: t.Describe(), shapes: shapes, detail: objects, view: r.View, sync: r.Sync, hz: maxHz, zoom: -1, maxObjects: min(defaultMaxObject, l.Rows)}
	if q.about.Schema == schemaCells {
		q.levels = t.(Levels)
	}
	if fault := q.readEnc(r, bin); fault != nil {
		return nil, fault
	}
	for _, step := range []func(*request) *RequestError{q.readWords, q.readLOD, q.readNumbers, q.readFields} {
		if fault := step(r); fault != nil {
			return nil, fault
		}
	}
	if q.maxObjects > l.Rows {
		return nil, faultf(BadFrame, "max_objects: at most %d", l.Rows)
	}
	if fault := q.readArea(r, l); fault != nil {
		return nil, fault
	}
	if fault := q.readWhere(r, l); fault != nil {
		return nil, fault
	}
	if q.levels != nil {
		q.focus(q.resolution())
	}
	return q, q.readZooms(r)
}

func (q *query) readWords(r *request) *RequestError {
	switch r.As {
	case "", "rows":
	case "tiles":
		if !q.about.Durable {
			return faultf(BadFrame, "as: this stream has no tiles")
		}
		q.tiles = true
	default:
		return faultf(BadFrame, "as: want rows or tiles")
	}
	switch r.Init {
	case "", "rows":
	case "none":
		q.silent = true
	default:
		return faultf(BadFrame, "init: want rows or none")
	}
	return nil
}

// readEnc reads which frames are wanted, of those that the client takes.
func (q *query) readEnc(r *request, bin bool) *RequestError {
	packs := q.about.Schema != 0 && r.As != "tiles"
	switch r.Enc {
	case "json":
		return nil
	case "":
		q.bin = bin && packs
	case "bin":
		if !bin {
			return faultf(BadFrame, "enc: this connection speaks %s", textProtocol)
		}
		if !packs {
			return faultf(BadFrame, "enc: this stream has no binary frames")
		}
		q.bin = true
	default:
		return faultf(BadFrame, "enc: want bin or json")
	}
	for _, name := range r.Fields {
		if q.bin && !slices.Contains(q.about.columns(), name) {
			return faultf(BinaryFields, "fields: %.60q is not in binary frames; ask for it with enc json", name)
		}
	}
	return nil
}

// columns are the fields that binary frames have.
func (d *Description) columns() []string {
	if d.Schema == schemaCells {
		return d.Metrics
	}
	return []string{"s", "h", "st"}
}

func (q *query) readNumbers(r *request) *RequestError {
	if r.MaxHz != nil {
		if q.hz = *r.MaxHz; q.hz < minHz || q.hz > maxHz {
			return faultf(BadFrame, "max_hz: want %v to %v", minHz, maxHz)
		}
	}
	if r.MaxObjects != nil {
		if q.maxObjects = *r.MaxObjects; q.maxObjects < minObjects {
			return faultf(BadFrame, "max_objects: at least %d", minObjects)
		}
	}
	if r.Zoom != nil && (*r.Zoom < 0 || *r.Zoom > 24) {
		return faultf(BadFrame, "zoom: want 0 to 24")
	}
	if r.Zoom != nil {
		q.zoom = *r.Zoom
	}
	return nil
}

func (q *query) readFields(r *request) *RequestError {
	if r.Fields == nil {
		return nil
	}
	if len(r.Fields) > maxFields {
		return faultf(BadFrame, "fields: at most %d", maxFields)
	}
	for _, name := range r.Fields {
		if !q.about.has(name) {
			return faultf(UnknownField, "fields: %.60q is not among those of the stream; hello lists them", name)
		}
	}
	q.fields = slices.Compact(slices.Sorted(slices.Values(r.Fields)))
	if q.fields == nil {
		q.fields = []string{}
	}
	return nil
}

func (q *query) readArea(r *request, l *Limits) (fault *RequestError) {
	if q.area, fault = l.readArea(r.Area); fault != nil {
		return fault
	}
	if fault = q.resolve(); fault != nil || !q.view {
		return fault
	}
	if q.area.bbox() == nil {
		return faultf(BadArea, "area: a view needs a bbox")
	}
	if q.camera, fault = readCamera(r.Area.BBox, r.Zoom); fault != nil {
		return fault
	}
	if r.Resume == "" { // what is resumed is the bbox that was in force
		q.area = inBound(q.camera.snap())
	}
	return nil
}

func (q *query) readWhere(r *request, l *Limits) *RequestError {
	if q.area.column != "" && q.area.shape == nil {
		f, err := layers.ParseFilter(q.about.Rows, q.area.column+"='"+q.area.code+"'", layers.CQL2Text, layers.CRS84)
		if err != nil {
			return faultf(BadArea, "area.region: %v", err)
		}
		q.filters = append(q.filters, f)
	}
	if isNull(r.Where) {
		return nil
	}
	if len(r.Where) > l.WhereBytes {
		return faultf(BadWhere, "where: more than %d bytes", l.WhereBytes)
	}
	text, lang := string(r.Where), layers.CQL2JSON
	if r.Where[0] == '"' {
		lang = layers.CQL2Text
		if err := json.Unmarshal(r.Where, &text); err != nil {
			return faultf(BadJSON, "where: %.200s", err)
		}
	}
	f, err := layers.ParseFilter(q.about.Rows, text, lang, layers.CRS84)
	if err != nil {
		return faultf(BadWhere, "where: %.300s", err)
	}
	for _, p := range f.Properties() {
		if p.Name == "geom" {
			return faultf(BadWhere, "where: places belong in the area")
		}
		if p.Name != "id" && !q.about.has(p.Name) || p.Name == "id" && q.table == nil {
			return faultf(UnknownField, "where: %s is not among the fields of the stream; hello lists them", p.Name)
		}
	}
	q.filters, q.where = append(q.filters, f), f.Canonical()
	return nil
}

// readZooms reads tz, or takes that of the zoom.
func (q *query) readZooms(r *request) *RequestError {
	if !q.tiles {
		return nil
	}
	zooms := r.Zooms
	if zooms == nil {
		if r.Zoom == nil {
			return faultf(BadFrame, "tz: tiles need tz or zoom")
		}
		zooms = []int{int(*r.Zoom)}
	}
	if len(zooms) == 0 || len(zooms) > maxZooms {
		return faultf(BadFrame, "tz: want 1 to %d zooms", maxZooms)
	}
	q.zooms = nil
	for _, z := range zooms {
		if z < 0 || z > int(geo.MaxZoom) {
			return faultf(BadFrame, "tz: want zooms from 0 to %d", geo.MaxZoom)
		}
		q.zooms = append(q.zooms, geo.Zoom(z))
	}
	slices.Sort(q.zooms)
	q.zooms = slices.Compact(q.zooms)
	return nil
}

// wants reports whether a field is asked for.
func (q *query) wants(name string) bool { return q.fields == nil || slices.Contains(q.fields, name) }

// form is equal for subscriptions that get the same from the same position.
func (q *query) form() string {
	as, fields := "rows", "*"
	switch {
	case q.tiles:
		as = "tiles"
	case q.bin:
		as = "bin"
	}
	if q.fields != nil {
		fields = strings.Join(q.fields, ",")
	}
	// Names and canonical filters hold no zero byte.
	detail := q.level.String()
	if q.levels != nil && !q.view {
		detail += q.resolution().String()
	}
	return strings.Join([]string{q.about.Name, q.area.form, q.where, fields, as, detail}, "\x00")
}
