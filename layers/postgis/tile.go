package postgis

import (
	"context"
	"fmt"
	"strings"

	"yiping/geo"
	"yiping/layers"
)

// The grid of a vector tile, and the margin around it that lets symbols and
// lines meet across tile edges, both in grid units.
const (
	tileExtent = 4096
	tileBuffer = 64
)

// Tile makes a tile of the layers with PostGIS: every feature of every layer
// that is shown at its zoom, nothing thinned. It is exact, and the reference
// that other engines are checked against. It is empty where there is nothing.
func (s *Store) Tile(ctx context.Context, ls []*layers.Layer, id geo.TileID) ([]byte, error) {
	var parts []string
	for _, l := range ls {
		if int(id.Z) >= l.Zoom.Min && int(id.Z) <= l.Zoom.Max {
			parts = append(parts, "("+tileQuery(l, id.Z)+")")
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	var data []byte
	sql := "SELECT " + strings.Join(parts, " || ")
	if err := s.pool.QueryRow(ctx, sql, int(id.Z), int(id.X), int(id.Y)).Scan(&data); err != nil {
		return nil, fmt.Errorf("tile %v: %w", id, err)
	}
	return data, nil
}

// tileQuery selects one layer of a tile as MVT. The envelope is brought to the
// indexed column's system and not the column to the tile's, so that the index
// serves. Only the projection's own world is projected: it has no poles.
func tileQuery(l *layers.Layer, z geo.Zoom) string {
	var properties []string
	for _, p := range l.Properties {
		if p.InTiles {
			properties = append(properties, quote(p.Name))
		}
	}
	geom := "geom"
	if l.Geometry != layers.Point {
		geom = `CASE WHEN geom OPERATOR(public.@) world.box THEN geom
			ELSE public.ST_ClipByBox2D(geom, world.box) END`
	}
	far := ""
	if p := l.Zoom.Property; p != "" {
		// A number in the text, not a parameter: the small index for low zooms
		// serves only where the planner sees that the rows are in it.
		far = fmt.Sprintf(" AND %s <= %d", firstZoom(p), z)
	}
	return fmt.Sprintf(`
		SELECT public.ST_AsMVT(t, %[1]s, %[2]d, 'geom', 'id') FROM (
			SELECT id%[3]s, public.ST_AsMVTGeom(public.ST_Transform(%[4]s, 3857),
				public.ST_TileEnvelope($1, $2, $3), %[2]d, %[5]d) AS geom
			FROM %[6]s, (SELECT public.ST_MakeEnvelope(-180, %[8]v, 180, %[9]v, 4326) AS box) world
			WHERE geom OPERATOR(public.&&) public.ST_Transform(public.ST_TileEnvelope($1, $2, $3, margin => %[5]d.0 / %[2]d), 4326)%[7]s
			ORDER BY id
		) t WHERE geom IS NOT NULL`,
		literal(l.Name), tileExtent, prefixed(properties), geom, tileBuffer, table(l.Name), far, -geo.MaxLatitude, geo.MaxLatitude)
}
