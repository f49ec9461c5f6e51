package load

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load/internal/osmfile"
	"yiping/layers/load/internal/osmstore"
)

// Catalog finds a layer by its name.
type Catalog func(name string) (*layers.Layer, bool)

// OSM reads an OpenStreetMap file, PBF or XML by its content, into the standard
// layers; what goes where is the table of osmRules. A layer that the catalog lacks
// is passed over. Datum must be Unstated or WGS84, which OSM is in.
//
// A way with nodes that the file lacks is rejected, as is an area with an open
// outline; a metro line is drawn from the members that there are. Elements marked as
// deleted, coastlines and things that no rule takes are passed over; Report.Skipped
// counts those that one might look for. A value that does not fit its property is
// left out and counted in Report.Dropped, unless the property is required: then the
// feature is rejected.
func OSM(ctx context.Context, r io.ReadSeeker, catalog Catalog, o Options, sink Sink) (Report, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Report{}, err
	}
	if o.Datum != geo.Unstated && o.Datum != geo.WGS84 {
		return Report{}, layers.InputErrorf("datum", "is %v, but OpenStreetMap is always in WGS84", o.Datum)
	}
	in := newIntake(o, sink)
	in.report.Stated = geo.WGS84
	in.report.Dropped, in.report.Skipped = map[string]int64{}, map[string]int64{}
	file, err := osmfile.Open(r, o.MaxFeatureBytes)
	if err != nil {
		return in.report, err
	}
	nodes, err := osmstore.NewNodes(o.TempDir)
	if err != nil {
		return in.report, err
	}
	defer nodes.Close() //nolint:errcheck // a file without a name
	s := &osmSource{ctx: ctx, in: in, catalog: catalog, rules: osmRules(o.AdminLevels), file: file, nodes: nodes, rows: map[string]*row{}}
	in.bytes = s.progress
	return in.finish(s.run())
}

// osmSource reads one OSM file, in three passes.
type osmSource struct {
	ctx     context.Context //nolint:containedctx // lives for one call of OSM
	in      *intake
	catalog Catalog
	rules   []rule
	rows    map[string]*row // by layer; nil for one that the catalog lacks
	file    *osmfile.File
	nodes   *osmstore.Nodes
	ways    *osmstore.Ways
	passed  int64 // bytes of finished passes

	wanted  []int64            // ways that relations need
	line    []osmfile.Location // of the way at hand
	matched []*rule            // by the way at hand
}

const passes = 3

// progress counts a third of each pass.
func (s *osmSource) progress() int64 { return (s.passed + s.file.BytesRead()) / passes }

// run makes the passes: nodes are kept and relations tell which ways they need;
// then ways are drawn, and kept if needed; then relations are put together.
func (s *osmSource) run() error {
	if err := s.scan(osmfile.Handler{
		Node: s.node, Relation: s.need, Deleted: s.deleted, Bad: s.bad,
	}); err != nil {
		return err
	}
	if err := s.nodes.Freeze(); err != nil {
		return err
	}
	ways, err := osmstore.NewWays(s.in.o.TempDir, s.wanted)
	if err != nil {
		return err
	}
	defer ways.Close() //nolint:errcheck // a file without a name
	s.ways, s.wanted = ways, nil
	if err := s.scan(osmfile.Handler{Way: s.way, Deleted: s.deleted, Bad: s.bad}); err != nil {
		return err
	}
	return s.scan(osmfile.Handler{Relation: s.relation})
}

func (s *osmSource) scan(h osmfile.Handler) error {
	s.passed += s.file.BytesRead() // of the pass before; Scan begins anew
	return s.file.Scan(s.ctx, h)
}

func (s *osmSource) deleted() error {
	s.skip("marked as deleted")
	return nil
}

func (s *osmSource) skip(reason string) { s.in.report.Skipped[reason]++ }

func (s *osmSource) bad(kind osmfile.Kind, id string, line int64, reason string) error {
	s.in.read()
	thing := kind.String() + "/" + id
	return s.in.reject("", layers.Position{Line: line, Thing: thing}, thing, rejectf("%s", reason))
}

// element is what the rules see of an OSM element.
type element struct {
	kind osmfile.Kind
	id   int64
	line int64
	tags osmfile.Tags
}

func (e *element) name() string { return e.kind.String() + "/" + strconv.FormatInt(e.id, 10) }

func (e *element) at() layers.Position { return layers.Position{Line: e.line, Thing: e.name()} }

func (s *osmSource) node(n *osmfile.Node) error {
	if err := s.nodes.Put(n.ID, n.Location); err != nil {
		return err
	}
	if len(n.Tags) == 0 {
		return nil
	}
	e := element{osmfile.NodeKind, n.ID, n.Line, n.Tags}
	for i := range s.rules {
		if rule := &s.rules[i]; rule.shapes&pointShape != 0 && rule.match(e.tags) {
			lon, lat := n.Degrees()
			if err := s.emit(rule, &e, orb.Point{lon, lat}); err != nil {
				return err
			}
		}
	}
	return nil
}

// need notes the ways that a relation is made of, if a rule takes it.
func (s *osmSource) need(r *osmfile.Relation) error {
	if s.shapeOf(r) == 0 {
		return nil
	}
	for _, m := range r.Members {
		if m.Kind == osmfile.WayKind {
			s.wanted = append(s.wanted, m.Ref)
		}
	}
	return nil
}

