package stream

import "time"

// Limits bound what clients may ask. They are told in hello.
type Limits struct {
	Connections     int   `json:"connections"`
	PerAddress      int   `json:"connections_per_address"` // but of this machine
	Subscriptions   int   `json:"subs"`                    // of a connection
	FrameBytes      int64 `json:"frame_bytes"`
	FramesPerSecond int   `json:"frames_per_s"` // beside ack
	FrameBurst      int   `json:"frame_burst"`
	Rows            int   `json:"rows"`    // of a subscription
	Counted         int   `json:"counted"` // rows of a subscription whose cells are counted
	Vertices        int   `json:"polygon_vertices"`
	Cells           int   `json:"h3_cells"`
	WhereBytes      int   `json:"where_bytes"`
}

// DefaultLimits are those of live/1.
func DefaultLimits() Limits {
	return Limits{
		Connections: 2000, PerAddress: 16, Subscriptions: 32, FrameBytes: 64 << 10, FramesPerSecond: 20, FrameBurst: 40,
		Rows: 20_000, Counted: 100_000, Vertices: 10_000, Cells: 5000, WhereBytes: 8 << 10,
	}
}

// Pace says how often things happen and how long is waited for others.
type Pace struct {
	// Tick is the least time between two flushes of a subscription, SlowestTick
	// that of a connection in trouble.
	Tick, SlowestTick time.Duration
	// Heartbeat is the longest time between two marks of a subscription.
	Heartbeat time.Duration
	// Ping is the time between two pings; two that are not answered end the
	// connection.
	Ping time.Duration
	// Slow ends a connection that has data out and acknowledges none.
	Slow time.Duration
	// Idle ends a connection without a subscription.
	Idle time.Duration
	// Trouble for so long slows a connection down, Health speeds it up.
	Trouble, Health time.Duration
	// Calm is how long rows must be few before they are sent instead of counts.
	Calm time.Duration
	// Views is the least time between two changes of one camera.
	Views time.Duration
	// Write is how long one message may take to be written.
	Write time.Duration
}

// DefaultPace is that of live/1.
func DefaultPace() Pace {
	return Pace{
		Tick: 100 * time.Millisecond, SlowestTick: 2 * time.Second, Heartbeat: 2 * time.Second,
		Ping: 15 * time.Second, Slow: 30 * time.Second, Idle: time.Minute,
		Trouble: 3 * time.Second, Health: 10 * time.Second, Calm: 5 * time.Second, Views: 250 * time.Millisecond, Write: 10 * time.Second,
	}
}

const (
	// unackedBytes and unackedFlushes are the credit of a connection.
	unackedBytes   = 1 << 20
	unackedFlushes = 8
	// unackedEvents is what EVENT streams may have out beyond it.
	unackedEvents = 256 << 10
	// snapBytes and deltaBytes are what a part of a frame should not exceed.
	snapBytes  = 64 << 10
	deltaBytes = 256 << 10
	// maxTouched is how many keys a subscription remembers. Beyond, a snapshot is
	// less work than a delta, and is sent under credit.
	maxTouched = 5000
	// maxTiles is how many tiles are named; beyond, all are meant.
	maxTiles = 256
	// maxReplay is how many changes a resume looks at.
	maxReplay = 50_000
	// compressFrom is the size in bytes of the smallest message that is compressed.
	compressFrom = 1 << 10
	// rateFaults is how many frames too many a connection may send.
	rateFaults = 40
)
