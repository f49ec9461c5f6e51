package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"yiping/heatmap/alarm"
)

// alarmMetrics tells Prometheus of the alarms.
type alarmMetrics struct {
	keeper                *alarm.Keeper
	open, events, waiting *prometheus.Desc
}

var _ prometheus.Collector = (*alarmMetrics)(nil)

func newAlarmMetrics(k *alarm.Keeper) *alarmMetrics {
	return &alarmMetrics{
		keeper:  k,
		open:    prometheus.NewDesc("yiping_heat_alarms", "Open alarms of crowds, by run (empty: now) and level.", []string{"run", "level"}, nil),
		events:  prometheus.NewDesc("yiping_heat_alarm_events_total", "Events of alarms that were written here, by kind.", []string{"kind"}, nil),
		waiting: prometheus.NewDesc("yiping_heat_alarms_waiting", "Changes of alarms that wait for the database.", nil, nil),
	}
}

// Describe sends the descriptions.
func (m *alarmMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.open, m.events, m.waiting} {
		out <- d
	}
}

// Collect sends the values.
func (m *alarmMetrics) Collect(out chan<- prometheus.Metric) {
	f := m.keeper.Figures()
	for run, levels := range f.Open {
		for level, n := range levels {
			out <- prometheus.MustNewConstMetric(m.open, prometheus.GaugeValue, float64(n), run, level.String())
		}
	}
	for kind, n := range f.Written {
		out <- prometheus.MustNewConstMetric(m.events, prometheus.CounterValue, float64(n), string(kind))
	}
	out <- prometheus.MustNewConstMetric(m.waiting, prometheus.GaugeValue, float64(f.Waiting))
}
