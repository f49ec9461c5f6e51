package main

import (
	"log/slog"
	"time"

	"yiping/stream"
	"yiping/stream/postgis"
)

// eventRetention is how long events are kept, as the change feed is.
const eventRetention = 7 * 24 * time.Hour

// newTailer tells a hub of the events of its logs.
func newTailer(store *postgis.Store, live *stream.Hub, log *slog.Logger) *postgis.Tailer {
	return &postgis.Tailer{
		Store: store, Log: log, Keep: eventRetention, Events: live.Announce,
		Begin: func(position string) {
			for _, l := range live.Logs {
				live.Begin(l.Describe().Name, position)
			}
		},
	}
}
