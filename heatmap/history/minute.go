package history

import (
	"time"

	"yiping/heatmap"
)

// Resolutions are those whose cells are kept.
func Resolutions() []int { return []int{7, 8, 9, 10} }

// Minute is what the last frame of a minute told.
type Minute struct {
	Run string
	// Start names the minute, Told is when its last frame was made.
	Start, Told time.Time
	// Devices is how many were present; -1 if they were too few to be told.
	Devices   int
	Synthetic bool
	// WarmingUntil is heatmap.Frame's: until then not all who were there had been heard
	// of. Zero if they had.
	WarmingUntil time.Time
	Levels       []Level
	Places       []Place
}

// Level is the cells of a resolution, as Codec.Pack packs them.
type Level struct {
	Resolution int
	Packed     []byte
}

// Place is how a place stood in a minute.
type Place struct {
	ID              string
	Devices, Visits int
	// Density is devices per m², In and Out devices a second.
	Density, In, Out float64
	Level            heatmap.Level
}

// newMinute is that of a frame.
func newMinute(run string, f *heatmap.Frame, c *Codec) *Minute {
	m := &Minute{
		Run: run, Start: start(f.Time), Told: f.Time, Devices: f.Devices, Synthetic: f.Synthetic,
		WarmingUntil: f.WarmingUntil,
	}
	for _, resolution := range Resolutions() {
		cells := f.Cells(resolution)
		counts := make([]Count, len(cells))
		for i, h := range cells {
			counts[i] = Count{h.Cell, h.Devices}
		}
		m.Levels = append(m.Levels, Level{resolution, c.Pack(counts)})
	}
	for _, s := range f.Places {
		m.Places = append(m.Places, Place{s.ID, s.Devices, s.Visits, s.Density, s.In, s.Out, s.Level})
	}
	return m
}

// start is the beginning of the minute of a time.
func start(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

// bytes is the memory of a minute, about.
func (m *Minute) bytes() int {
	const own, place = 256, 128
	sum := own + place*len(m.Places)
	for _, l := range m.Levels {
		sum += len(l.Packed)
	}
	return sum
}
