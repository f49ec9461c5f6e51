package layertable_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/image"
	"yiping/stream"
	"yiping/stream/layertable"
)

// empty is a source in which no layer is in memory.
type empty struct{}

func (empty) View(string) *image.View { return nil }

func (empty) Since(_ context.Context, layer, position string, limit int, visit func(stream.Past)) error {
	if layer != "lamp" || position != "7" || limit != 3 {
		return stream.ErrEpoch
	}
	visit(stream.Past{ID: 5})
	return nil
}

func TestTable(t *testing.T) { // by itself: allocations are counted
	l := &layers.Layer{Name: "lamp", Geometry: layers.Point, Properties: []layers.Property{
		{Name: "state", Type: layers.String, InTiles: true}, {Name: "note", Type: layers.String},
	}}
	table := layertable.New(l, empty{})
	about := table.Describe()
	var fields []string
	for _, p := range about.Fields {
		fields = append(fields, p.Name)
	}
	var kept []string
	for _, p := range image.Columns(l) {
		kept = append(kept, p.Name)
	}
	if diff := cmp.Diff(fields, kept); diff != "" || about.Name != "layer.lamp" || !about.Durable || about.Rows != l {
		t.Errorf("the stream is %+v; its fields and the image's columns differ:\n%s", about, diff)
	}
	// Each connection asks every table: what it is told must cost nothing.
	if n := testing.AllocsPerRun(10, func() { table.Describe() }); n > 0 {
		t.Errorf("a description allocates %v times", n)
	}
	if v := table.View(); v != nil {
		t.Errorf("a layer that is not in memory has the view %v", v)
	}
	var got []stream.Past
	if err := table.Since(t.Context(), "7", 3, func(p stream.Past) { got = append(got, p) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []stream.Past{{ID: 5}}); diff != "" {
		t.Errorf("since 7 (-got +want):\n%s", diff)
	}
}
