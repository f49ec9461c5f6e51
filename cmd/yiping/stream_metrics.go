package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// streamMetrics tells Prometheus of the streams and their history.
type streamMetrics struct {
	streams                                                     *streams
	objects, stale, reports, silence, fixes, lost, queue, feeds *prometheus.Desc
}

var _ prometheus.Collector = (*streamMetrics)(nil)

func newStreamMetrics(s *streams) *streamMetrics {
	label := []string{"stream"}
	return &streamMetrics{
		streams: s,
		objects: prometheus.NewDesc("yiping_stream_objects", "Objects of a stream.", label, nil),
		stale:   prometheus.NewDesc("yiping_stream_stale_objects", "Objects of a stream that have been silent for long.", label, nil),
		reports: prometheus.NewDesc("yiping_stream_reports_total", "Reports of a stream, by what became of them.", []string{"stream", "outcome"}, nil),
		silence: prometheus.NewDesc("yiping_stream_silence_seconds", "Time since the last report of a stream.", label, nil),
		fixes:   prometheus.NewDesc("yiping_track_fixes_total", "Fixes written to the track history.", nil, nil),
		lost:    prometheus.NewDesc("yiping_track_lost_fixes_total", "Fixes that the database could not take.", nil, nil),
		queue:   prometheus.NewDesc("yiping_track_queue_bytes", "Memory of the fixes that wait to be written.", nil, nil),
		feeds:   prometheus.NewDesc("yiping_stream_feeds", "Websockets that send reports.", nil, nil),
	}
}

// Describe sends the descriptions.
func (m *streamMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.objects, m.stale, m.reports, m.silence, m.fixes, m.lost, m.queue, m.feeds} {
		out <- d
	}
}

// Collect sends the values.
func (m *streamMetrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	for _, t := range m.streams.trackers {
		name, s := t.Definition().Name, t.Status()
		gauge(m.objects, float64(s.Objects), name)
		gauge(m.stale, float64(s.Stale), name)
		count(m.reports, float64(s.Accepted), name, "accepted")
		count(m.reports, float64(s.Late), name, "late")
		count(m.reports, float64(s.Duplicate), name, "duplicate")
		for rule, n := range s.Rejected {
			count(m.reports, float64(n), name, string(rule))
		}
		if !s.LastInput.IsZero() {
			gauge(m.silence, time.Since(s.LastInput).Seconds(), name)
		}
	}
	history := m.streams.recorder.Status()
	count(m.fixes, float64(history.Written))
	count(m.lost, float64(history.Lost))
	gauge(m.queue, float64(history.QueuedBytes))
	gauge(m.feeds, float64(m.streams.feeds.Count()))
}
