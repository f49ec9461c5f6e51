package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/api"
	"yiping/heatmap/replay"
	"yiping/heatmap/window"
	"yiping/heatmap/wire"
)

// BenchmarkPings is bodies of 10,000 pings, through decoding, pseudonyms, cells,
// counting and windows, and decoding alone: of pings so inaccurate that none counts.
//
//	go test -run - -bench Pings ./heatmap/api
func BenchmarkPings(b *testing.B) {
	mux, windows := http.NewServeMux(), window.New(window.Config{})
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				b.Error(err)
			}
		})
	}, api.Config{
		Now:   &api.Run{Engine: heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: midnight, Heard: windows.Hear}), Windows: windows},
		Stage: replay.NewStage(replay.StageConfig{}),
		Runs:  &api.Runs{},
	})
	for _, way := range []struct {
		name     string
		accuracy int
	}{{"all", 12}, {"decoding", 5000}} {
		var lines strings.Builder
		records := wire.AppendHead(nil, midnight())
		for i := range 10_000 {
			p := orb.Point{121.4 + float64(i%100)/1000, 31.2 + float64(i/100)/1000}
			fmt.Fprintf(&lines, "{\"device\":\"device-%d\",\"t\":%d,\"lon\":%.6f,\"lat\":%.6f,\"accuracy\":%d}\n",
				i, midnight().UnixMilli(), p[0], p[1], way.accuracy)
			records = wire.Append(records, midnight(), &wire.Record{Device: uint64(i), Time: midnight(), Place: p, Accuracy: uint16(way.accuracy)})
		}
		for kind, body := range map[string]string{"application/x-ndjson": lines.String(), wire.ContentType: string(records)} {
			b.Run(kind+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/heat/pings", strings.NewReader(body))
					r.Header.Set("Content-Type", kind)
					mux.ServeHTTP(httptest.NewRecorder(), r)
				}
				b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "pings/s")
			})
		}
	}
}
