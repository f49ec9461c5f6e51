package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"yiping/heatmap"
	"yiping/heatmap/compact"
	"yiping/heatmap/place"
	"yiping/heatmap/replay"
	"yiping/layers"
	"yiping/layers/api"
)

// Config is what the handlers answer from.
type Config struct {
	// Now is those who are here.
	Now *Run
	// Stage plays evenings.
	Stage *replay.Stage
	// Runs are those of the evenings that the stage plays.
	Runs *Runs
	// History has the minutes of all runs; nil if none are kept.
	History History
	// Places keeps the places of now, Alarms the alarms of all runs.
	Places place.Store
	Alarms Alarms
}

// Register adds the handlers with others.
func Register(handle api.Handle, c Config) {
	h := &handlers{c}
	handle("POST /heat/pings", h.pings)
	handle("POST /heat/counters", h.counters)
	handle("GET /heat", h.state)
	handle("GET /heat/{resolution}", h.cells)
	handle("GET /heat/windows/{resolution}", h.windowsOfCells)
	handle("GET /heat/hotspots/{resolution}", h.hotspots)
	handle("GET /heat/tiles/{z}/{x}/{y}", h.tile)
	handle("GET /heat/minutes", h.minutes)
	handle("GET /heat/places", h.places)
	handle("GET /heat/places/{id}", h.place)
	handle("PUT /heat/places/{id}", h.putPlace)
	handle("DELETE /heat/places/{id}", h.removePlace)
	handle("GET /heat/places/{id}/minutes", h.placeMinutes)
	handle("GET /heat/places/{id}/forecast", h.forecast)
	handle("GET /heat/places/{id}/forecast/past", h.past)
	handle("GET /heat/alarms", h.alarms)
	handle("POST /heat/alarms/{id}/acknowledgement", h.acknowledge)
	handle("GET /heat/replays", h.replays)
	handle("PUT /heat/replays/{id}", h.start)
	handle("PATCH /heat/replays/{id}", h.change)
	handle("DELETE /heat/replays/{id}", h.stop)
	handle("GET /heat/replays/{id}/curve", h.curve)
}

type handlers struct {
	Config
}

// state answers GET /heat.
func (h *handlers) state(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "run")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	rules, state, frame := run.Engine.Rules(), run.Engine.State(), run.Engine.Frame()
	return api.WriteJSON(w, "application/json", map[string]any{
		"time": frame.Time.UTC(), "devices": told(frame.Devices), "synthetic": frame.Synthetic,
		"finest": rules.Finest, "coarsest": rules.Coarsest, "least": rules.Least,
		"ttl_s": rules.TTL.Seconds(), "tick_s": rules.Tick.Seconds(), "accuracy_m": rules.Accuracy,
		"bbox":  [4]float64{rules.Bound.Min[0], rules.Bound.Min[1], rules.Bound.Max[0], rules.Bound.Max[1]},
		"pings": state.Outcomes, "heard": timeOrNull(state.Heard), "warming_until": timeOrNull(frame.WarmingUntil),
	})
}

// timeOrNull is null for no time.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// told is a number of devices, or null where they are too few to be told.
func told(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

// cells answers GET /heat/{resolution}.
func (h *handlers) cells(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "at", "bbox", "f", "run")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	rules := run.Engine.Rules()
	resolution, err := strconv.Atoi(r.PathValue("resolution"))
	if err != nil || resolution < rules.Coarsest || resolution > rules.Finest {
		return layers.InputErrorf("resolution", "want one from %d to %d", rules.Coarsest, rules.Finest)
	}
	bound, err := api.ReadBound(values)
	if err != nil {
		return err
	}
	a := answer{Resolution: resolution, Least: rules.Least}
	var all []heatmap.Heat
	if values.Has("at") {
		kept, err := h.kept(r.Context(), values, resolution)
		if err != nil {
			return err
		}
		a.tell(kept.Told, kept.Devices, kept.Synthetic, kept.WarmingUntil)
		all = heatOf(kept.Counts, bound)
	} else {
		frame := run.Engine.Frame()
		a.tell(frame.Time, frame.Devices, frame.Synthetic, frame.WarmingUntil)
		if all = frame.Cells(resolution); bound != nil {
			all = slices.DeleteFunc(slices.Clone(all), func(c heatmap.Heat) bool { return !bound.Contains(c.Cell.Center()) })
		}
	}
	switch values.Get("f") {
	case "", "json":
		a.Cells = make([]heat, len(all))
		for i, c := range all {
			a.Cells[i] = heat{c.Cell.String(), c.Devices, c.Density, c.In, c.Out}
		}
		return api.WriteJSON(w, "application/json", a)
	case "geojson":
		return api.WriteJSON(w, "application/geo+json", a.geojson(all))
	case "binary":
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(a.packed(all)) // a client that has gone is nobody's error
		return nil
	default:
		return layers.InputErrorf("f", "write json, geojson or binary")
	}
}

// packed is the answer with the cells as package compact has them.
func (a *answer) packed(all []heatmap.Heat) []byte {
	devices := -1
	if a.Devices != nil {
		devices = *a.Devices
	}
	counts := make([]compact.Count, len(all))
	for i, h := range all {
		counts[i] = compact.Count{Cell: h.Cell, Devices: h.Devices}
	}
	return compact.Append(nil, &compact.Frame{
		Time: a.Time, Resolution: a.Resolution, Synthetic: a.Synthetic, Least: a.Least, Devices: devices, Cells: counts,
	})
}

// answer is a frame's cells of one resolution.
type answer struct {
	Time       time.Time `json:"time"`
	Resolution int       `json:"resolution"`
	Least      int       `json:"least"`
	Synthetic  bool      `json:"synthetic"`
	Devices    *int      `json:"devices"`
	// WarmingUntil is when all who were there had been heard of; null if they had.
	WarmingUntil *time.Time `json:"warming_until"`
	Cells        []heat     `json:"cells"`
}

// tell says when and of how many.
func (a *answer) tell(at time.Time, devices int, synthetic bool, warmingUntil time.Time) {
	a.Time, a.Devices, a.Synthetic, a.WarmingUntil = at.UTC(), told(devices), synthetic, timeOrNull(warmingUntil)
}

type heat struct {
	Cell    string  `json:"cell"`
	Devices int     `json:"devices"`
	Density float64 `json:"density"`
	In      int32   `json:"in"`
	Out     int32   `json:"out"`
}

// geojson is the answer with the cells as polygons.
func (a *answer) geojson(all []heatmap.Heat) *geojson.FeatureCollection {
	f := geojson.NewFeatureCollection()
	f.ExtraMembers = geojson.Properties{
		"time": a.Time, "resolution": a.Resolution, "least": a.Least, "synthetic": a.Synthetic, "devices": a.Devices,
		"warming_until": a.WarmingUntil,
	}
	for _, c := range all {
		one := geojson.NewFeature(orb.Polygon{c.Cell.Boundary()})
		one.ID = c.Cell.String()
		one.Properties = geojson.Properties{"devices": c.Devices, "density": c.Density, "in": c.In, "out": c.Out}
		f.Append(one)
	}
	return f
}
