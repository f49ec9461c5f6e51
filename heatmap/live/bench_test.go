package live_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/live"
	"yiping/stream"
)

// meter is a Hub that only says how much it is told.
type meter chan int

func (m meter) Touch(_ string, touches []stream.Touch, _ string, _ time.Time) { m <- len(touches) }
func (m meter) Replace(string, string)                                        { m <- 0 }

// BenchmarkFrame makes rows of frames of a whole city, each cell of which has changed:
// go test -run ^$ -bench Frame ./heatmap/live
func BenchmarkFrame(b *testing.B) {
	rules := heatmap.DefaultRules()
	rules.Finest, rules.Least = 9, 1
	streams := live.New(rules)
	feed, hub := streams.Open(""), make(meter)
	go func() { _ = streams.Run(b.Context(), hub) }()
	<-hub
	now := time.Date(2019, 12, 31, 15, 0, 0, 0, time.UTC)
	e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
	var frames []*heatmap.Frame
	for range 2 {
		pings := make([]heatmap.Ping, 0, 460*500)
		for i := range cap(pings) {
			at := orb.Point{120.8 + float64(i%460)*0.0034, 30.6 + float64(i/460)*0.0028}
			pings = append(pings, heatmap.Ping{Device: strconv.Itoa(i + cap(pings)*len(frames)), Time: now, Place: at})
		}
		e.Take(pings, true)
		e.Tick()
		frames = append(frames, e.Frame())
	}
	feed.Observe(frames[1])
	<-hub
	touched := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		feed.Observe(frames[i%2])
		touched += <-hub
	}
	b.ReportMetric(float64(len(frames[0].Cells(9))), "cells")
	b.ReportMetric(float64(touched)/float64(b.N), "changes/op")
}
