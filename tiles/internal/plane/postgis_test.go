package plane_test

import (
	"math/rand/v2"
	"testing"

	"yiping/layers/postgis/postgistest"
	"yiping/tiles/internal/plane"
)

func TestMain(m *testing.M) { postgistest.Main(m) }

// PostGIS, which asks GEOS, finds the areas valid too, and reads the area that we
// do.
func TestAreasInPostGIS(t *testing.T) {
	t.Parallel()
	const seed, rounds = 20261122, 3000
	r := rand.New(rand.NewPCG(seed, 10))
	texts := make([]string, 0, rounds)
	areas := make([]float64, 0, rounds)
	for range rounds {
		g := multiPolygon(t, rings(randomRings(r), plane.TileBox(plane.Buffer), 0))
		texts = append(texts, g.AsText())
		areas = append(areas, g.Area())
	}
	conn := postgistest.Conn(t, postgistest.URL(t))
	rows, err := conn.Query(t.Context(), `
		SELECT wkt, ST_IsValidReason(g), area, ST_Area(g)
		FROM (SELECT wkt, area, ST_GeomFromText(wkt) AS g FROM unnest($1::text[], $2::float8[]) AS x (wkt, area)) AS y
		WHERE NOT ST_IsValid(g) OR ST_Area(g) <> area`, texts, areas)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var wkt, reason string
		var got, want float64
		if err := rows.Scan(&wkt, &reason, &got, &want); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s, area %g, want %g: %s", reason, got, want, wkt)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
