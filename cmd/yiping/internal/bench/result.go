package bench

import (
	"math"
	"slices"
	"time"

	"yiping/geo"
)

// Result is the figures of the tiles of one zoom, or of all, in one phase of one
// engine.
type Result struct {
	Engine string `json:"engine"`
	Phase  string `json:"phase"`
	// Zoom is nil for all zooms together.
	Zoom *geo.Zoom `json:"zoom"`
	// Tiles is how many were asked for and answered well.
	Tiles int     `json:"tiles"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
	// TilesPerSecond is over all connections together; nil for one zoom, as the
	// zooms are asked for in one mix.
	TilesPerSecond *float64 `json:"tiles_per_s"`
	// MaxBytes and Bytes are of the largest tile and of all, compressed.
	MaxBytes int64 `json:"max_bytes"`
	Bytes    int64 `json:"bytes"`
	// Errors is how many requests had no good answer. They are in no other
	// figure.
	Errors int `json:"errors"`
}

// Phase works out the results of a phase: of all zooms first, then of each, if
// there are several.
func Phase(engine, phase string, samples []Sample, took time.Duration) []Result {
	all := result(engine, phase, samples)
	if took > 0 {
		rate := math.Round(10*float64(all.Tiles)/took.Seconds()) / 10
		all.TilesPerSecond = &rate
	}
	byZoom := map[geo.Zoom][]Sample{}
	for _, s := range samples {
		byZoom[s.Zoom] = append(byZoom[s.Zoom], s)
	}
	results := []Result{all}
	if len(byZoom) < 2 {
		return results
	}
	for z := range geo.MaxZoom + 1 {
		if len(byZoom[z]) > 0 {
			r := result(engine, phase, byZoom[z])
			r.Zoom = &z
			results = append(results, r)
		}
	}
	return results
}

func result(engine, phase string, samples []Sample) Result {
	r := Result{Engine: engine, Phase: phase}
	times := make([]time.Duration, 0, len(samples))
	for _, s := range samples {
		if s.Err != nil {
			r.Errors++
			continue
		}
		times = append(times, s.Time)
		r.Bytes += s.Bytes
		r.MaxBytes = max(r.MaxBytes, s.Bytes)
	}
	r.Tiles = len(times)
	slices.Sort(times)
	r.P50, r.P95, r.P99, r.Max = percentile(times, 50), percentile(times, 95), percentile(times, 99), percentile(times, 100)
	return r
}

// percentile is the nearest rank in sorted times: the least time that p percent
// of all do not exceed, in milliseconds; 0 of none.
func percentile(sorted []time.Duration, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return milliseconds(sorted[max(rank, 1)-1])
}

// milliseconds keeps microseconds.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond).Microseconds()) / 1000
}
