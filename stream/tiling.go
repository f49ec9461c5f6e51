package stream

import (
	"time"

	"yiping/geo"
	"yiping/layers"
)

// Tiling says what the tiles of the layers are like.
type Tiling struct {
	// SlowZoom is the deepest zoom of which old tiles may be sent for SlowFor after
	// a change. They are named a second time then.
	SlowZoom geo.Zoom
	SlowFor  time.Duration
	// Margin is how far beyond its edges a tile shows features that are no points,
	// in 4096ths of its side.
	Margin uint32
}

// margin is how far features of the layer reach over the edges of tiles.
func (t Tiling) margin(l *layers.Layer) uint32 {
	if l.Geometry == layers.Point {
		return 0
	}
	return t.Margin
}
