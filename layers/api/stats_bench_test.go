package api_test

import (
	"fmt"
	"net/url"
	"testing"

	"yiping/layers"
)

// BenchmarkStatsAnswer renders statistics of a full city by street and class.
//
//	go test ./layers/api -run '^$' -bench StatsAnswer
func BenchmarkStatsAnswer(b *testing.B) {
	const streets, classes = 215, 100
	var store fakeStats
	for s := range streets {
		for c := range classes {
			store.cells = append(store.cells, layers.StatsCell{
				Regions:    layers.Regions{District: fmt.Sprintf("3101%02d", s/14), Street: fmt.Sprintf("310101%03d", s)},
				Properties: []any{fmt.Sprintf("%05d", c*7919%100_000)}, Count: int64(s * c),
			})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		w, err := askStats(store, &url.URL{Path: "/stats/thing", RawQuery: "by=street,kind"})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(w.Body.Len()))
	}
}
