package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/forecast"
	"yiping/layers"
	"yiping/layers/api"
)

// forecasted is what is to come in a place.
type forecasted struct {
	Run       string    `json:"run"`
	Place     string    `json:"place"`
	Time      time.Time `json:"time"`
	Synthetic bool      `json:"synthetic"`
	Method    string    `json:"method"`
	// Shares are those of the methods at the horizon of Score.
	Shares    map[string]float64 `json:"shares"`
	Profile   *string            `json:"profile"`
	Step      float64            `json:"step_s"`
	Points    []forecastPoint    `json:"points"`
	Crossings []crossing         `json:"crossings"`
	Score     *score             `json:"score"`
	Calls     calls              `json:"calls"`
}

type forecastPoint struct {
	Time    time.Time `json:"t"`
	Devices float64   `json:"devices"`
	Low80   float64   `json:"low80"`
	High80  float64   `json:"high80"`
	Low95   float64   `json:"low95"`
	High95  float64   `json:"high95"`
}

type crossing struct {
	Level       heatmap.Level `json:"level"`
	Time        time.Time     `json:"t"`
	Probability *float64      `json:"probability"`
}

type score struct {
	Count      int     `json:"n"`
	MASE       float64 `json:"mase"`
	Against    string  `json:"mase_against"`
	Coverage80 float64 `json:"coverage80"`
	Coverage95 float64 `json:"coverage95"`
	Width80    float64 `json:"width80"`
	Pinball    float64 `json:"pinball"`
	Horizon    float64 `json:"horizon_s"`
}

// calls is how the levels that were called came true. Precision and recall are null
// where nothing was called, and nothing reached.
type calls struct {
	Caught    int      `json:"caught"`
	Missed    int      `json:"missed"`
	Withdrawn int      `json:"withdrawn"`
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	Lead      *float64 `json:"lead_s"`
}

// forecast answers GET /heat/places/{id}/forecast.
func (h *handlers) forecast(w http.ResponseWriter, r *http.Request) error {
	q, err := h.readForecast(r)
	if err != nil {
		return err
	}
	a := forecasted{
		Run: q.run, Place: q.place, Time: q.frame.Time.UTC(), Synthetic: q.frame.Synthetic, Method: "blend",
		Shares: map[string]float64{}, Step: forecast.Step.Seconds(), Points: []forecastPoint{}, Crossings: []crossing{},
	}
	made, err := q.forecasts.Forecast(q.place, q.horizon)
	switch {
	case errors.Is(err, forecast.ErrUnknown): // soon
		return api.WriteJSON(w, "application/json", a)
	case err != nil:
		return err
	}
	a.Time, a.Synthetic, a.Shares, a.Calls = made.Time, made.Synthetic, made.Shares, callsOf(made.Calls)
	if made.Profile != "" {
		a.Profile = &made.Profile
	}
	for _, p := range made.Points {
		a.Points = append(a.Points, pointOf(p))
	}
	for _, c := range made.Crossings {
		a.Crossings = append(a.Crossings, crossing{c.Level, c.Time.UTC().Round(time.Second), c.Probability})
	}
	if s := made.Score; s != nil {
		a.Score = &score{s.Count, s.MASE, s.Against, s.Coverage80, s.Coverage95, s.Width80, s.Pinball, q.horizon.Seconds()}
	}
	return api.WriteJSON(w, "application/json", a)
}

// pointOf is a point in whole devices.
func pointOf(p forecast.Point) forecastPoint {
	return forecastPoint{
		Time: p.Time.UTC(), Devices: math.Round(p.Devices),
		Low80: math.Round(p.Low80), High80: math.Round(p.High80), Low95: math.Round(p.Low95), High95: math.Round(p.High95),
	}
}

func callsOf(c forecast.Calls) calls {
	a := calls{Caught: c.Caught, Missed: c.Missed, Withdrawn: c.Withdrawn}
	ratio := func(of, all int) *float64 {
		if all == 0 {
			return nil
		}
		share := float64(of) / float64(all)
		return &share
	}
	a.Precision, a.Recall = ratio(c.Caught, c.Caught+c.Withdrawn), ratio(c.Caught, c.Caught+c.Missed)
	if c.Caught > 0 {
		seconds := c.Lead.Seconds()
		a.Lead = &seconds
	}
	return a
}

// pastPoint is what was forecast of a time, and what came.
type pastPoint struct {
	forecastPoint
	Actual *int `json:"actual"`
}

// past answers GET /heat/places/{id}/forecast/past.
func (h *handlers) past(w http.ResponseWriter, r *http.Request) error {
	q, err := h.readForecast(r)
	if err != nil {
		return err
	}
	points, synthetic := []pastPoint{}, q.frame.Synthetic
	past, err := q.forecasts.Past(q.place, q.horizon)
	switch {
	case errors.Is(err, forecast.ErrUnknown): // soon
	case err != nil:
		return err
	default:
		synthetic = past.Synthetic
		for _, p := range past.Points {
			points = append(points, pastPoint{pointOf(p.Point), p.Actual})
		}
	}
	return api.WriteJSON(w, "application/json", map[string]any{
		"run": q.run, "place": q.place, "synthetic": synthetic, "horizon_s": q.horizon.Seconds(),
		"step_s": forecast.Step.Seconds(), "points": points,
	})
}

// forecastQuery is what forecasts are wanted.
type forecastQuery struct {
	run, place string
	horizon    time.Duration
	frame      *heatmap.Frame
	forecasts  *forecast.Forecaster
}

// defaultHorizon is the horizon in seconds whose score is told.
const defaultHorizon = 1800

func (h *handlers) readForecast(r *http.Request) (forecastQuery, error) {
	values, err := api.ReadQuery(r, "run", "horizon_s")
	if err != nil {
		return forecastQuery{}, err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return forecastQuery{}, err
	}
	q := forecastQuery{run: values.Get("run"), place: r.PathValue("id"), frame: run.Engine.Frame(), forecasts: run.Forecasts}
	if q.horizon, err = readHorizon(values); err != nil {
		return q, err
	}
	watched := slices.ContainsFunc(q.frame.Places, func(p heatmap.PlaceState) bool { return p.ID == q.place })
	if !watched || q.forecasts == nil {
		return q, fmt.Errorf("%w: forecast of place %.60q", layers.ErrNotFound, q.place)
	}
	return q, nil
}

func readHorizon(values url.Values) (time.Duration, error) {
	seconds := defaultHorizon
	if text := values.Get("horizon_s"); text != "" {
		var err error
		if seconds, err = strconv.Atoi(text); err != nil {
			seconds = 0
		}
	}
	step := int(forecast.Step.Seconds())
	if seconds <= 0 || seconds > forecast.Points*step || seconds%step != 0 {
		return 0, layers.InputErrorf("horizon_s", "want a multiple of %d up to %d", step, forecast.Points*step)
	}
	return time.Duration(seconds) * time.Second, nil
}
