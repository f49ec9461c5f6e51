package replica

import (
	"context"
	"strings"

	"yiping/geo"
)

// ingest takes reports that a device has published under its own key.
func (r *Replica) ingest(ctx context.Context, topic string, data []byte) {
	name, key, _ := strings.Cut(strings.TrimPrefix(topic, topicReports), "/")
	m := r.streams[name]
	if m == nil {
		return
	}
	// What is refused, the tracker counts. The rest is a history that cannot follow,
	// or the end of this process.
	if _, err := m.tracker.ReadTopic(ctx, key, data, geo.WGS84); err != nil {
		r.log.Debug("a report from the bus is not taken", "topic", topic, "error", err)
	}
}
