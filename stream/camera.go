package stream

import (
	"math"

	"github.com/paulmach/orb"

	"yiping/geo"
)

// camera is what a screen shows.
type camera struct {
	bound orb.Bound
	zoom  float64
}

// snapZooms is how many zooms deeper the tiles are that a camera is snapped to,
// maxSnapZoom the deepest of them.
const (
	snapZooms   = 3
	maxSnapZoom = 18
)

// snap is the bbox for a camera: the tiles around it and one ring of more, so that
// small moves need no change.
func (c camera) snap() orb.Bound {
	z := geo.Zoom(min(math.Floor(c.zoom)+snapZooms, maxSnapZoom))
	last := uint32(1)<<z - 1
	low, high := geo.TileAt(c.bound.LeftTop(), z), geo.TileAt(c.bound.RightBottom(), z)
	low.X, low.Y = low.X-min(low.X, 1), low.Y-min(low.Y, 1)
	high.X, high.Y = min(high.X+1, last), min(high.Y+1, last)
	b := low.Bound().Union(high.Bound())
	round := func(v float64) float64 { return math.Round(v*1e7) / 1e7 }
	return orb.Bound{Min: orb.Point{round(b.Min[0]), round(b.Min[1])}, Max: orb.Point{round(b.Max[0]), round(b.Max[1])}}
}

// keeps reports whether the bbox in force, made for the camera before, serves this
// one as well.
func (c camera) keeps(inForce orb.Bound, before camera) bool {
	return math.Abs(c.zoom-before.zoom) < 1 && inForce.Contains(c.bound.Min) && inForce.Contains(c.bound.Max)
}

// readCamera reads the rectangle and the zoom of a camera.
func readCamera(bbox []float64, zoom *float64) (camera, *RequestError) {
	a, fault := boxArea("bbox", bbox)
	if fault != nil {
		return camera{}, fault
	}
	if zoom == nil || *zoom < 0 || *zoom > 24 {
		return camera{}, faultf(BadFrame, "zoom: a view needs one from 0 to 24")
	}
	return camera{a.bound, *zoom}, nil
}
