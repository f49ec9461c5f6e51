package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/heatmap"
	heatapi "yiping/heatmap/api"
	heatlive "yiping/heatmap/live"
	heatstore "yiping/heatmap/postgis"
	"yiping/heatmap/replay"
	"yiping/heatmap/wire"
	"yiping/stream"
)

// pingsHTTP measures pings that come over HTTP, as lines and in the compact form.
func (c *benchHeatCommand) pingsHTTP(ctx context.Context) (results []bench.LiveResult, err error) {
	err = c.behind(ctx, nil, func(h *bench.Heat) error {
		for _, form := range []struct {
			name, contentType string
			body              func(*mathrand.Rand) []byte
		}{{"pings_ndjson", "application/x-ndjson", pingLines}, {"pings_compact", wire.ContentType, pingRecords}} {
			r, err := h.Pings(ctx, form.name, form.contentType, pingsInBody, form.body)
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		return nil
	})
	return results, err
}

// pingToFrame measures how late a client sees who has been heard of.
func (c *benchHeatCommand) pingToFrame(ctx context.Context) (results []bench.LiveResult, err error) {
	err = c.behind(ctx, nil, func(h *bench.Heat) error {
		r, err := h.PingToFrame(ctx, heatmap.DefaultRules().Finest)
		results = append(results, r)
		return err
	})
	return results, err
}

// placeDay measures the minutes of a day of a place, in a table that has a year of two
// beside what it had. They are of a run of their own, and are removed again.
func (c *benchHeatCommand) placeDay(ctx context.Context, db *database) (results []bench.LiveResult, err error) {
	const year, most = 365, 1000 // devices for a day
	days, end := max(1, min(year, c.Devices/most)), time.Now().UTC().Truncate(24*time.Hour)
	forget := func(ctx context.Context) error {
		_, err := db.store.Pool().Exec(ctx, "DELETE FROM yiping.heat_place_minute WHERE run = $1", benchRun)
		return err
	}
	if err := forget(ctx); err != nil { // what one that was killed has left
		return nil, err
	}
	defer func() { err = errors.Join(err, forget(context.WithoutCancel(ctx))) }()
	_, err = db.store.Pool().Exec(ctx, `
		INSERT INTO yiping.heat_place_minute (run, place, minute, devices, visits, density, in_per_s, out_per_s, level, synthetic, warming)
		SELECT $1, place, minute, 10 * (random() * 8000)::int, 10 * (random() * 40000)::int, 5 * random(), random(), random(), 1, true, false
		FROM generate_series($2::timestamptz, $3::timestamptz - interval '1 minute', interval '1 minute') AS minute, unnest($4::text[]) AS place`,
		benchRun, end.AddDate(0, 0, -days), end, []string{"one", "another"})
	if err != nil {
		return nil, err
	}
	if _, err := db.store.Pool().Exec(ctx, "ANALYZE yiping.heat_place_minute"); err != nil {
		return nil, err
	}
	err = c.behind(ctx, heatstore.New(db.store.Pool(), heatstore.Config{}), func(h *bench.Heat) error {
		r, err := h.PlaceDay(ctx, benchRun, "one", end, days)
		results = append(results, r)
		return err
	})
	return results, err
}

// benchRun is the run of minutes that are made up.
const benchRun = "bench"

// behind runs the heatmap and its stream behind a server on loopback while measure asks
// it; kept are minutes, if there are any.
func (c *benchHeatCommand) behind(ctx context.Context, kept heatapi.History, measure func(*bench.Heat) error) (err error) {
	rules, log := heatmap.DefaultRules(), slog.New(slog.DiscardHandler)
	streams := heatlive.New(rules)
	e := heatmap.New(heatmap.EngineConfig{Rules: rules, Told: streams.Open("").Observe})
	hub := stream.New(stream.Config{Tables: streams.Tables, Secret: []byte(rand.Text()), Log: log})
	run, runs := &heatapi.Run{Engine: e}, &heatapi.Runs{}
	defer runs.Add(benchRun, run)()
	mux := http.NewServeMux()
	register := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { answerBench(w, r, log, h) })
	}
	heatapi.Register(register, heatapi.Config{Now: run, Stage: replay.NewStage(replay.StageConfig{}), Runs: runs, History: kept})
	hub.Register(register)
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 3)
	go func() { ended <- server.Serve(listener) }()
	go func() { ended <- e.Run(running) }()
	go func() { ended <- streams.Run(running, hub) }()
	defer func() {
		stop()
		hub.Close(context.WithoutCancel(ctx))
		err = errors.Join(err, server.Close())
		for range cap(ended) {
			if cause := <-ended; !errors.Is(cause, http.ErrServerClosed) {
				err = errors.Join(err, cause)
			}
		}
	}()
	client := bench.NewClient("http://"+listener.Addr().String(), 8)
	defer client.Close()
	return measure(&bench.Heat{HTTP: client, Duration: c.Duration, Seed: c.Seed})
}

// pingsInBody is how many pings a body has.
const pingsInBody = 10_000

// drawPing is a device of a hundred thousand, somewhere in the middle of the city.
func drawPing(r *mathrand.Rand) (device uint64, place orb.Point) {
	const devices = 100_000
	return r.Uint64N(devices), orb.Point{121.47 + 0.05*r.NormFloat64(), 31.23 + 0.05*r.NormFloat64()}
}

// pingLines is a body of pings of now as NDJSON.
func pingLines(r *mathrand.Rand) []byte {
	var b bytes.Buffer
	at := strconv.FormatInt(time.Now().UnixMilli(), 10)
	for range pingsInBody {
		device, place := drawPing(r)
		b.WriteString(`{"device":"` + strconv.FormatUint(device, 10) + `","t":` + at + `,"lon":` + strconv.FormatFloat(place[0], 'f', 6, 64) +
			`,"lat":` + strconv.FormatFloat(place[1], 'f', 6, 64) + `,"accuracy":12}` + "\n")
	}
	return b.Bytes()
}

// pingRecords is a body of pings of now in the compact form.
func pingRecords(r *mathrand.Rand) []byte {
	now := time.Now()
	b := wire.AppendHead(nil, now)
	for range pingsInBody {
		device, place := drawPing(r)
		b = wire.Append(b, now, &wire.Record{Device: device, Time: now, Place: place, Accuracy: 12})
	}
	return b
}
