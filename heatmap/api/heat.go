package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"yiping/heatmap"
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
}

// Register adds the handlers with others.
func Register(handle api.Handle, c Config) {
	h := &handlers{c}
	handle("POST /heat/pings", h.pings)
	handle("POST /heat/counters", h.counters)
	handle("GET /heat", h.state)
	handle("GET /heat/{resolution}", h.cells)
	handle("GET /heat/windows/{resolution}", h.windowsOfCells)
	handle("GET /heat/places", h.places)
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
	var heard *time.Time
	if !state.Heard.IsZero() {
		utc := state.Heard.UTC()
		heard = &utc
	}
	return api.WriteJSON(w, "application/json", map[string]any{
		"time": frame.Time.UTC(), "devices": told(frame.Devices), "synthetic": frame.Synthetic,
		"finest": rules.Finest, "coarsest": rules.Coarsest, "least": rules.Least,
		"ttl_s": rules.TTL.Seconds(), "tick_s": rules.Tick.Seconds(), "accuracy_m": rules.Accuracy,
		"bbox":  [4]float64{rules.Bound.Min[0], rules.Bound.Min[1], rules.Bound.Max[0], rules.Bound.Max[1]},
		"pings": state.Outcomes, "heard": heard,
	})
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
	values, err := api.ReadQuery(r, "bbox", "f", "run")
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
	frame := run.Engine.Frame()
	all := frame.Cells(resolution)
	if bound != nil {
		all = slices.DeleteFunc(slices.Clone(all), func(c heatmap.Heat) bool { return !bound.Contains(c.Cell.Center()) })
	}
	a := answer{
		Time: frame.Time.UTC(), Resolution: resolution, Least: rules.Least, Synthetic: frame.Synthetic,
		Devices: told(frame.Devices),
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
	default:
		return layers.InputErrorf("f", "write json or geojson")
	}
}

// answer is a frame's cells of one resolution.
type answer struct {
	Time       time.Time `json:"time"`
	Resolution int       `json:"resolution"`
	Least      int       `json:"least"`
	Synthetic  bool      `json:"synthetic"`
	Devices    *int      `json:"devices"`
	Cells      []heat    `json:"cells"`
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
	}
	for _, c := range all {
		one := geojson.NewFeature(orb.Polygon{c.Cell.Boundary()})
		one.ID = c.Cell.String()
		one.Properties = geojson.Properties{"devices": c.Devices, "density": c.Density, "in": c.In, "out": c.Out}
		f.Append(one)
	}
	return f
}
