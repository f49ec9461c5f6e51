package tiles_test

import (
	"math"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles/mvt/mvttest"
)

// covering are the tiles of a zoom that hold at least one of the rows.
func covering(rows []feature, z geo.Zoom) []geo.TileID {
	var all []geo.TileID
	seen := map[geo.TileID]bool{}
	for _, f := range rows {
		id := geo.TileAt(f.geometry.(orb.Point), z)
		if !seen[id] {
			seen[id] = true
			all = append(all, id)
		}
	}
	return all
}

func number(t *testing.T, v any) int {
	t.Helper()
	n, ok := v.(uint64)
	if !ok {
		t.Fatalf("%v of type %T is no count", v, v)
	}
	return int(n)
}

// At every zoom and with every filter the counts of a tile add up to what is in
// it, whether thinned or not, and the counts by value too.
func TestCountsAddUp(t *testing.T) {
	t.Parallel()
	rows := lamps(20_000)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	e := w.engine()
	filters := []struct {
		name, filter string
		takes        func(feature) bool
	}{
		{"all", "", func(feature) bool { return true }},
		{"by state", "state='broken'", func(f feature) bool { return f.values["state"] == "broken" }},
		{"by number", "watts > 100 AND class='c7'", func(f feature) bool { return f.values["watts"].(int) > 100 && f.values["class"] == "c7" }},
		{"none", "watts > 1000", func(feature) bool { return false }},
	}
	for _, tt := range filters {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parameters := ""
			if tt.filter != "" {
				parameters = "filter=" + url.QueryEscape(tt.filter)
			}
			q := query(t, w, "lamp", parameters)
			for z := geo.Zoom(0); z <= geo.MaxZoom; z += 1 + z/14 {
				want, broken := map[geo.TileID]int{}, map[geo.TileID]int{}
				for _, f := range rows {
					if id := geo.TileAt(f.geometry.(orb.Point), z); tt.takes(f) {
						want[id]++
						if f.values["state"] == "broken" {
							broken[id]++
						}
					}
				}
				for i, id := range covering(rows, z) {
					if i%max(1, 1<<z>>14) != 0 || i > 300 { // a sample of the deep ones
						continue
					}
					decoded := tile(t, e, q, id)
					sum, sumBroken := countedIn(t, decoded)
					if sum != want[id] || sumBroken != broken[id] {
						t.Errorf("tile %v: points stand for %d, of them broken %d; want %d, %d", id, sum, sumBroken, want[id], broken[id])
					}
					m := metaOf(decoded, "lamp")
					if want[id] == 0 {
						if len(decoded.Layers) > 0 {
							t.Errorf("tile %v is not empty: %v", id, m)
						}
						continue
					}
					if number(t, m["total"]) != want[id] || number(t, m["shown"]) != want[id] || m["cut"] != false {
						t.Errorf("tile %v: _meta says %v, want %d", id, m, want[id])
					}
				}
			}
		})
	}
}

// countedIn is how many features the lamps of a tile stand for, and how many of
// them are broken.
func countedIn(t *testing.T, decoded *mvttest.Tile) (sum, broken int) {
	t.Helper()
	l, _ := decoded.Layer("lamp")
	for _, f := range l.Features {
		n := number(t, f.Properties["point_count"])
		sum += n
		if by, ok := f.Properties["state:broken"]; ok {
			broken += number(t, by)
			if n == 1 {
				t.Error("a point that stands for itself counts by value")
			}
		} else if n == 1 && f.Properties["state"] == "broken" {
			broken++
		}
	}
	return sum, broken
}

// Where nothing is thinned every point is there, where it belongs, with what it
// says; where it is, a point that is drawn is a real one at its real place.
func TestPointsAreWhatTheyAre(t *testing.T) {
	t.Parallel()
	rows := lamps(5000)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	e := w.engine()
	q := query(t, w, "lamp", "")
	for z := geo.Zoom(10); z <= geo.MaxZoom; z++ {
		id := geo.TileAt(orb.Point{121.5, 31.2}, z)
		if z > 17 {
			id = geo.TileAt(rows[10].geometry.(orb.Point), z)
		}
		decoded := tile(t, e, q, id)
		l, ok := decoded.Layer("lamp")
		if !ok && z >= 18 {
			t.Errorf("tile %v has no lamps", id)
		}
		shown := map[uint64]bool{}
		for _, f := range l.Features {
			row := rows[f.ID-1]
			shown[f.ID] = true
			at, p := grid(row.geometry.(orb.Point), id), f.Parts[0][0]
			// Positions are kept to 2^-32 of the world: 2 units of the grid, to
			// either side, at zoom 22.
			tolerance := max(1, math.Exp2(float64(z)-21))
			if math.Abs(at[0]-float64(p.X)) > tolerance || math.Abs(at[1]-float64(p.Y)) > tolerance {
				t.Errorf("tile %v: lamp %d at %v, want %v", id, f.ID, p, at)
			}
			want := map[string]any{
				"class": row.values["class"], "point_count": f.Properties["point_count"],
				"checked": time.Unix(int64(row.values["checked"].(int))*86400, 0).UTC().Format(time.DateOnly),
			}
			if watts := row.values["watts"].(int); watts < 0 {
				want["watts"] = int64(watts)
			} else {
				want["watts"] = uint64(watts)
			}
			if state := row.values["state"]; state != nil {
				want["state"] = state
			}
			for _, by := range []string{"state:ok", "state:broken", "state:gone"} {
				if n, ok := f.Properties[by]; ok {
					want[by] = n
				}
			}
			if diff := cmp.Diff(f.Properties, want); diff != "" {
				t.Errorf("properties (-got +want):\n%s", diff)
			}
		}
		if z < 16 {
			continue
		}
		for _, f := range rows {
			if in := geo.TileAt(f.geometry.(orb.Point), z) == id; in != shown[uint64(f.id)] {
				t.Errorf("tile %v: lamp %d shown: %v", id, f.id, !in)
			}
		}
	}
}

func TestPropertiesAreChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, map[string][]feature{"lamp": lamps(10), "relic": {{id: 1, geometry: orb.Point{121.5, 31.2}, values: map[string]any{"name": "tower", "synthetic": true}}}})
	e := w.engine()
	tests := []struct {
		parameters  string
		lamp, relic []string
	}{
		{"", []string{"checked", "class", "point_count", "state", "watts"}, []string{"name"}},
		{"properties=height,state", []string{"height", "point_count", "state"}, nil},
		{"properties=name,synthetic", []string{"point_count", "synthetic"}, []string{"synthetic", "name"}},
		{"properties=", []string{"point_count"}, nil},
	}
	for _, tt := range tests {
		q := query(t, w, "lamp,relic", tt.parameters)
		got := map[string][]string{}
		for _, f := range lamps(10) {
			decoded := tile(t, e, q, geo.TileAt(f.geometry.(orb.Point), 20))
			for _, l := range decoded.Layers {
				got[l.Name] = append(got[l.Name], l.Keys...)
			}
		}
		decoded := tile(t, e, q, geo.TileAt(orb.Point{121.5, 31.2}, 20))
		l, _ := decoded.Layer("relic")
		got["relic"] = l.Keys
		slices.Sort(got["lamp"])
		if diff := cmp.Diff(slices.Compact(got["lamp"]), tt.lamp); diff != "" {
			t.Errorf("%q: lamps say (-got +want):\n%s", tt.parameters, diff)
		}
		if diff := cmp.Diff(got["relic"], tt.relic); diff != "" {
			t.Errorf("%q: relics say (-got +want):\n%s", tt.parameters, diff)
		}
	}
}
