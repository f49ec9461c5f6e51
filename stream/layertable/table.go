package layertable

import (
	"context"
	"strconv"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/image"
	"yiping/stream"
)

// Source has the images of layers and the history of their changes.
type Source interface {
	// View is the image of a layer as it is now; nil while there is none.
	View(layer string) *image.View
	// Since is that of stream.Table, for a layer.
	Since(ctx context.Context, layer, position string, limit int, visit func(stream.Past)) error
}

// Name is that of the stream of a layer.
func Name(layer string) string { return "layer." + layer }

// Touches are the changes of an image as the hub takes them.
func Touches(touches []image.Touch) []stream.Touch {
	all := make([]stream.Touch, len(touches))
	for i, t := range touches {
		all[i] = stream.Touch(t)
	}
	return all
}

// Table is a layer as a stream.
type Table struct {
	layer  *layers.Layer
	about  stream.Description
	source Source
}

var _ stream.Table = (*Table)(nil)

// New is the stream of a layer.
func New(l *layers.Layer, s Source) *Table {
	about := stream.Description{Name: Name(l.Name), Rows: l, Fields: image.Columns(l), Durable: true}
	return &Table{l, about, s}
}

// Describe says what the rows are like: what the image keeps of features.
func (t *Table) Describe() stream.Description { return t.about }

// View is the image as it is now; nil while there is none.
func (t *Table) View() stream.View {
	v := t.source.View(t.layer.Name)
	if v == nil {
		return nil
	}
	return view{v}
}

// Since visits what has been changed after a position.
func (t *Table) Since(ctx context.Context, position string, limit int, visit func(stream.Past)) error {
	return t.source.Since(ctx, t.layer.Name, position, limit, visit)
}

// view is an image at one moment; the ids of its rows are those of the features.
type view struct{ *image.View }

var _ stream.Keyed = view{}

func (v view) Position() string { return v.Mark() }

func (v view) Find(id int64) (stream.Row, bool) {
	r, ok := v.View.Find(id)
	return stream.Row(r.Pack()), ok
}

func (v view) ID(r stream.Row) int64         { return v.View.ID(row(r)) }
func (v view) Anchor(r stream.Row) geo.Fixed { return v.View.Anchor(row(r)) }

func (v view) Bounds(r stream.Row) geo.FixedBox {
	if v.Layer().Geometry == layers.Point {
		a := v.Anchor(r)
		return geo.FixedBox{Min: a, Max: a}
	}
	return v.Shape(row(r)).Bounds()
}

func (v view) Lookup(key string) (int64, bool) {
	id, err := strconv.ParseInt(key, 10, 64)
	return id, err == nil
}

func (v view) AppendKey(b []byte, id int64) []byte {
	return append(strconv.AppendInt(append(b, '"'), id, 10), '"')
}

func (v view) Select(f *cql2.Filter) (stream.Selection, error) {
	s, err := v.View.Select(f)
	if err != nil {
		return nil, err
	}
	return selection{s}, nil
}

// selection is what a filter takes of an image.
type selection struct{ *image.Selection }

func (s selection) Has(r stream.Row) bool { return s.Selection.Has(row(r)) }

func (s selection) Within(box geo.FixedBox, visit func(stream.Row) bool) {
	s.Selection.Within(box, func(r image.Row) bool { return visit(stream.Row(r.Pack())) })
}

func row(r stream.Row) image.Row { return image.RowOf(uint64(r)) }
