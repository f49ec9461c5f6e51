package osmfile

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"yiping/layers"
)

var errTooLong = errors.New("element too long")

// meter counts the bytes of a file, ends with the context, and lets at most limit
// bytes pass before left is set again.
type meter struct {
	ctx  context.Context //nolint:containedctx // io.Reader has no other way
	f    *File
	left int
	err  error // of reading, but for the end
}

func (m *meter) Read(p []byte) (int, error) {
	if m.ctx.Err() != nil {
		m.err = context.Cause(m.ctx)
		return 0, m.err
	}
	if m.left <= 0 {
		return 0, errTooLong
	}
	n, err := m.f.r.Read(p[:min(len(p), m.left)])
	m.left -= n
	m.f.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

// xmlScan is one scan of an XML file.
type xmlScan struct {
	f     *File
	h     *Handler
	d     *xml.Decoder
	meter *meter

	node     Node
	way      Way
	relation Relation
}

func (f *File) scanXML(ctx context.Context, h *Handler) error {
	const buffer = 64 << 10
	m := &meter{ctx: ctx, f: f, left: f.limit}
	x := &xmlScan{f: f, h: h, d: xml.NewDecoder(bufio.NewReaderSize(m, buffer)), meter: m}
	x.d.CharsetReader = charset
	return x.document()
}

// token is the decoder's, with errors that say what is wrong with the file.
func (x *xmlScan) token() (xml.Token, error) {
	t, err := x.d.Token()
	return t, x.explain(err)
}

// pass goes on to the end of the present element.
func (x *xmlScan) pass() error { return x.explain(x.d.Skip()) }

// explain makes an InputError of the decoder's errors, which have many types, and
// leaves those of reading as they are. The end of the file stays io.EOF.
func (x *xmlScan) explain(err error) error {
	var syntax *xml.SyntaxError
	var input *layers.InputError
	line, _ := x.d.InputPos()
	at := layers.Position{Line: int64(line)}
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case errors.As(err, &input):
		return input
	case errors.Is(err, errTooLong):
		return &layers.InputError{At: at, Reason: fmt.Sprintf("an element is longer than the limit of %d bytes", x.f.limit)}
	case x.meter.err != nil:
		return fmt.Errorf("read line %d: %w", line, x.meter.err)
	case errors.As(err, &syntax):
		return &layers.InputError{At: layers.Position{Line: int64(syntax.Line)}, Reason: "the file is not valid XML: " + syntax.Msg}
	}
	return &layers.InputError{At: at, Reason: "the file is not valid XML: " + strings.TrimPrefix(err.Error(), "xml: ")}
}

// document reads the element osm and what is in it.
func (x *xmlScan) document() error {
	root := false
	for {
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			if !root {
				return layers.InputErrorf("file", "has no element osm")
			}
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if !root {
			if start.Name.Local != "osm" {
				return layers.InputErrorf("file", "is XML of the kind %.40q, osm is wanted", start.Name.Local)
			}
			root = true
			continue
		}
		x.meter.left = x.f.limit
		switch start.Name.Local {
		case "node":
			err = x.readNode(start)
		case "way":
			err = x.readWay(start)
		case "relation":
			err = x.readRelation(start)
		default:
			err = x.pass()
		}
		if err != nil {
			return err
		}
	}
}

// charset refuses a declared encoding that is not UTF-8.
func charset(label string, _ io.Reader) (io.Reader, error) {
	return nil, layers.InputErrorf("file", "is in the encoding %.40q: convert it to UTF-8", label)
}

// identity is what all elements have; ok is false for one that is not to be used.
func (x *xmlScan) identity(kind Kind, start xml.StartElement) (id, line int64, ok bool, err error) {
	l, _ := x.d.InputPos()
	line = int64(l)
	text, deleted := "", false
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "id":
			text = a.Value
		case "visible":
			deleted = deleted || a.Value == "false"
		case "action": // JOSM
			deleted = deleted || a.Value == "delete"
		}
	}
	if deleted {
		return 0, line, false, x.h.deleted()
	}
	id, parseErr := strconv.ParseInt(text, 10, 64)
	if parseErr != nil {
		return 0, line, false, x.h.bad(kind, text, line, fmt.Sprintf("its id %.40q is not a whole number", text))
	}
	return id, line, true, nil
}

