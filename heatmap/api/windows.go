package api

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"yiping/heatmap/window"
	"yiping/layers"
	"yiping/layers/api"
)

// visitors is the distinct devices of a span.
type visitors struct {
	Visitors int       `json:"visitors"`
	Error    float64   `json:"error"`
	From     time.Time `json:"from"`
}

// windows are those of a place; nil if the run counts none.
func (r *Run) windows(place string, now time.Time) map[string]visitors {
	if r.Windows == nil {
		return nil
	}
	all := map[string]visitors{}
	for o, n := range r.Windows.Place(place, now) {
		over := window.Over(o)
		all[over.String()] = visitors{n.Visitors, rounded(n.Error), over.From(now)}
	}
	return all
}

// rounded has as many digits as an error is worth.
func rounded(relative float64) float64 { return math.Round(relative*1e4) / 1e4 }

// windowCells is what is told of the cells over a span.
type windowCells struct {
	Time       time.Time    `json:"time"`
	From       time.Time    `json:"from"`
	Over       string       `json:"over"`
	Resolution int          `json:"resolution"`
	Least      int          `json:"least"`
	Synthetic  bool         `json:"synthetic"`
	Cells      []windowCell `json:"cells"`
}

type windowCell struct {
	Cell     string  `json:"cell"`
	Visitors int     `json:"visitors"`
	Error    float64 `json:"error"`
}

// windowsOfCells answers GET /heat/windows/{resolution}.
func (h *handlers) windowsOfCells(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "over", "bbox", "run")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	if run.Windows == nil {
		return fmt.Errorf("%w: this run counts no windows", layers.ErrNotFound)
	}
	if r.PathValue("resolution") != strconv.Itoa(run.Windows.Resolution()) {
		return layers.InputErrorf("resolution", "distinct devices are counted at %d alone", run.Windows.Resolution())
	}
	over := window.Hour
	if values.Has("over") {
		if over, err = window.ParseOver(values.Get("over")); err != nil {
			return layers.InputErrorf("over", "%v", err)
		}
	}
	bound, err := api.ReadBound(values)
	if err != nil {
		return err
	}
	frame := run.Engine.Frame()
	a := windowCells{
		Time: frame.Time.UTC(), From: over.From(frame.Time), Over: over.String(), Resolution: run.Windows.Resolution(),
		Least: run.Engine.Rules().Least, Synthetic: frame.Synthetic, Cells: []windowCell{},
	}
	for _, c := range run.Windows.Cells(over, frame.Time) {
		if bound == nil || bound.Contains(c.Cell.Center()) {
			a.Cells = append(a.Cells, windowCell{c.Cell.String(), c.Visitors, rounded(c.Error)})
		}
	}
	return api.WriteJSON(w, "application/json", a)
}
