package main

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"yiping/layers"
	"yiping/layers/postgis/postgistest"
)

func smallLiveBench() benchLiveCommand {
	return benchLiveCommand{Rate: 200, Duration: time.Second, Connections: 5, Slow: 2, Objects: 500, Subscribers: 5, Fences: 50, Seed: 1}
}

// Every case measures something, finds nothing wrong, and leaves the features as
// they were, but for their versions.
func TestBenchLive(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, conn := postgistest.Open(t, address), postgistest.Conn(t, address)
	_, err := conn.Exec(t.Context(), `INSERT INTO city.component (code, class, state, geom)
		SELECT n, '0103', CASE n % 3 WHEN 0 THEN '破损' ELSE '完好' END, ST_SetSRID(ST_MakePoint(121 + n % 97 / 10000.0, 31 + n % 89 / 10000.0), 4326)
		FROM generate_series(1, 3000) AS n`)
	if err != nil {
		t.Fatal(err)
	}
	content := func() (sum string) {
		t.Helper()
		err := conn.QueryRow(t.Context(), "SELECT md5(string_agg(concat_ws('|', id, code, class, state, geom), '' ORDER BY id)) FROM city.component").Scan(&sum)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := content()
	url, m := serveStore(t, store)
	t.Cleanup(func() { m.live.hub.Close(t.Context()) })
	c := smallLiveBench()
	report, err := c.measure(t.Context(), url, store, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range report {
		found[r.Case] = true
		timeless := r.Case == "idle_connections" || r.Case == "ingest_process" || r.Case == "ingest_fences"
		if r.Errors > 0 || !timeless && (r.P50 == nil || *r.P50 <= 0 || *r.P99 < *r.P50) {
			t.Errorf("result %+v", r)
		}
		if r.N == 0 && r.Case != "resume_0" {
			t.Errorf("nothing was measured: %+v", r)
		}
	}
	for _, name := range []string{"idle_connections", "commit_to_frame", "tile_refetch", "resume_0", "resume_1", "resume_100", "resume_snapshot", "slow_client_without", "slow_client", "ingest_process", "ingest_fences", "fanout", "ingest_http"} {
		if !found[name] {
			t.Errorf("no result of %s", name)
		}
	}
	if after := content(); after != before {
		t.Error("the benchmark has changed the city")
	}
	alone := smallLiveBench()
	alone.Cases = []string{"commit_to_frame", "idle_connections"}
	report, err = alone.measure(t.Context(), url, nil, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil || len(report) != 1 || report[0].Case != "idle_connections" {
		t.Errorf("without a database: error %v, report %+v", err, report)
	}
}

func TestBenchLiveOfNothing(t *testing.T) {
	t.Parallel()
	store := postgistest.New(t)
	url, m := serveStore(t, store)
	t.Cleanup(func() { m.live.hub.Close(t.Context()) })
	c := smallLiveBench()
	if _, err := c.measure(t.Context(), url, store, slog.New(slog.DiscardHandler)); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("an empty city: error %v", err)
	}
	for field, wrong := range map[string]func(*benchLiveCommand){
		"--rate":        func(c *benchLiveCommand) { c.Rate = 0 },
		"--connections": func(c *benchLiveCommand) { c.Connections = 20_000 },
		"--slow":        func(c *benchLiveCommand) { c.Slow = -1 },
		"--duration":    func(c *benchLiveCommand) { c.Duration = 0 },
	} {
		c := smallLiveBench()
		wrong(&c)
		if fault, ok := errors.AsType[*layers.InputError](c.Run(t.Context(), &Globals{})); !ok || fault.Field != field {
			t.Errorf("%s: %v", field, fault)
		}
	}
}
