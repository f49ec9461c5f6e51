package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/history"
	"yiping/layers"
	"yiping/layers/api"
)

// History has the minutes of runs that are kept. Where there is no such minute, errors
// wrap layers.ErrNotFound and name the nearest that is kept.
type History interface {
	// Cells are those of a minute, at one of history.Resolutions.
	Cells(ctx context.Context, run string, resolution int, minute time.Time) (*history.Cells, error)
	// Places are those of a minute.
	Places(ctx context.Context, run string, minute time.Time) (*history.Places, error)
	// PlaceMinutes are how a place stood from one minute to another, both included, in
	// order; none if nothing is kept of it.
	PlaceMinutes(ctx context.Context, run, place string, from, to time.Time) ([]history.PlaceMinute, error)
	// Span is which minutes are kept.
	Span(ctx context.Context, run string) (*history.Span, error)
}

// maxSpan is the longest time whose minutes are told at once.
const maxSpan = 3 * 24 * time.Hour

// history is where minutes are; the error says that there are none.
func (h *handlers) history() (History, error) {
	if h.History == nil {
		return nil, fmt.Errorf("%w: no minutes are kept", layers.ErrNotFound)
	}
	return h.History, nil
}

// kept is the cells of the minute that at names.
func (h *handlers) kept(ctx context.Context, values url.Values, resolution int) (*history.Cells, error) {
	minute, err := readMinute(values, "at")
	if err != nil {
		return nil, err
	}
	if all := history.Resolutions(); !slices.Contains(all, resolution) {
		return nil, layers.InputErrorf("resolution", "minutes are kept at the resolutions %v", all)
	}
	from, err := h.history()
	if err != nil {
		return nil, err
	}
	return from.Cells(ctx, values.Get("run"), resolution, minute)
}

// keptPlaces is the places of the minute that at names.
func (h *handlers) keptPlaces(ctx context.Context, values url.Values) (*history.Places, error) {
	minute, err := readMinute(values, "at")
	if err != nil {
		return nil, err
	}
	from, err := h.history()
	if err != nil {
		return nil, err
	}
	return from.Places(ctx, values.Get("run"), minute)
}

// readMinute reads the minute of a time.
func readMinute(values url.Values, name string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, values.Get(name))
	if err != nil {
		return t, layers.InputErrorf(name, "%.40q is not a time like 2019-12-31T23:30:00+08:00 (in an address, + is %%2B)", values.Get(name))
	}
	return t.UTC().Truncate(time.Minute), nil
}

// heatOf is the cells with their density: those with their centre in a bound, if it is not
// empty. Others are left out before their areas are worked out, which takes longer than
// all else.
func heatOf(counts []history.Count, bound *orb.Bound) []heatmap.Heat {
	all := make([]heatmap.Heat, 0, len(counts))
	for _, c := range counts {
		if bound != nil && !bound.Contains(c.Cell.Center()) {
			continue
		}
		// Frames keep areas in 32 bits.
		all = append(all, heatmap.Heat{Cell: c.Cell, Devices: c.Devices, Density: float64(c.Devices) / float64(float32(c.Cell.Area()))})
	}
	return all
}

// statesOf is the places of a minute. Of places that have gone since, the outline is not
// known any more; they are left out, as are those that came since.
func statesOf(kept *history.Places, now []heatmap.PlaceState) []heatmap.PlaceState {
	var all []heatmap.PlaceState
	for _, s := range now {
		if p, ok := kept.Places[s.ID]; ok {
			all = append(all, heatmap.PlaceState{
				Place: s.Place, Devices: p.Devices, Visits: p.Visits, In: p.In, Out: p.Out,
				Density: p.Density, Level: p.Level, Next: p.Level,
			})
		}
	}
	return all
}

// minutes answers GET /heat/minutes: which minutes of a run are kept.
func (h *handlers) minutes(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "run")
	if err != nil {
		return err
	}
	id := values.Get("run")
	if _, err := h.run(r, id); err != nil {
		return err
	}
	from, err := h.history()
	if err != nil {
		return err
	}
	span, err := from.Span(r.Context(), id)
	if err != nil {
		return err
	}
	gaps := make([][2]time.Time, len(span.Gaps))
	for i, g := range span.Gaps {
		gaps[i] = [2]time.Time{g.From, g.To}
	}
	return api.WriteJSON(w, "application/json", map[string]any{
		"run": id, "synthetic": span.Synthetic, "first": timeOrNull(span.First), "last": timeOrNull(span.Last),
		"count": span.Count, "gaps": gaps, "resolutions": history.Resolutions(),
	})
}

// placeMinute is how a place stood in a minute.
type placeMinute struct {
	T       time.Time     `json:"t"`
	Devices int           `json:"devices"`
	Visits  int           `json:"visits"`
	Density float64       `json:"density"`
	In      float64       `json:"in_per_s"`
	Out     float64       `json:"out_per_s"`
	Level   heatmap.Level `json:"level"`
	// Warming says that not all who were there had been heard of.
	Warming bool `json:"warming,omitempty"`
}

// placeMinutes answers GET /heat/places/{id}/minutes.
func (h *handlers) placeMinutes(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "from", "run", "to")
	if err != nil {
		return err
	}
	id, place := values.Get("run"), r.PathValue("id")
	run, err := h.run(r, id)
	if err != nil {
		return err
	}
	frame := run.Engine.Frame()
	from, to, err := readSpan(values, frame.Time)
	if err != nil {
		return err
	}
	source, err := h.history()
	if err != nil {
		return err
	}
	kept, err := source.PlaceMinutes(r.Context(), id, place, from, to)
	if err != nil {
		return err
	}
	watched := slices.ContainsFunc(frame.Places, func(s heatmap.PlaceState) bool { return s.ID == place })
	if len(kept) == 0 && !watched {
		return fmt.Errorf("%w: place %s", layers.ErrNotFound, layers.Shown(place))
	}
	synthetic := false
	minutes := make([]placeMinute, len(kept))
	for i, m := range kept {
		minutes[i] = placeMinute{m.Start, m.Devices, m.Visits, m.Density, m.In, m.Out, m.Level, m.Warming}
		synthetic = synthetic || m.Synthetic
	}
	return api.WriteJSON(w, "application/json", map[string]any{"run": id, "place": place, "synthetic": synthetic, "minutes": minutes})
}

// readSpan reads from and to. With one of them it is the day from or to there, without any
// the day until now.
func readSpan(values url.Values, now time.Time) (from, to time.Time, err error) {
	const day = 24 * time.Hour
	to = now
	if values.Has("to") {
		if to, err = readMinute(values, "to"); err != nil {
			return from, to, err
		}
	}
	from = to.Add(-day)
	if values.Has("from") {
		if from, err = readMinute(values, "from"); err != nil {
			return from, to, err
		}
		if !values.Has("to") {
			to = from.Add(day)
		}
	}
	switch {
	case to.Before(from):
		return from, to, layers.InputErrorf("to", "is before from")
	case to.Sub(from) > maxSpan:
		return from, to, layers.InputErrorf("from", "want at most %v until to", maxSpan)
	}
	return from, to, nil
}
