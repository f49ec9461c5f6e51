package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"yiping/heatmap/hotspot"
	"yiping/layers"
	"yiping/layers/api"
)

// spots is what stands out in a frame.
type spots struct {
	Run        string    `json:"run"`
	Time       time.Time `json:"time"`
	Synthetic  bool      `json:"synthetic"`
	Resolution int       `json:"resolution"`
	// K is the steps around a cell that count with it, Count the cells of the study
	// area, Alpha the largest share of false discoveries.
	K         int       `json:"k"`
	Count     int       `json:"count"`
	Alpha     float64   `json:"alpha"`
	Elsewhere elsewhere `json:"elsewhere"`
	Cells     []spot    `json:"cells"`
}

// elsewhere is each cell with nobody around; Class is null unless they stand out, too.
type elsewhere struct {
	Z     float64        `json:"z"`
	P     float64        `json:"p"`
	Class *hotspot.Class `json:"class"`
}

type spot struct {
	Cell    string        `json:"cell"`
	Density float64       `json:"density"`
	Z       float64       `json:"z"`
	P       float64       `json:"p"`
	Class   hotspot.Class `json:"class"`
}

// hotspots answers GET /heat/hotspots/{resolution}.
func (h *handlers) hotspots(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "run", "k", "f")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	if run.Hotspots == nil {
		return fmt.Errorf("%w: hot spots of this run", layers.ErrNotFound)
	}
	rules := run.Engine.Rules()
	resolution, err := strconv.Atoi(r.PathValue("resolution"))
	if err != nil || resolution < rules.Coarsest || resolution > rules.Finest {
		return layers.InputErrorf("resolution", "want one from %d to %d", rules.Coarsest, rules.Finest)
	}
	k := 1
	if text := values.Get("k"); text != "" {
		if k, err = strconv.Atoi(text); err != nil || k < 1 || k > hotspot.MaxSteps {
			return layers.InputErrorf("k", "want 1 to %d steps", hotspot.MaxSteps)
		}
	}
	frame := run.Engine.Frame()
	found := run.Hotspots.Find(frame, resolution, k)
	a := spots{
		Run: values.Get("run"), Time: frame.Time.UTC(), Synthetic: frame.Synthetic, Resolution: resolution,
		K: k, Count: found.Count, Alpha: hotspot.Alpha, Elsewhere: elsewhere{Z: found.Elsewhere.Z, P: found.Elsewhere.P}, Cells: make([]spot, len(found.Cells)),
	}
	if found.Elsewhere.Class != hotspot.None {
		a.Elsewhere.Class = &found.Elsewhere.Class
	}
	for i, s := range found.Cells {
		a.Cells[i] = spot{s.Cell.String(), s.Density, s.Z, s.P, s.Class}
	}
	switch values.Get("f") {
	case "", "json":
		return api.WriteJSON(w, "application/json", a)
	case "geojson":
		return api.WriteJSON(w, "application/geo+json", a.geojson(found.Cells))
	default:
		return layers.InputErrorf("f", "write json or geojson")
	}
}

// geojson is the answer with the cells as polygons.
func (a *spots) geojson(cells []hotspot.Spot) *geojson.FeatureCollection {
	f := geojson.NewFeatureCollection()
	f.ExtraMembers = geojson.Properties{
		"run": a.Run, "time": a.Time, "synthetic": a.Synthetic, "resolution": a.Resolution,
		"k": a.K, "count": a.Count, "alpha": a.Alpha, "elsewhere": a.Elsewhere,
	}
	for _, s := range cells {
		one := geojson.NewFeature(orb.Polygon{s.Cell.Boundary()})
		one.ID = s.Cell.String()
		one.Properties = geojson.Properties{"density": s.Density, "z": s.Z, "p": s.P, "class": s.Class}
		f.Append(one)
	}
	return f
}
