package main

import (
	"errors"
	"testing"
	"time"

	"yiping/layers"
	"yiping/layers/postgis/postgistest"
)

// Every case measures something and finds nothing wrong.
func TestBenchHeat(t *testing.T) {
	t.Parallel()
	c := benchHeatCommand{Devices: 5000, Duration: 50 * time.Millisecond, Seed: 1}
	report, err := c.measure(t.Context(), &Globals{DB: postgistest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range report {
		found[r.Case] = true
		if r.N == 0 && r.Case != "take_in_frame" || r.Errors > 0 || r.P50 != nil && *r.P99 < *r.P50 || r.P50 == nil && r.PerSecond == nil && r.Bytes == nil {
			t.Errorf("result %+v", r)
		}
	}
	for _, name := range []string{
		"pings_process", "frame_r9", "hotspots", "take_in_frame", "memory", "memory_stated", "memory_device", "pings_windows",
		"map_of_sets", "map_of_sets_memory", "map_of_sets_device", "sql", "sql_frame_r9", "pings_ndjson", "pings_compact", "ping_to_frame", "place_day",
	} {
		if !found[name] {
			t.Errorf("no result of %s", name)
		}
	}
	for field, wrong := range map[string]benchHeatCommand{
		"--devices":  {Devices: 10, Duration: time.Second},
		"--duration": {Devices: 1000},
	} {
		if fault, ok := errors.AsType[*layers.InputError](wrong.Run(t.Context(), &Globals{})); !ok || fault.Field != field {
			t.Errorf("%s: %v", field, fault)
		}
	}
}
