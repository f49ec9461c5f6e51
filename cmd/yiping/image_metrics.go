package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// imageMetrics tells Prometheus of the images, their tiles, and the feed behind
// them.
type imageMetrics struct {
	images                       *images
	rows, bytes, lag, tiles, hit *prometheus.Desc
}

var _ prometheus.Collector = (*imageMetrics)(nil)

func newImageMetrics(m *images) *imageMetrics {
	return &imageMetrics{
		images: m,
		rows:   prometheus.NewDesc("yiping_image_rows", "Features of a layer that are in memory.", []string{"layer"}, nil),
		bytes:  prometheus.NewDesc("yiping_image_bytes", "Memory that the image of a layer takes.", []string{"layer"}, nil),
		lag:    prometheus.NewDesc("yiping_feed_lag_seconds", "Age of the oldest committed change that is not in memory yet. Absent until the feed is followed.", nil, nil),
		tiles:  prometheus.NewDesc("yiping_tile_cache_bytes", "Memory that finished tiles take.", nil, nil),
		hit:    prometheus.NewDesc("yiping_tile_cache_requests_total", "Tiles asked of the cache, by whether it had them.", []string{"result"}, nil),
	}
}

// Describe sends the descriptions.
func (m *imageMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.rows, m.bytes, m.lag, m.tiles, m.hit} {
		out <- d
	}
}

// lagTimeout bounds the question that a scrape asks of the database.
const lagTimeout = 2 * time.Second

// Collect sends the values.
func (m *imageMetrics) Collect(out chan<- prometheus.Metric) {
	for _, s := range m.images.set.Status() {
		if s.Serves {
			out <- prometheus.MustNewConstMetric(m.rows, prometheus.GaugeValue, float64(s.Memory.Rows-s.Memory.Dead), s.Layer)
			out <- prometheus.MustNewConstMetric(m.bytes, prometheus.GaugeValue, float64(s.Memory.Bytes()), s.Layer)
		}
	}
	cache := m.images.tiles.Stats()
	out <- prometheus.MustNewConstMetric(m.tiles, prometheus.GaugeValue, float64(cache.Bytes))
	out <- prometheus.MustNewConstMetric(m.hit, prometheus.CounterValue, float64(cache.Hits), "hit")
	out <- prometheus.MustNewConstMetric(m.hit, prometheus.CounterValue, float64(cache.Misses), "miss")
	ctx, cancel := context.WithTimeout(context.Background(), lagTimeout)
	defer cancel()
	// A scrape says what is known; readiness tells of the database.
	if lag, known, err := m.images.lag(ctx); err == nil && known {
		out <- prometheus.MustNewConstMetric(m.lag, prometheus.GaugeValue, lag.Seconds())
	}
}
