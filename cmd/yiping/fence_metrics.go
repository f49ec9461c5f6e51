package main

import "github.com/prometheus/client_golang/prometheus"

// fenceMetrics tells Prometheus of the fences.
type fenceMetrics struct {
	fences                                       *fences
	leads, watched, fixes, late, events, unsaved *prometheus.Desc
}

var _ prometheus.Collector = (*fenceMetrics)(nil)

func newFenceMetrics(f *fences) *fenceMetrics {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("yiping_fence_"+name, help, nil, nil)
	}
	return &fenceMetrics{
		fences:  f,
		leads:   describe("leader", "1 if this replica evaluates the fences."),
		watched: describe("watched", "Fences that this replica evaluates."),
		fixes:   describe("fixes_total", "Fixes that were held against the fences here."),
		late:    describe("late_fixes", "Fixes that came too late for the fences since this replica began to evaluate them."),
		events:  describe("events_total", "Events of fences that were written here."),
		unsaved: describe("unsaved_events", "Events of fences that wait for the database."),
	}
}

// Describe sends the descriptions.
func (m *fenceMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.leads, m.watched, m.fixes, m.late, m.events, m.unsaved} {
		out <- d
	}
}

// Collect sends the values.
func (m *fenceMetrics) Collect(out chan<- prometheus.Metric) {
	f := m.fences.keeper.Figures()
	send := func(d *prometheus.Desc, kind prometheus.ValueType, v float64) {
		out <- prometheus.MustNewConstMetric(d, kind, v)
	}
	leads := 0.0
	if f.Leads {
		leads = 1
	}
	send(m.leads, prometheus.GaugeValue, leads)
	send(m.watched, prometheus.GaugeValue, float64(f.Fences))
	send(m.fixes, prometheus.CounterValue, float64(f.Observed))
	send(m.late, prometheus.GaugeValue, float64(f.Late))
	send(m.events, prometheus.CounterValue, float64(f.Saved))
	send(m.unsaved, prometheus.GaugeValue, float64(f.Pending))
}
