package bench_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo"
)

// hundred is samples of 1 to 100 ms, in no order, and two that failed.
func hundred() []bench.Sample {
	samples := []bench.Sample{{Zoom: 9, Time: time.Hour, Err: errors.New("no")}, {Zoom: 12, Err: errors.New("no")}}
	for i := range 100 {
		n := i*37%100 + 1
		zoom := geo.Zoom(9)
		if n > 90 {
			zoom = 12
		}
		samples = append(samples, bench.Sample{Zoom: zoom, Time: time.Duration(n) * time.Millisecond, Bytes: int64(n)})
	}
	return samples
}

func TestPhase(t *testing.T) {
	t.Parallel()
	nine, twelve, rate := geo.Zoom(9), geo.Zoom(12), 50.0
	want := []bench.Result{
		{Engine: "image", Phase: "cold", Tiles: 100, P50: 50, P95: 95, P99: 99, Max: 100, TilesPerSecond: &rate, MaxBytes: 100, Bytes: 5050, Errors: 2},
		{Engine: "image", Phase: "cold", Zoom: &nine, Tiles: 90, P50: 45, P95: 86, P99: 90, Max: 90, MaxBytes: 90, Bytes: 4095, Errors: 1},
		{Engine: "image", Phase: "cold", Zoom: &twelve, Tiles: 10, P50: 95, P95: 100, P99: 100, Max: 100, MaxBytes: 100, Bytes: 955, Errors: 1},
	}
	if diff := cmp.Diff(bench.Phase("image", "cold", hundred(), 2*time.Second), want); diff != "" {
		t.Errorf("results (-got +want):\n%s", diff)
	}
}

func TestPhaseOfNothing(t *testing.T) {
	t.Parallel()
	want := []bench.Result{{Engine: "image", Phase: "cold"}}
	if diff := cmp.Diff(bench.Phase("image", "cold", nil, 0), want); diff != "" {
		t.Errorf("results (-got +want):\n%s", diff)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := bench.Report{
		Results: bench.Phase("image", "cold", hundred(), 2*time.Second)[:2],
		Figures: []bench.Figure{
			{Engine: "image", Figure: "build", Value: 12.5, Unit: "s"},
			{Engine: "image", Figure: "memory", Layer: "road", Value: 2.5e6, Unit: "By"},
		},
	}
	var text strings.Builder
	if err := r.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	want := `[{"engine":"image","phase":"cold","zoom":null,"tiles":100,"p50_ms":50,"p95_ms":95,"p99_ms":99,"max_ms":100,"tiles_per_s":50,"max_bytes":100,"bytes":5050,"errors":2},` +
		`{"engine":"image","phase":"cold","zoom":9,"tiles":90,"p50_ms":45,"p95_ms":86,"p99_ms":90,"max_ms":90,"tiles_per_s":null,"max_bytes":90,"bytes":4095,"errors":1},` +
		`{"engine":"image","figure":"build","value":12.5,"unit":"s"},{"engine":"image","figure":"memory","layer":"road","value":2500000,"unit":"By"}]` + "\n"
	if diff := cmp.Diff(text.String(), want); diff != "" {
		t.Errorf("JSON (-got +want):\n%s", diff)
	}
	text.Reset()
	if err := r.WriteTable(&text); err != nil {
		t.Fatal(err)
	}
	want = `  engine  phase  zoom  tiles  p50 ms  p95 ms  p99 ms  max ms  tiles/s  largest kB  all MB  errors
   image   cold   all    100   50.00   95.00   99.00  100.00       50         0.1    0.01       2
   image   cold     9     90   45.00   86.00   90.00   90.00                  0.1    0.00       1

  engine  figure  layer  value  unit
   image   build         12.50     s
   image  memory   road   2.50    MB
`
	if diff := cmp.Diff(text.String(), want); diff != "" {
		t.Errorf("table (-got +want):\n%s", diff)
	}
}
