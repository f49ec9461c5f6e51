package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/heatmap"
	heatapi "yiping/heatmap/api"
	"yiping/heatmap/replay"
	"yiping/heatmap/wire"
)

// pingsHTTP measures pings that come over HTTP, as lines and in the compact form.
func (c *benchHeatCommand) pingsHTTP(ctx context.Context) (results []bench.LiveResult, err error) {
	err = c.behind(ctx, func(h *bench.Heat) error {
		for _, form := range []struct {
			name, contentType string
			body              func(*rand.Rand) []byte
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
	err = c.behind(ctx, func(h *bench.Heat) error {
		r, err := h.PingToFrame(ctx)
		results = append(results, r)
		return err
	})
	return results, err
}

// behind runs the heatmap behind a server on loopback while measure asks it.
func (c *benchHeatCommand) behind(ctx context.Context, measure func(*bench.Heat) error) (err error) {
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules()})
	mux := http.NewServeMux()
	heatapi.Register(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			answerBench(w, r, slog.New(slog.DiscardHandler), h)
		})
	}, heatapi.Config{Now: &heatapi.Run{Engine: e}, Stage: replay.NewStage(replay.StageConfig{}), Runs: &heatapi.Runs{}})
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 2)
	go func() { ended <- server.Serve(listener) }()
	go func() { ended <- e.Run(running) }()
	defer func() {
		stop()
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
func drawPing(r *rand.Rand) (device uint64, place orb.Point) {
	const devices = 100_000
	return r.Uint64N(devices), orb.Point{121.47 + 0.05*r.NormFloat64(), 31.23 + 0.05*r.NormFloat64()}
}

// pingLines is a body of pings of now as NDJSON.
func pingLines(r *rand.Rand) []byte {
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
func pingRecords(r *rand.Rand) []byte {
	now := time.Now()
	b := wire.AppendHead(nil, now)
	for range pingsInBody {
		device, place := drawPing(r)
		b = wire.Append(b, now, &wire.Record{Device: device, Time: now, Place: place, Accuracy: 12})
	}
	return b
}
