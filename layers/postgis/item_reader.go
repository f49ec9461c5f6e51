package postgis

import (
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/project"

	"yiping/geo"
	"yiping/layers"
)

// itemReader scans the rows of itemColumns into one item that it reuses.
type itemReader struct {
	query *layers.Query
	item  layers.Item
	into  []any
}

func newItemReader(q *layers.Query) *itemReader {
	r := &itemReader{query: q}
	r.item.Values = make([]any, len(q.Columns))
	r.item.Keys = make([]any, len(q.Order()))
	r.into = append(r.into, &r.item.ID, &r.item.Geometry)
	for i := range r.item.Values {
		r.into = append(r.into, &r.item.Values[i])
	}
	for i := range r.item.Keys {
		r.into = append(r.into, &r.item.Keys[i])
	}
	return r
}

// scan reads a row, and its further columns into more.
func (r *itemReader) scan(row pgx.CollectableRow, more ...any) error {
	r.item.Geometry = r.item.Geometry[:0]
	if err := row.Scan(append(r.into, more...)...); err != nil {
		return err
	}
	for _, values := range [][]any{r.item.Values, r.item.Keys} {
		for i, v := range values {
			if narrow, ok := v.(int32); ok {
				values[i] = int64(narrow)
			}
		}
	}
	if r.query.CRS == layers.GCJ02 {
		return r.toGCJ02()
	}
	return nil
}

// toGCJ02 turns the WKB that came into text in GCJ-02.
func (r *itemReader) toGCJ02() error {
	g, err := wkb.Unmarshal(r.item.Geometry)
	if err != nil {
		return fmt.Errorf("geometry of feature %d: %w", r.item.ID, err)
	}
	g = project.Geometry(g, func(p orb.Point) orb.Point {
		p = geo.GCJ02.FromWGS84(p)
		return orb.Point{rounded(p[0]), rounded(p[1])}
	})
	if r.query.WKT {
		r.item.Geometry = wkt.Marshal(g)
		return nil
	}
	r.item.Geometry, err = geojson.NewGeometry(g).MarshalJSON()
	return err
}

func rounded(degrees float64) float64 {
	unit := math.Pow10(degreeDigits)
	return math.Round(degrees*unit) / unit
}
