package load

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// CSV reads rows of an RFC 4180 text with a header into a layer. Commas separate
// the fields, or semicolons or tabs if the header has no comma. The geometry is in
// the column that Options names, or in one called wkt, geom, geometry or the_geom
// (well-known text), or in a pair called lon, lng, long, longitude, x or 经度 and
// lat, latitude, y or 纬度; the case of these names does not matter. White space
// around a field is dropped, and an empty field is null.
func CSV(ctx context.Context, r io.Reader, layer *layers.Layer, o Options, sink Sink) (Report, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Report{}, err
	}
	c := &counter{ctx: ctx, r: r}
	in := newIntake(o, sink)
	in.bytes = func() int64 { return c.bytes }
	s := &csvSource{ctx: ctx, in: in, layer: layer, hash: sha256.New()}
	head, err := openText(c, o)
	if err == nil {
		err = s.open(&allowance{r: head, limit: o.MaxFeatureBytes}, firstLine(head.Peek(headBytes)))
	}
	if err == nil {
		err = s.rows()
	}
	if s.row != nil {
		in.report.Ignored = slices.Collect(maps.Keys(s.row.c.ignored))
	}
	return in.finish(err)
}

// csvSource reads the rows of a CSV file.
type csvSource struct {
	ctx   context.Context //nolint:containedctx // lives for one call of CSV
	in    *intake
	layer *layers.Layer
	limit *allowance
	r     *csv.Reader
	row   *row

	header        []string
	targets       []target // of each column
	sorted        []int    // the columns in the order of their names, for the hash
	lon, lat, wkt int      // columns, -1 for none
	attributes    []attribute
	hash          hash.Hash
}

// open reads the header and binds its columns.
func (s *csvSource) open(limit *allowance, head []byte) error {
	s.limit = limit
	s.r = csv.NewReader(limit)
	s.r.ReuseRecord = true
	s.r.Comma = separator(head)
	header, err := s.r.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return layers.InputErrorf("file", "has no header")
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return &layers.InputError{
				At:     layers.Position{Line: int64(broken.StartLine)},
				Reason: "a quoted field of the header is not closed properly",
			}
		}
		return s.fault(err)
	}
	for _, name := range header {
		s.header = append(s.header, strings.TrimSpace(name))
	}
	cols, err := newColumns(s.layer, s.in.o, s.idColumns()...)
	if err != nil {
		return err
	}
	s.row = newRow(cols)
	if err := s.findGeometry(); err != nil {
		return err
	}
	return s.bind(cols)
}

// idColumns are the columns that identify a row unless the options name one.
func (s *csvSource) idColumns() []string {
	for _, name := range [...]string{"@id", "id"} {
		if slices.Contains(s.header, name) {
			return []string{name}
		}
	}
	return nil
}

// findGeometry sets lon, lat and wkt.
func (s *csvSource) findGeometry() error {
	s.lon, s.lat, s.wkt = -1, -1, -1
	o := s.in.o
	var err error
	switch {
	case o.WKT != "":
		s.wkt, err = s.named("wkt", o.WKT)
		return err
	case o.Lon != "":
		if s.lon, err = s.named("lon", o.Lon); err == nil {
			s.lat, err = s.named("lat", o.Lat)
		}
		return err
	}
	find := func(names ...string) int {
		return slices.IndexFunc(s.header, func(h string) bool { return slices.Contains(names, strings.ToLower(h)) })
	}
	if s.wkt = find("wkt", "geom", "geometry", "the_geom"); s.wkt >= 0 {
		return nil
	}
	s.lon = find("lon", "lng", "long", "longitude", "x", "经度")
	s.lat = find("lat", "latitude", "y", "纬度")
	if s.lon < 0 || s.lat < 0 {
		return layers.InputErrorf("file", "has no columns lon and lat and no column wkt: name them; it has %s", s.headerList())
	}
	return nil
}

func (s *csvSource) named(option, name string) (int, error) {
	i := slices.Index(s.header, name)
	if i < 0 {
		return -1, layers.InputErrorf(option, "the file has no column %q: it has %s", name, s.headerList())
	}
	return i, nil
}

func (s *csvSource) headerList() string {
	const most = 50
	shown := s.header[:min(most, len(s.header))]
	list := strings.Join(shown, ", ")
	if len(list) > 1000 {
		list = strings.ToValidUTF8(list[:1000], "") + "…"
	}
	return list
}

// bind gives each column its target, and refuses what the options name in vain
// and columns that cannot be told apart.
func (s *csvSource) bind(cols *columns) error {
	s.targets = make([]target, len(s.header))
	for i, name := range s.header {
		t, ok := cols.byName[name]
		if ok && slices.Contains(s.header[:i], name) {
			return layers.InputErrorf("file", "has two columns called %q", name)
		}
		if !ok && i != s.lon && i != s.lat && i != s.wkt && name != "" {
			cols.ignore(name)
		}
		s.targets[i] = t
	}
	for _, property := range slices.Sorted(maps.Keys(s.in.o.Mapping)) {
		if _, err := s.named("mapping", s.in.o.Mapping[property]); err != nil {
			return err
		}
	}
	for option, name := range map[string]string{"code": s.in.o.CodeProperty, "id": s.in.o.IDProperty} {
		if name == "" {
			continue
		}
		if _, err := s.named(option, name); err != nil {
			return err
		}
	}
	s.sorted = make([]int, len(s.header))
	for i := range s.sorted {
		s.sorted[i] = i
	}
	slices.SortFunc(s.sorted, func(a, b int) int { return cmp.Compare(s.header[a], s.header[b]) })
	return nil
}