// shapeOf is the shape that a relation has for the rules that take it, or 0.
func (s *osmSource) shapeOf(r *osmfile.Relation) shape {
	shape := relationShape(r.Tags)
	for i := range s.rules {
		if rule := &s.rules[i]; rule.shapes&shape != 0 && rule.match(r.Tags) {
			return shape
		}
	}
	return 0
}

func (s *osmSource) way(w *osmfile.Way) error {
	if w.Tags.Find("natural") == "coastline" {
		s.skip("natural=coastline")
	}
	e := element{osmfile.WayKind, w.ID, w.Line, w.Tags}
	shape := wayShape(w)
	needed := s.ways.Wants(w.ID)
	matched := s.matches(e.tags, shape, needed)
	if !needed && len(matched) == 0 {
		return nil
	}
	missing, err := s.draw(w.Refs)
	if err != nil {
		return err
	}
	if needed {
		if err := s.ways.Put(w.ID, s.line, missing); err != nil {
			return err
		}
	}
	for _, rule := range matched {
		switch {
		case missing > 0:
			err = s.refuse(rule, &e, rejectf("%d of its %d nodes are not in the file", missing, len(w.Refs)))
		case len(w.Refs) < 2:
			err = s.refuse(rule, &e, rejectf("has %d nodes, a line has 2 or more", len(w.Refs)))
		case rule.shapes&shape == 0:
			err = s.refuse(rule, &e, rejectf("is an area but is not closed"))
		default:
			err = s.emit(rule, &e, wayGeometry(s.line, shape))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// matches are the rules for a way, until the next call. A rule of areas also gets
// the open ways that it would match, to refuse them, unless they are pieces of a
// relation.
func (s *osmSource) matches(tags osmfile.Tags, shape shape, needed bool) []*rule {
	s.matched = s.matched[:0]
	if len(tags) == 0 {
		return nil
	}
	for i := range s.rules {
		rule := &s.rules[i]
		fits := rule.shapes&shape != 0
		open := shape == lineShape && rule.shapes&ringShape != 0 && !rule.region && !needed
		if rule.region && needed { // the relation is the region
			fits = false
		}
		if (fits || open) && rule.match(tags) {
			s.matched = append(s.matched, rule)
		}
	}
	return s.matched
}

func (s *osmSource) refuse(rule *rule, e *element, reason error) error {
	s.in.read()
	return s.in.reject(rule.layer, e.at(), e.name(), reason)
}

// draw looks up the nodes of a way into s.line and counts those that are missing.
func (s *osmSource) draw(refs []int64) (missing int, err error) {
	s.line = s.line[:0]
	for _, ref := range refs {
		at, ok, err := s.nodes.Find(ref)
		if err != nil {
			return 0, err
		}
		if !ok {
			missing++
			continue
		}
		s.line = append(s.line, at)
	}
	return missing, nil
}

func (s *osmSource) relation(r *osmfile.Relation) error {
	shape := s.shapeOf(r)
	if shape == 0 {
		return nil
	}
	e := element{osmfile.RelationKind, r.ID, r.Line, r.Tags}
	g, fault, err := s.assemble(r, shape)
	if err != nil {
		return err
	}
	for i := range s.rules {
		rule := &s.rules[i]
		if rule.shapes&shape == 0 || !rule.match(e.tags) {
			continue
		}
		if fault != nil {
			err = s.refuse(rule, &e, fault)
		} else {
			err = s.emit(rule, &e, g)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// emit makes a feature of an element by a rule.
func (s *osmSource) emit(rule *rule, e *element, g orb.Geometry) error {
	r, err := s.row(rule.layer)
	if err != nil {
		return err
	}
	if r == nil {
		s.skip("layer " + rule.layer + " is not in the catalog")
		return nil
	}
	name := displayName(e.tags)
	if rule.named && name == "" {
		s.skip(rule.layer + " without a name")
		return nil
	}
	s.in.read()
	r.begin(e.at())
	r.setID(e.name())
	f := filler{s: s, row: r, tags: e.tags, geometry: g}
	f.set("name", name)
	f.set("name_en", e.tags.Find("name:en"))
	rule.fill(&f)
	if err := r.end(); err != nil {
		return s.in.reject(rule.layer, r.At, r.SourceID, err)
	}
	r.Geometry = f.geometry
	if rule.asPoint {
		r.Geometry = middle(f.geometry)
	}
	return s.in.add(s.ctx, r.c.layer, &r.Feature)
}

func (s *osmSource) row(layer string) (*row, error) {
	r, ok := s.rows[layer]
	if ok {
		return r, nil
	}
	if l, found := s.catalog(layer); found {
		c, err := newColumns(l, Options{})
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", layer, err)
		}
		r = newRow(c)
	}
	s.rows[layer] = r
	return r, nil
}

// filler sets the properties of one feature.
type filler struct {
	s        *osmSource
	row      *row
	tags     osmfile.Tags
	geometry orb.Geometry
}

// set gives a property a value. An empty string is no value; a property that the
// layer lacks is passed over; a value that does not fit is dropped.
func (f *filler) set(property string, v any) {
	if v == "" || v == nil {
		return
	}
	_, i, ok := f.row.c.layer.Property(property)
	if !ok {
		return
	}
	p := &f.row.c.layer.Properties[i]
	coerced, err := p.Coerce(v)
	switch {
	case err == nil:
		f.row.Properties[i] = coerced
	case p.Required:
		f.row.refuse(err)
	default:
		f.drop(property)
	}
}

// drop counts a value that does not fit.
func (f *filler) drop(property string) {
	f.s.in.report.Dropped[f.row.c.layer.Name+"."+property]++
}
