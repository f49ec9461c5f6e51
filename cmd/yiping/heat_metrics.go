package main

import "github.com/prometheus/client_golang/prometheus"

// heatMetrics tells Prometheus of the devices and people that are counted.
type heatMetrics struct {
	heat                                                                              *heat
	pings, devices, bytes, tallies, windows, windowBytes, uncounted, relayed, refused *prometheus.Desc
	minutes, queued                                                                   *prometheus.Desc
}

var _ prometheus.Collector = (*heatMetrics)(nil)

func newHeatMetrics(h *heat) *heatMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &heatMetrics{
		heat:        h,
		pings:       desc("yiping_heat_pings_total", "Pings of devices, by what became of them.", "outcome"),
		devices:     desc("yiping_heat_devices", "Devices that are present."),
		bytes:       desc("yiping_heat_bytes", "Memory that the devices and their cells take."),
		tallies:     desc("yiping_heat_tallies_total", "Tallies of gates and cameras, by what became of them.", "outcome"),
		windows:     desc("yiping_heat_windows", "Places and cells whose distinct devices are counted.", "of"),
		windowBytes: desc("yiping_heat_windows_bytes", "Memory that the windows of distinct devices take."),
		uncounted:   desc("yiping_heat_windows_uncounted_total", "Pings in places and cells for which the windows have no room."),
		relayed:     desc("yiping_heat_relay_pings_total", "Pings told to other replicas, and heard from them.", "direction"),
		refused:     desc("yiping_heat_relay_refused_total", "Messages about devices that are not understood here."),
		minutes:     desc("yiping_heat_minutes_total", "Minutes of all runs, by what became of them: written or lost.", "outcome"),
		queued:      desc("yiping_heat_minutes_queued", "Minutes that wait to be written."),
	}
}

// Describe sends the descriptions.
func (m *heatMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.pings, m.devices, m.bytes, m.tallies, m.windows, m.windowBytes, m.uncounted, m.relayed, m.refused, m.minutes, m.queued} {
		out <- d
	}
}

// Collect sends the values.
func (m *heatMetrics) Collect(out chan<- prometheus.Metric) {
	s, w := m.heat.now.Engine.State(), m.heat.now.Windows.State()
	for outcome, n := range s.Outcomes {
		out <- prometheus.MustNewConstMetric(m.pings, prometheus.CounterValue, float64(n), string(outcome))
	}
	for outcome, n := range m.heat.now.Counters.Outcomes() {
		out <- prometheus.MustNewConstMetric(m.tallies, prometheus.CounterValue, float64(n), string(outcome))
	}
	out <- prometheus.MustNewConstMetric(m.devices, prometheus.GaugeValue, float64(s.Devices))
	out <- prometheus.MustNewConstMetric(m.bytes, prometheus.GaugeValue, float64(s.Bytes))
	out <- prometheus.MustNewConstMetric(m.windows, prometheus.GaugeValue, float64(w.Places), "places")
	out <- prometheus.MustNewConstMetric(m.windows, prometheus.GaugeValue, float64(w.Cells), "cells")
	out <- prometheus.MustNewConstMetric(m.windowBytes, prometheus.GaugeValue, float64(w.Bytes))
	out <- prometheus.MustNewConstMetric(m.uncounted, prometheus.CounterValue, float64(w.Uncounted))
	if m.heat.relay != nil {
		r := m.heat.relay.Stats()
		out <- prometheus.MustNewConstMetric(m.relayed, prometheus.CounterValue, float64(r.Told), "out")
		out <- prometheus.MustNewConstMetric(m.relayed, prometheus.CounterValue, float64(r.Heard), "in")
		out <- prometheus.MustNewConstMetric(m.refused, prometheus.CounterValue, float64(r.Refused))
	}
	minutes := m.heat.recorder.Status()
	out <- prometheus.MustNewConstMetric(m.minutes, prometheus.CounterValue, float64(minutes.Written), "written")
	out <- prometheus.MustNewConstMetric(m.minutes, prometheus.CounterValue, float64(minutes.Lost), "lost")
	out <- prometheus.MustNewConstMetric(m.queued, prometheus.GaugeValue, float64(minutes.Queued))
}
