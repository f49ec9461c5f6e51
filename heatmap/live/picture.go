package live

import (
	"strconv"
	"time"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/stream"
)

// picture is a frame as rows. It never changes.
type picture struct {
	epoch     string
	seq       uint64 // of the frames of the epoch
	time      time.Time
	synthetic bool
	coarsest  int
	levels    []level // from the coarsest resolution on
	// changes is in how many cells it differs from the one before: the next is likely to
	// differ in about as many.
	changes int
}

// level is the cells of a resolution in ascending order.
type level struct {
	cells []heatmap.Heat
	// at are the centres, changed the frames that changed the cells.
	at      []geo.Fixed
	changed []uint64
}

// level is that of a resolution.
func (p *picture) level(resolution int) *level { return &p.levels[resolution-p.coarsest] }

// Position is the place of the picture in the history of its stream.
func (p *picture) Position() string {
	if p == nil {
		return ""
	}
	return p.epoch + "." + strconv.FormatUint(p.seq, 10)
}

// next is the picture of the frame that follows, and what is different in it.
func (p *picture) next(f *heatmap.Frame) (next *picture, touches []stream.Touch) {
	next = &picture{
		epoch: p.epoch, seq: p.seq + 1, time: f.Time, synthetic: f.Synthetic,
		coarsest: p.coarsest, levels: make([]level, len(p.levels)),
	}
	touches = make([]stream.Touch, 0, p.changes+p.changes/8)
	for i := range p.levels {
		repaint := next.synthetic != p.synthetic
		next.levels[i], touches = p.levels[i].next(f.Cells(p.coarsest+i), next.seq, repaint, touches)
	}
	next.changes = len(touches)
	return next, touches
}

// next is the level with the cells of the frame seq, with touches for what is
// different; of repaint, all is.
func (l *level) next(cells []heatmap.Heat, seq uint64, repaint bool, touches []stream.Touch) (level, []stream.Touch) {
	if !repaint && len(cells) == len(l.cells) && (len(cells) == 0 || &cells[0] == &l.cells[0]) {
		return *l, touches // frames share what is as it was
	}
	n := level{cells: cells, at: make([]geo.Fixed, len(cells)), changed: make([]uint64, len(cells))}
	old := 0
	leave := func(below cell.Cell) {
		for ; old < len(l.cells) && l.cells[old].Cell < below; old++ {
			touches = append(touches, stream.Touch{ID: int64(l.cells[old].Cell), Was: true, Old: boxAt(l.at[old])})
		}
	}
	for i, c := range cells {
		leave(c.Cell)
		if old == len(l.cells) || l.cells[old].Cell > c.Cell {
			n.at[i], n.changed[i] = anchor(c.Cell), seq
			touches = append(touches, stream.Touch{ID: int64(c.Cell), Is: true, New: boxAt(n.at[i])})
			continue
		}
		n.at[i], n.changed[i] = l.at[old], l.changed[old]
		if repaint || l.cells[old] != c {
			n.changed[i] = seq
			box := boxAt(n.at[i])
			touches = append(touches, stream.Touch{ID: int64(c.Cell), Was: true, Is: true, Old: box, New: box})
		}
		old++
	}
	leave(^cell.Cell(0))
	return n, touches
}

// anchor is the centre of a cell.
func anchor(c cell.Cell) geo.Fixed { return geo.FixedAt(c.Center()) }

func boxAt(at geo.Fixed) geo.FixedBox { return geo.FixedBox{Min: at, Max: at} }
