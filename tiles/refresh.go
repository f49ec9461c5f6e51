package tiles

import (
	"yiping/tiles/internal/cache"
	"yiping/tiles/internal/plane"
)

// What those must know who tell clients which tiles have changed.
const (
	// SlowZoom is the deepest zoom of which a tile may be sent for up to SlowFor
	// after a change has altered it.
	SlowZoom = cache.LowZoom
	SlowFor  = cache.Interval
	// Margin is how far beyond its edges a tile draws lines and areas, in 4096ths
	// of its side, rounded up.
	Margin = plane.Buffer + 1
)
