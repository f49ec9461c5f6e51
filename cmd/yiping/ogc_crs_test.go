package main

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// Coordinates are PostGIS's own, in the axis order of their system.
func TestItemsInEachCRS(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 50)
	for _, tt := range []struct {
		crs       layers.CRS
		sql       string
		tolerance float64
	}{
		{layers.CRS84, "ST_X(geom), ST_Y(geom)", 6e-8},
		{layers.EPSG4326, "ST_Y(geom), ST_X(geom)", 6e-8},
		{layers.EPSG4490, "ST_Y(ST_Transform(geom, 4490)), ST_X(ST_Transform(geom, 4490))", 6e-8},
		{layers.EPSG3857, "ST_X(ST_Transform(geom, 3857)), ST_Y(ST_Transform(geom, 3857))", 6e-4},
		{layers.GCJ02, "ST_X(geom), ST_Y(geom)", 6e-8},
	} {
		t.Run(tt.crs.URI(), func(t *testing.T) {
			rows, err := conn.Query(t.Context(), "SELECT "+tt.sql+" FROM city.sample ORDER BY id")
			if err != nil {
				t.Fatal(err)
			}
			var want [][]float64
			for rows.Next() {
				var x, y float64
				if err := rows.Scan(&x, &y); err != nil {
					t.Fatal(err)
				}
				if tt.crs == layers.GCJ02 {
					p := geo.GCJ02.FromWGS84(orb.Point{x, y})
					x, y = p[0], p[1]
				}
				want = append(want, []float64{x, y})
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
			address := root + "/collections/sample/items" + query("limit", "50", "crs", tt.crs.URI())
			if got := ask(t, "GET", address, nil).header.Get("Content-Crs"); got != "<"+tt.crs.URI()+">" {
				t.Errorf("Content-Crs is %q", got)
			}
			var got [][]float64
			for _, f := range askItems(t, address).Features {
				var point struct{ Coordinates []float64 }
				if err := json.Unmarshal(f.Geometry, &point); err != nil {
					t.Fatal(err)
				}
				got = append(got, point.Coordinates)
			}
			if diff := cmp.Diff(got, want, cmpopts.EquateApprox(0, tt.tolerance)); diff != "" {
				t.Errorf("coordinates (-got +want):\n%s", diff)
			}
			// A box and a filter around each point in its own system find it again.
			margin := 5 * tt.tolerance
			for i, c := range got {
				box := number(c[0]-margin) + "," + number(c[1]-margin) + "," + number(c[0]+margin) + "," + number(c[1]+margin)
				for _, parameters := range [][]string{
					{"bbox", box, "bbox-crs", tt.crs.URI()},
					{"filter", "S_INTERSECTS(geom, BBOX(" + box + "))", "filter-crs", tt.crs.URI()},
				} {
					found := askItems(t, root+"/collections/sample/items"+query(append(parameters, "limit", "50")...)).ids()
					if len(found) == 0 || (len(found) == 1 && found[0] != int64(i+1)) {
						t.Errorf("%v finds %v, want feature %d", parameters, found, i+1)
					}
				}
			}
		})
	}
}

func number(f float64) string {
	data, _ := json.Marshal(f)
	return string(data)
}

// Web Mercator has no poles: what lies beyond its world is cut off.
func TestItemsBeyondWebMercator(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	execute(t, conn, `INSERT INTO city.sample (kind, geom) VALUES ('a', 'SRID=4326;POINT(0 90)'), ('a', 'SRID=4326;POINT(180 -85)')`)
	got := askItems(t, root+"/collections/sample/items"+query("crs", layers.EPSG3857.URI()))
	if diff := cmp.Diff(string(got.Features[0].Geometry), "null"); diff != "" {
		t.Errorf("the pole (-got +want):\n%s", diff)
	}
	var point struct{ Coordinates []float64 }
	if err := json.Unmarshal(got.Features[1].Geometry, &point); err != nil || math.Abs(point.Coordinates[0]-20037508.343) > 0.001 {
		t.Errorf("point at the edge: %s, %v", got.Features[1].Geometry, err)
	}
}