// rows reads all rows. A row that is no CSV is rejected; the reader goes on with
// the next line.
func (s *csvSource) rows() error {
	for {
		s.limit.used = 0
		record, err := s.r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		s.in.read()
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			at := layers.Position{Line: int64(broken.StartLine)}
			if err := s.in.reject(s.layer.Name, at, "", s.explain(broken, len(record))); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return s.fault(err)
		}
		if err := s.record(record); err != nil {
			return err
		}
	}
}

func (s *csvSource) explain(err *csv.ParseError, fields int) error {
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return rejectf("has %d fields, the header has %d", fields, len(s.header))
	case errors.Is(err, csv.ErrQuote) && err.Line != err.StartLine:
		return rejectf("a quoted field is not closed properly: it runs to line %d", err.Line)
	case errors.Is(err, csv.ErrQuote):
		return rejectf("a quoted field is not closed properly")
	case errors.Is(err, csv.ErrBareQuote):
		return rejectf("a field has a quote in it but is not quoted")
	}
	return rejectf("is not valid CSV: %v", err.Err)
}

// fault is an error of reading that ends the run.
func (s *csvSource) fault(err error) error {
	line := int64(0)
	if s.header != nil {
		l, _ := s.r.FieldPos(0)
		line = int64(l)
	}
	if errors.Is(err, errAllowance) {
		return &layers.InputError{
			At:     layers.Position{Line: line + 1},
			Reason: fmt.Sprintf("a row is longer than the limit of %d bytes", s.in.o.MaxFeatureBytes),
		}
	}
	return fmt.Errorf("read after line %d: %w", line, err)
}

func (s *csvSource) record(fields []string) error {
	line, _ := s.r.FieldPos(0)
	r := s.row
	r.begin(layers.Position{Line: int64(line)})
	for i, field := range fields {
		t := s.targets[i]
		if !t.code && !t.id && t.slots == nil {
			continue
		}
		field = strings.TrimSpace(field)
		if t.slots != nil {
			if field == "" {
				r.set(t, nil)
			} else {
				r.set(t, field)
			}
		}
		if t.code {
			r.setCode(field)
		}
		if t.id {
			r.setID(field)
		}
	}
	g, err := s.geometry(fields)
	if err != nil {
		r.refuse(err)
	} else if r.SourceID == "" {
		r.refuse(s.identify(fields, g))
	}
	if err := r.end(); err != nil {
		return s.in.reject(s.layer.Name, r.At, r.SourceID, err)
	}
	r.Geometry = g
	return s.in.add(s.ctx, s.layer, &r.Feature)
}

func (s *csvSource) geometry(fields []string) (orb.Geometry, error) {
	if s.wkt >= 0 {
		return parseWKT(fields[s.wkt], s.in.o.Datum.SRID())
	}
	x, err := s.coordinate(fields, s.lon)
	if err != nil {
		return nil, err
	}
	y, err := s.coordinate(fields, s.lat)
	if err != nil {
		return nil, err
	}
	return orb.Point{x, y}, nil
}

func (s *csvSource) coordinate(fields []string, column int) (float64, error) {
	field := strings.TrimSpace(fields[column])
	if field == "" {
		return 0, rejectf("%s: is empty", s.header[column])
	}
	v, err := strconv.ParseFloat(field, 64)
	if err != nil {
		return 0, rejectf("%s: %.40q is not a number", s.header[column], field)
	}
	return v, nil
}

func (s *csvSource) identify(fields []string, g orb.Geometry) error {
	if name := s.in.o.IDProperty; name != "" {
		return layers.InputErrorf(name, "is the id column and is empty")
	}
	s.attributes = s.attributes[:0]
	for _, i := range s.sorted {
		if i != s.lon && i != s.lat && i != s.wkt {
			s.attributes = append(s.attributes, attribute{[]byte(s.header[i]), []byte(strings.TrimSpace(fields[i]))})
		}
	}
	id, err := contentHash(s.hash, g, s.attributes)
	s.row.SourceID = id
	return err
}

// separator is a comma, or what the header has in its place.
func separator(header []byte) rune {
	for _, c := range [...]rune{',', ';', '\t'} {
		if bytes.ContainsRune(header, c) {
			return c
		}
	}
	return ','
}

// firstLine cuts a head at its first line end. A short head is no error here.
func firstLine(head []byte, _ error) []byte {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	return line
}

var errAllowance = errors.New("allowance used up")

// allowance bounds what may be read before used is set back to 0.
type allowance struct {
	r           io.Reader
	limit, used int
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.used >= a.limit {
		return 0, errAllowance
	}
	n, err := a.r.Read(p[:min(len(p), a.limit-a.used)])
	a.used += n
	return n, err
}
