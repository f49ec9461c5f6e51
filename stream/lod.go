package stream

import (
	"math"
	"strconv"
	"strings"

	"yiping/geo/cell"
)

// lod is a level of detail: rows, or counts by H3 cells of a resolution.
type lod uint8

const (
	// objects are the rows themselves.
	objects lod = 255
	// auto is objects until they are too many.
	auto lod = 254
)

// String is the level as frames name it.
func (l lod) String() string {
	switch l {
	case objects:
		return "objects"
	case auto:
		return "auto"
	default:
		return "h3:" + strconv.Itoa(int(l))
	}
}

// readLOD reads the level that a sub asks for.
func (q *query) readLOD(r *request) *RequestError {
	switch r.LOD {
	case "", "auto":
		q.level = auto
		return nil
	case "objects":
		if q.levels != nil {
			return faultf(BadFrame, "lod: rows of this stream are cells; want auto, or h3: with a resolution")
		}
		q.level = objects
		return nil
	}
	digits, ok := strings.CutPrefix(r.LOD, "h3:")
	n, err := strconv.Atoi(digits)
	switch {
	case !ok || err != nil || n < 0 || n > cell.MaxResolution:
		return faultf(BadFrame, "lod: want auto, objects, or h3: with a resolution from 0 to %d", cell.MaxResolution)
	case q.levels != nil && (n < q.about.Coarsest || n > q.about.Finest):
		return faultf(BadFrame, "lod: the cells of this stream have resolutions %d to %d", q.about.Coarsest, q.about.Finest)
	case q.levels != nil:
	case !q.about.Aggregates || q.tiles:
		return faultf(BadFrame, "lod: rows of this stream are not counted by cell")
	}
	q.level = lod(n)
	return nil
}

// counts reports whether cells may be counted where rows are too many.
func (q *query) counts() bool { return q.level == auto && q.about.Aggregates && !q.tiles }

// shrinks reports whether there is a coarser level to go to where rows are too many.
func (q *query) shrinks() bool {
	return q.counts() || q.levels != nil && q.level == auto && int(q.detail) > q.about.Coarsest
}

// focus reads the cells of a resolution from now on.
func (q *query) focus(l lod) { q.detail, q.table = l, q.levels.Level(int(l)) }

// pixels is the width of a screen that an area without a zoom is taken to fill.
const pixels = 1920

// resolution is that of the cells for the zoom of the screen: hexagons of 18 to 65
// pixels at 31° north.
func (q *query) resolution() lod {
	if q.level < auto {
		return q.level
	}
	zoom := q.zoom
	if q.view {
		zoom = q.camera.zoom
	}
	if zoom < 0 {
		zoom = math.Log2(360 / (q.area.bound.Max[0] - q.area.bound.Min[0]) * pixels / 512)
	}
	if q.levels == nil {
		return min(resolutionAt(zoom), finestCount)
	}
	return lod(min(max(int(resolutionAt(zoom)), q.about.Coarsest), q.about.Finest))
}

// finestCount is the finest resolution that rows are counted by unless a finer one is
// asked for.
const finestCount = 10

func resolutionAt(zoom float64) lod {
	switch {
	case zoom < 9:
		return 6
	case zoom < 10.5:
		return 7
	case zoom < 12:
		return 8
	case zoom < 13.5:
		return 9
	case zoom < 15:
		return 10
	case zoom < 16.5:
		return 11
	default:
		return 12
	}
}
