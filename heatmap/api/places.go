package api

import (
	"math"
	"net/http"

	"github.com/paulmach/orb/geojson"

	"yiping/heatmap/replay"
	"yiping/layers/api"
)

// run is the run that a request is about: that of now, or of a replay.
func (h *handlers) run(r *http.Request, id string) (*Run, error) {
	if id == "" {
		return h.Now, nil
	}
	if run, ok := h.Runs.Find(id); ok {
		return run, nil
	}
	r.SetPathValue("id", id)
	return nil, unknown(r, replay.ErrIdle)
}

// places answers GET /heat/places.
func (h *handlers) places(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "run")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	frame := run.Engine.Frame()
	all := geojson.NewFeatureCollection()
	all.ExtraMembers = geojson.Properties{"time": frame.Time, "synthetic": frame.Synthetic}
	for _, s := range frame.Places {
		f := geojson.NewFeature(s.Outline)
		f.ID = s.ID
		f.Properties = geojson.Properties{
			"name": s.Name, "name_en": s.NameEN, "flow": s.Flow, "area_m2": math.Round(s.Area()), "capacity": nil,
			"devices": s.Devices, "visits": s.Visits, "density": s.Density, "in_per_s": s.In, "out_per_s": s.Out,
			"level": s.Level, "next": s.Next, "next_after_s": nil,
			"people": run.people(&s, frame.Time), "windows": run.windows(s.ID, frame.Time),
		}
		if s.Capacity > 0 {
			f.Properties["capacity"] = s.Capacity
		}
		if s.Next != s.Level {
			f.Properties["next_after_s"] = math.Round(s.After.Seconds())
		}
		all.Append(f)
	}
	return api.WriteJSON(w, "application/geo+json", all)
}
