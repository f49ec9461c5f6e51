package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"

	"yiping/layers"
)

// table writes CSV: a header, then a line a feature. The geometry comes last: as
// the columns lon and lat in a layer of points, else as the column wkt. Null and
// the empty text are both an empty field.
type table struct {
	file    *bufio.Writer
	w       *csv.Writer
	columns []layers.Property
	points  bool
	record  []string
}

func newTable(w io.Writer, l *layers.Layer, columns []layers.Property) (*table, error) {
	t := &table{file: bufio.NewWriterSize(w, fileBuffer), columns: columns, points: l.Geometry == layers.Point}
	t.w = csv.NewWriter(t.file)
	shape := []string{"wkt"}
	if t.points {
		shape = []string{"lon", "lat"}
	}
	var header []string
	for _, c := range columns {
		if slices.Contains(shape, c.Name) {
			return nil, layers.InputErrorf("properties", "%s is the name of a property and of the geometry's column; leave it out, or choose another format", c.Name)
		}
		header = append(header, c.Name)
	}
	return t, t.w.Write(append(header, shape...))
}

// Write adds a feature.
func (t *table) Write(row *layers.ExportRow) error {
	g, err := wkb.Unmarshal(row.WKB)
	if err != nil {
		return fmt.Errorf("geometry: %w", err)
	}
	t.record = t.record[:0]
	for i, c := range t.columns {
		t.record = append(t.record, field(c, row.Values[i]))
	}
	if p, ok := g.(orb.Point); ok && t.points {
		t.record = append(t.record, float(p[0]), float(p[1]))
	} else {
		t.record = append(t.record, wkt.MarshalString(g))
	}
	return t.w.Write(t.record)
}

// Close flushes.
func (t *table) Close() error {
	t.w.Flush()
	if err := t.w.Error(); err != nil {
		return err
	}
	return t.file.Flush()
}

func field(p layers.Property, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return float(v)
	case time.Time:
		return timeText(p, v)
	default:
		return fmt.Sprint(v)
	}
}

// float writes the shortest text that reads as the same number.
func float(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