func (x *xmlScan) readNode(start xml.StartElement) error {
	n := &x.node
	n.Tags = n.Tags[:0]
	if x.h.Node == nil {
		return x.pass()
	}
	id, line, ok, err := x.identity(NodeKind, start)
	if err != nil {
		return err
	}
	n.ID, n.Line = id, line
	if err := x.children(func(child xml.StartElement) {
		n.Tags = appendTag(n.Tags, child)
	}); err != nil || !ok {
		return err
	}
	lon, lat := math.NaN(), math.NaN()
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "lon":
			lon = degrees(a.Value)
		case "lat":
			lat = degrees(a.Value)
		}
	}
	if math.IsNaN(lon) || math.IsNaN(lat) {
		return x.h.bad(NodeKind, strconv.FormatInt(id, 10), line, "its lon or lat is missing or not a number")
	}
	lon, lat = math.Round(lon*unitsPerDegree), math.Round(lat*unitsPerDegree)
	if !inWorld(lon, lat) {
		return x.h.bad(NodeKind, strconv.FormatInt(id, 10), line, "its location is outside the world")
	}
	n.Location = Location{Lon: int32(lon), Lat: int32(lat)}
	return x.h.Node(n)
}

func degrees(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (x *xmlScan) readWay(start xml.StartElement) error {
	w := &x.way
	w.Tags, w.Refs = w.Tags[:0], w.Refs[:0]
	if x.h.Way == nil {
		return x.pass()
	}
	id, line, ok, err := x.identity(WayKind, start)
	if err != nil {
		return err
	}
	w.ID, w.Line = id, line
	wrong := ""
	if err := x.children(func(child xml.StartElement) {
		if child.Name.Local != "nd" {
			w.Tags = appendTag(w.Tags, child)
			return
		}
		text := attr(child, "ref")
		ref, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			wrong = text
		}
		w.Refs = append(w.Refs, ref)
	}); err != nil || !ok {
		return err
	}
	if wrong != "" {
		return x.h.bad(WayKind, strconv.FormatInt(id, 10), line, fmt.Sprintf("it refers to the node %.40q, which is not a whole number", wrong))
	}
	return x.h.Way(w)
}

func (x *xmlScan) readRelation(start xml.StartElement) error {
	r := &x.relation
	r.Tags, r.Members = r.Tags[:0], r.Members[:0]
	if x.h.Relation == nil {
		return x.pass()
	}
	id, line, ok, err := x.identity(RelationKind, start)
	if err != nil {
		return err
	}
	r.ID, r.Line = id, line
	wrong := ""
	if err := x.children(func(child xml.StartElement) {
		if child.Name.Local != "member" {
			r.Tags = appendTag(r.Tags, child)
			return
		}
		m, ok := member(child)
		if !ok {
			wrong = attr(child, "type") + "/" + attr(child, "ref")
		}
		r.Members = append(r.Members, m)
	}); err != nil || !ok {
		return err
	}
	if wrong != "" {
		return x.h.bad(RelationKind, strconv.FormatInt(id, 10), line, fmt.Sprintf("it has the member %.40q, which is no element", wrong))
	}
	return x.h.Relation(r)
}

func member(e xml.StartElement) (Member, bool) {
	m := Member{Role: attr(e, "role")}
	switch attr(e, "type") {
	case "node":
		m.Kind = NodeKind
	case "way":
		m.Kind = WayKind
	case "relation":
		m.Kind = RelationKind
	}
	ref, err := strconv.ParseInt(attr(e, "ref"), 10, 64)
	m.Ref = ref
	return m, err == nil && m.Kind != 0
}

// children calls child for each element directly inside the present one, and
// reads to its end.
func (x *xmlScan) children(child func(xml.StartElement)) error {
	for {
		t, err := x.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			child(t)
			if err := x.pass(); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func appendTag(tags Tags, e xml.StartElement) Tags {
	if e.Name.Local != "tag" {
		return tags
	}
	return append(tags, Tag{Key: attr(e, "k"), Value: attr(e, "v")})
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
