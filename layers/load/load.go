package load

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// Sink takes what a reader finds. It is called from one goroutine. An error of
// either method ends the run and comes back from the reader as it is, wrapped.
type Sink interface {
	// Add takes a feature of the named layer. The reader may reuse f, its
	// Properties and its Geometry once Add has returned.
	Add(ctx context.Context, layer string, f *layers.Feature) error
	// Reject takes a feature that was left out, and why.
	Reject(r layers.Rejection) error
}

// Options say how to read a file. The zero value is ready for use.
type Options struct {
	// Datum is that of the file's coordinates. GCJ02 and BD09 are converted to
	// WGS 84; all others, Unstated among them, are handed on unchanged.
	Datum geo.Datum
	// Planar says that coordinates are of a projected system, so that the bounds
	// of the world do not apply to them.
	Planar bool
	// Expected is the area, in lon, lat, that the features should lie in. If all
	// lie outside it, and inside when swapped, the run ends with an error that
	// says so. Defaults to no such test.
	Expected *orb.Bound
	// Mapping names the column (CSV) or member (GeoJSON) that a property of the
	// layer is read from. Defaults to the property's own name.
	Mapping map[string]string
	// Values translates values of the source, by property: {"class": {"trunk_link":
	// "trunk"}}. Values that it does not list stay as they are.
	Values map[string]map[string]string
	// Defaults are the values of properties that the source leaves out or null:
	// {"state": "完好"}.
	Defaults map[string]string
	// CodeProperty names the column or member with the business code. Defaults
	// to "code", if the file has it.
	CodeProperty string
	// IDProperty names the column or member that identifies a feature in its
	// source. Defaults as the package says under Identity.
	IDProperty string
	// Lon and Lat name the coordinate columns of a CSV file, WKT the column of
	// well-known text. Default to the usual names: see CSV.
	Lon, Lat, WKT string
	// Encoding is "utf-8" or "gb18030" (which reads GBK and GB 2312 too).
	// Defaults to UTF-8.
	Encoding string
	// MaxFeatureBytes bounds the text of one feature. Defaults to 16 MiB.
	MaxFeatureBytes int
	// AdminLevels says which layer an OSM boundary of an admin_level goes to.
	// Defaults to what Shanghai uses: 6 district, 8 street, 10 village.
	AdminLevels map[string]string
	// TempDir is where OSM keeps its temporary files, about 16 bytes for each
	// node of the file. Defaults to the system's.
	TempDir string
	// Progress, if set, is called now and then with the bytes of the file that
	// were read and the features that were found so far. OSM reads a file three
	// times and counts a third of each.
	Progress func(bytes, features int64)
}

const defaultMaxFeatureBytes = 16 << 20

// withDefaults returns o with its defaults filled in, or the fault in it.
func (o Options) withDefaults() (Options, error) {
	if o.MaxFeatureBytes <= 0 {
		o.MaxFeatureBytes = defaultMaxFeatureBytes
	}
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(o.Encoding)) {
	case "", "utf8":
		o.Encoding = ""
	case "gb18030", "gbk", "gb2312":
		o.Encoding = encodingGB18030
	default:
		return o, layers.InputErrorf("encoding", "%q is not known: utf-8 and gb18030 are", o.Encoding)
	}
	if (o.Lon == "") != (o.Lat == "") {
		return o, layers.InputErrorf("lon, lat", "name both columns or neither")
	}
	return o, nil
}

