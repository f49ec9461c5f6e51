package export

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/layers"
)

// rowGroup is how many features are gathered in memory and written together, so
// it bounds the memory. Readers skip groups by the columns of bbox.
const rowGroup = 50_000

// The columns beside the layer's. Both names are those that GeoParquet 1.1 uses
// in its own examples and that readers look for first.
const (
	geometryColumn = "geometry"
	bboxColumn     = "bbox"
)

// parquetFile writes GeoParquet 1.1.0 (https://geoparquet.org/releases/v1.1.0/):
// the geometry as WKB, its box as a struct of four doubles (the "covering"), and
// the key "geo" with types and bounds. There is no crs member, which means
// OGC:CRS84. Columns stand in the order asked for; texts are UTF-8, times
// microseconds in UTC.
type parquetFile struct {
	w       *parquet.GenericWriter[any]
	columns []layers.Property
	row     parquet.Row
	types   map[string]struct{}
	bound   *orb.Bound
}

func newParquet(w io.Writer, l *layers.Layer, columns []layers.Property) (*parquetFile, error) {
	root := fields{Group: parquet.Group{}}
	for _, c := range columns {
		if c.Name == geometryColumn || c.Name == bboxColumn {
			return nil, layers.InputErrorf("properties", "%s is a column of every GeoParquet file; leave that property out, or choose another format", c.Name)
		}
		node := parquetType(c.Type)
		if !c.Required {
			node = parquet.Optional(node)
		}
		root.add(c.Name, node)
	}
	root.add(geometryColumn, parquet.Leaf(parquet.ByteArrayType))
	box := fields{Group: parquet.Group{}}
	for _, side := range boxSides() {
		box.add(side, parquet.Leaf(parquet.DoubleType))
	}
	root.add(bboxColumn, &box)
	return &parquetFile{
		w: parquet.NewGenericWriter[any](
			w, parquet.NewSchema(l.Name, &root), parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
			parquet.MaxRowsPerRowGroup(rowGroup), parquet.CreatedBy("yiping", "1", ""),
		),
		columns: columns, types: map[string]struct{}{},
	}, nil
}

// boxSides are the fields of the covering, in the order of the file.
func boxSides() []string { return []string{"xmin", "ymin", "xmax", "ymax"} }

func parquetType(t layers.PropertyType) parquet.Node {
	switch t {
	case layers.Integer:
		return parquet.Int(64)
	case layers.Number:
		return parquet.Leaf(parquet.DoubleType)
	case layers.Boolean:
		return parquet.Leaf(parquet.BooleanType)
	case layers.Date:
		return parquet.Date()
	case layers.DateTime:
		return parquet.Timestamp(parquet.Microsecond)
	default:
		return parquet.String()
	}
}

// Write adds a feature.
func (f *parquetFile) Write(row *layers.ExportRow) error {
	g, err := wkb.Unmarshal(row.WKB)
	if err != nil {
		return fmt.Errorf("geometry: %w", err)
	}
	bound := g.Bound()
	f.types[g.GeoJSONType()] = struct{}{}
	if f.bound == nil {
		f.bound = &bound
	} else {
		*f.bound = f.bound.Union(bound)
	}
	f.row = f.row[:0]
	for i, c := range f.columns {
		v, err := parquetValue(c, row.Values[i])
		if err != nil {
			return err
		}
		defined := 0
		if !c.Required && !v.IsNull() {
			defined = 1
		}
		f.row = append(f.row, v.Level(0, defined, i))
	}
	f.row = append(f.row, parquet.ByteArrayValue(row.WKB).Level(0, 0, len(f.columns)))
	for i, v := range []float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]} {
		f.row = append(f.row, parquet.DoubleValue(v).Level(0, 0, len(f.columns)+1+i))
	}
	_, err = f.w.WriteRows([]parquet.Row{f.row})
	return err
}

func parquetValue(p layers.Property, v any) (parquet.Value, error) {
	switch v := v.(type) {
	case nil:
		return parquet.NullValue(), nil
	case string:
		return parquet.ByteArrayValue([]byte(v)), nil
	case int64:
		return parquet.Int64Value(v), nil
	case float64:
		return parquet.DoubleValue(v), nil
	case bool:
		return parquet.BooleanValue(v), nil
	case time.Time:
		if p.Type == layers.Date {
			const day = 24 * 60 * 60
			return parquet.Int32Value(int32(v.Unix() / day)), nil // dates are midnights, so before 1970 too
		}
		return parquet.Int64Value(v.UnixMicro()), nil
	default:
		return parquet.Value{}, fmt.Errorf("property %s: no column takes a %T", p.Name, v)
	}
}

// geoMetadata is the value of the key "geo".
type geoMetadata struct {
	Version       string               `json:"version"`
	PrimaryColumn string               `json:"primary_column"`
	Columns       map[string]geoColumn `json:"columns"`
}

type geoColumn struct {
	Encoding      string     `json:"encoding"`
	GeometryTypes []string   `json:"geometry_types"`
	BBox          []float64  `json:"bbox,omitempty"`
	Covering      geoCovered `json:"covering"`
}

type geoCovered struct {
	BBox map[string][2]string `json:"bbox"`
}

// Close writes the last features and the foot of the file.
func (f *parquetFile) Close() error {
	column := geoColumn{
		Encoding: "WKB", GeometryTypes: slices.Sorted(maps.Keys(f.types)),
		Covering: geoCovered{BBox: map[string][2]string{}},
	}
	if column.GeometryTypes == nil {
		column.GeometryTypes = []string{} // the member must be a list
	}
	if f.bound != nil {
		column.BBox = []float64{f.bound.Min[0], f.bound.Min[1], f.bound.Max[0], f.bound.Max[1]}
	}
	for _, side := range boxSides() {
		column.Covering.BBox[side] = [2]string{bboxColumn, side}
	}
	text, err := json.Marshal(geoMetadata{Version: "1.1.0", PrimaryColumn: geometryColumn, Columns: map[string]geoColumn{geometryColumn: column}})
	if err != nil {
		return err
	}
	f.w.SetKeyValueMetadata("geo", string(text))
	return f.w.Close()
}

// fields is a group that keeps the order of its fields, which parquet.Group
// sorts by name.
type fields struct {
	parquet.Group
	order []string
}

func (f *fields) add(name string, node parquet.Node) {
	f.Group[name] = node
	f.order = append(f.order, name)
}

// Fields lists the fields in the order in which they were added.
func (f *fields) Fields() []parquet.Field {
	all := f.Group.Fields()
	slices.SortFunc(all, func(a, b parquet.Field) int {
		return slices.Index(f.order, a.Name()) - slices.Index(f.order, b.Name())
	})
	return all
}
