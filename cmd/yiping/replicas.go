package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yiping/stream/bus"
	"yiping/stream/replica"
	"yiping/stream/track"
)

// joining are the flags that make several servers one.
type joining struct {
	Bus       []string `help:"NATS servers by which the replicas of this service tell each other what moves, such as nats://10.0.0.1:4222. Default: none, this is the only replica." placeholder:"URL"`
	BusListen string   `help:"Be that server for other replicas and for devices: address to listen on. No password guards it." placeholder:"HOST:PORT"`
}

// replicas is this server among the others on the same database.
type replicas struct {
	bus     *bus.Bus
	replica *replica.Replica
}

// join makes this server a replica that shares the streams with the others.
func (j *joining) join(trackers []*track.Tracker, log *slog.Logger) (*replicas, error) {
	name, err := os.Hostname()
	if err != nil {
		name = "yiping" // for people who look at the bus, nothing more
	}
	b, err := bus.Open(bus.Config{URLs: j.Bus, Listen: j.BusListen, Name: name, Log: log})
	if err != nil {
		return nil, err
	}
	if url := b.URL(); url != "" {
		log.Info("listening for other replicas and for devices", "bus", url)
	}
	r := &replicas{bus: b, replica: replica.New(replica.Config{Bus: b, Log: log})}
	for _, t := range trackers {
		r.replica.Add(t)
	}
	return r, nil
}

// run takes part until ctx is done.
func (r *replicas) run(ctx context.Context) error { return r.replica.Run(ctx) }

// leaveTimeout is how long what is waiting for the bus may take in the end.
const leaveTimeout = 5 * time.Second

// close ends the connection, after what is waiting was sent.
func (r *replicas) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	return r.bus.Close(ctx)
}

// replicaMetrics tells Prometheus of the bus and what goes over it.
type replicaMetrics struct {
	replicas                                                     *replicas
	connected, messages, lost, reconnects, reports, refused, all *prometheus.Desc
}

var _ prometheus.Collector = (*replicaMetrics)(nil)

func newReplicaMetrics(r *replicas) *replicaMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &replicaMetrics{
		replicas:   r,
		connected:  desc("yiping_bus_connected", "Whether the bus is there."),
		messages:   desc("yiping_bus_messages_total", "Messages over the bus.", "direction"),
		lost:       desc("yiping_bus_lost_total", "Messages that were not sent because the bus was cut off, or not taken because this process was too slow.", "direction"),
		reconnects: desc("yiping_bus_reconnects_total", "How often the connection to the bus was made again."),
		reports:    desc("yiping_replica_reports_total", "Reports told to other replicas, and heard from them.", "direction"),
		refused:    desc("yiping_replica_refused_total", "Messages of other replicas that are not understood here."),
		all:        desc("yiping_replica_exchanges_total", "How often everything was exchanged with the other replicas."),
	}
}

// Describe sends the descriptions.
func (m *replicaMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.connected, m.messages, m.lost, m.reconnects, m.reports, m.refused, m.all} {
		out <- d
	}
}

// Collect sends the values.
func (m *replicaMetrics) Collect(out chan<- prometheus.Metric) {
	b, r := m.replicas.bus.Stats(), m.replicas.replica.Stats()
	connected := 0.0
	if b.Connected {
		connected = 1
	}
	out <- prometheus.MustNewConstMetric(m.connected, prometheus.GaugeValue, connected)
	for _, c := range []struct {
		desc  *prometheus.Desc
		value uint64
		label []string
	}{
		{m.messages, b.Published, []string{"out"}},
		{m.messages, b.Received, []string{"in"}},
		{m.lost, b.Lost, []string{"out"}},
		{m.lost, b.Dropped, []string{"in"}},
		{m.reconnects, b.Reconnects, nil},
		{m.reports, r.Told, []string{"out"}},
		{m.reports, r.Heard, []string{"in"}},
		{m.refused, r.Refused, nil},
		{m.all, r.Exchanges, nil},
	} {
		out <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(c.value), c.label...)
	}
}
