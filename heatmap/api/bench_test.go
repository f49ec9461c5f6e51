package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yiping/heatmap"
	"yiping/heatmap/api"
	"yiping/heatmap/replay"
)

// BenchmarkPings is bodies of 10,000 lines, through decoding, pseudonyms, cells and
// counting.
func BenchmarkPings(b *testing.B) {
	var body strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&body, "{\"device\":\"device-%d\",\"t\":%d,\"lon\":%.6f,\"lat\":%.6f,\"accuracy\":12}\n",
			i, midnight().UnixMilli(), 121.4+float64(i%100)/1000, 31.2+float64(i/100)/1000)
	}
	mux := http.NewServeMux()
	api.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				b.Error(err)
			}
		})
	}, api.Config{
		Now:   &api.Run{Engine: heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: midnight})},
		Stage: replay.NewStage(replay.StageConfig{}),
		Runs:  &api.Runs{},
	})
	for b.Loop() {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/heat/pings", strings.NewReader(body.String())))
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "pings/s")
}
