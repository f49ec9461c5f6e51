package hotspot

import (
	"sync"

	"yiping/heatmap"
)

// MaxSteps is the most steps around a cell that a Finder looks at.
const MaxSteps = 3

// Finder finds what stands out in the newest frame, once for all who ask.
type Finder struct {
	area *Area

	mu sync.Mutex
	// found is by question: at most one for each resolution and number of steps.
	found map[question]found
}

type question struct{ resolution, steps int }

type found struct {
	frame *heatmap.Frame
	spots Spots
}

// NewFinder searches frames in a study area.
func NewFinder(a *Area) *Finder { return &Finder{area: a, found: map[question]found{}} }

// Find is what stands out in a frame at one of its resolutions, with 1 to MaxSteps
// steps around each cell. The result must not be changed.
func (f *Finder) Find(frame *heatmap.Frame, resolution, steps int) Spots {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := question{resolution, steps}
	if last, ok := f.found[q]; ok && last.frame == frame {
		return last.spots
	}
	spots := f.area.Find(frame.Cells(resolution), resolution, steps)
	f.found[q] = found{frame, spots}
	return spots
}