// Report is what a run found.
type Report struct {
	// Read counts the features of the file; each was added or rejected, or, in
	// an OSM file, is of no kind that a layer takes and counts nowhere.
	Read     int64 `json:"read"`
	Added    int64 `json:"added"`
	Rejected int64 `json:"rejected"`
	// Layers counts the features added to each layer.
	Layers map[string]int64 `json:"layers"`
	// Ignored names the file's properties that no column takes, sorted; at most
	// maxIgnored of them. OSM files have none: their tags are many and known.
	Ignored []string `json:"ignored,omitempty"`
	// Unseen names the members that the options name and that no feature of a
	// GeoJSON file had. A CSV file that lacks such a column is refused.
	Unseen []string `json:"unseen,omitempty"`
	// Stated is the datum that the file states (a GeoJSON "crs" member), if any.
	Stated geo.Datum `json:"stated,omitempty"`
	// Dropped counts values of OSM tags that did not fit their property, by
	// "layer.property"; the features were added without them.
	Dropped map[string]int64 `json:"dropped,omitempty"`
	// Skipped counts OSM things that were passed over on purpose, by reason.
	Skipped map[string]int64 `json:"skipped,omitempty"`
}

// maxIgnored bounds Report.Ignored: a file that uses its keys as values would
// otherwise fill the memory.
const maxIgnored = 200

// A rejectError is a fault of one feature; the run goes on after it.
type rejectError struct{ reason string }

func (e *rejectError) Error() string { return e.reason }

func rejectf(format string, args ...any) error {
	return &rejectError{reason: fmt.Sprintf(format, args...)}
}

// intake hands features to the sink and keeps the report.
type intake struct {
	o      Options
	sink   Sink
	report Report
	axis   *geo.AxisOrder
	bytes  func() int64
}

func newIntake(o Options, sink Sink) *intake {
	in := &intake{o: o, sink: sink, bytes: func() int64 { return 0 }}
	in.report.Layers = map[string]int64{}
	if o.Expected != nil {
		in.axis = geo.NewAxisOrder(*o.Expected)
	}
	return in
}

// progressEvery is how many features pass between two calls of Progress.
const progressEvery = 1024

// read counts a feature found in the file.
func (in *intake) read() {
	in.report.Read++
	if in.o.Progress != nil && in.report.Read%progressEvery == 0 {
		in.o.Progress(in.bytes(), in.report.Read)
	}
}

// add checks the geometry of f against its layer and the options, converts it,
// and gives f to the sink, or rejects it.
func (in *intake) add(ctx context.Context, layer *layers.Layer, f *layers.Feature) error {
	g, err := fit(f.Geometry, layer.Geometry)
	if err == nil {
		err = checkGeometry(g, in.o.Planar)
	}
	if in.axis != nil && g != nil {
		in.axis.Add(firstPoint(g)) // before the check: a swapped point may fail it
	}
	if err != nil {
		return in.reject(layer.Name, f.At, f.SourceID, err)
	}
	if d := in.o.Datum; d == geo.GCJ02 || d == geo.BD09 {
		g = convert(g, d)
	}
	f.Geometry = g
	if err := in.sink.Add(ctx, layer.Name, f); err != nil {
		return fmt.Errorf("add %s: %w", place(f.At), err)
	}
	in.report.Added++
	in.report.Layers[layer.Name]++
	return nil
}

func (in *intake) reject(layer string, at layers.Position, id string, reason error) error {
	in.report.Rejected++
	err := in.sink.Reject(layers.Rejection{Layer: layer, At: at, ID: id, Reason: reason.Error()})
	if err != nil {
		return fmt.Errorf("reject %s: %w", place(at), err)
	}
	return nil
}

// finish ends a run: it makes the last call of Progress and the tests that need
// the whole file.
func (in *intake) finish(err error) (Report, error) {
	slices.Sort(in.report.Ignored)
	if in.o.Progress != nil {
		in.o.Progress(in.bytes(), in.report.Read)
	}
	if err == nil && in.axis != nil {
		if wrong := in.axis.Err(); wrong != nil {
			err = layers.InputErrorf("coordinates", "%v", wrong)
		}
	}
	return in.report, err
}

func place(at layers.Position) string {
	switch {
	case at.Thing != "" && at.Line > 0:
		return fmt.Sprintf("%s at line %d", at.Thing, at.Line)
	case at.Thing != "":
		return at.Thing
	}
	return fmt.Sprintf("line %d", at.Line)
}
