package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"yiping/heatmap"
)

// heatMetrics tells Prometheus of the devices that are counted.
type heatMetrics struct {
	engine                *heatmap.Engine
	pings, devices, bytes *prometheus.Desc
}

var _ prometheus.Collector = (*heatMetrics)(nil)

func newHeatMetrics(e *heatmap.Engine) *heatMetrics {
	return &heatMetrics{
		engine:  e,
		pings:   prometheus.NewDesc("yiping_heat_pings_total", "Pings of devices, by what became of them.", []string{"outcome"}, nil),
		devices: prometheus.NewDesc("yiping_heat_devices", "Devices that are present.", nil, nil),
		bytes:   prometheus.NewDesc("yiping_heat_bytes", "Memory that the devices and their cells take.", nil, nil),
	}
}

// Describe sends the descriptions.
func (m *heatMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.pings, m.devices, m.bytes} {
		out <- d
	}
}

// Collect sends the values.
func (m *heatMetrics) Collect(out chan<- prometheus.Metric) {
	s := m.engine.State()
	for outcome, n := range s.Outcomes {
		out <- prometheus.MustNewConstMetric(m.pings, prometheus.CounterValue, float64(n), string(outcome))
	}
	out <- prometheus.MustNewConstMetric(m.devices, prometheus.GaugeValue, float64(s.Devices))
	out <- prometheus.MustNewConstMetric(m.bytes, prometheus.GaugeValue, float64(s.Bytes))
}
