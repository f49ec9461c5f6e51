package heatmap

import (
	"slices"

	"yiping/geo/cell"
)

// drawing is where the rows of a root are put together, one root after another. Only
// cells that were touched, or are shown and were not, are worked out; the rows of all
// others are copied.
type drawing struct {
	least int32
	// rows are those of a depth, work the cells of the depth above whose parts are to
	// be worked out, next those of this depth.
	rows       []Heat
	work, next []part
	// changed says at which depths rows of any root changed.
	changed []bool
}

// part is a cell of a root that is told, or was.
type part struct {
	cell cell.Cell
	at   uint16
	// told says that the cell is told now and has devices.
	told bool
}

// draw draws a root.
func (d *drawing) draw(r *root) {
	r.sum()
	d.work = append(d.work[:0], part{r.cell, 0, r.shown && r.total > 0})
	for depth := range r.rows {
		d.rows, d.next = d.rows[:0], d.next[:0]
		if depth == 0 {
			d.top(r)
		} else {
			d.parts(r, depth)
			d.work, d.next = d.next, d.work
		}
		if !slices.Equal(d.rows, r.rows[depth]) {
			r.rows[depth] = slices.Clone(d.rows)
			d.changed[depth] = true
		}
		clear(r.touched[depth])
	}
}

// top makes the row of the root itself.
func (d *drawing) top(r *root) {
	old := drawn{r.rows[0], r.streams[0]}
	_, row := old.take(r.cell)
	if root := d.work[0]; root.told {
		d.rows = append(d.rows, old.draw(root, r.total, row))
	}
}

// parts makes the rows of a depth.
func (d *drawing) parts(r *root, depth int) {
	old := drawn{r.rows[depth], r.streams[depth]}
	var hidden [children]bool
	for _, whole := range d.work {
		d.rows = append(d.rows, old.before(whole.cell.Child(0))...)
		first := whole.at * children
		here := r.here[depth][first : first+children]
		if whole.told {
			choose(here, d.least, hidden[:])
		}
		for i, n := range here {
			p := part{whole.cell.Child(i), first + uint16(i), whole.told && n > 0 && !hidden[i]}
			touched := r.touched[depth].has(p.at)
			was, row := old.take(p.cell)
			if p.told {
				if !was || touched || row.Devices != int(n) {
					row = old.draw(p, n, row)
				}
				d.rows = append(d.rows, row)
			}
			if p.told != was || p.told && touched {
				d.next = append(d.next, p)
			}
		}
	}
	d.rows = append(d.rows, old.rows...)
}

// drawn is what is left of the rows of a depth that were drawn last, and of its flow,
// while it is drawn anew in ascending order.
type drawn struct {
	rows    []Heat
	streams []stream
}

// before takes the rows before a cell.
func (d *drawn) before(c cell.Cell) []Heat {
	n := 0
	for n < len(d.rows) && d.rows[n].Cell < c {
		n++
	}
	rows := d.rows[:n]
	d.rows = d.rows[n:]
	return rows
}

// take takes the row of a cell, if it had one. Those before it have been taken.
func (d *drawn) take(c cell.Cell) (was bool, row Heat) {
	if len(d.rows) == 0 || d.rows[0].Cell != c {
		return false, Heat{}
	}
	row, d.rows = d.rows[0], d.rows[1:]
	return true, row
}

// draw makes the row of a part with devices, from that which it had or none. It takes a
// microsecond to work out an area, so that it is taken from there.
func (d *drawn) draw(p part, here int32, was Heat) Heat {
	var area float32
	if was.Devices > 0 {
		area = was.area()
	} else {
		area = float32(p.cell.Area())
	}
	h := Heat{Cell: p.cell, Devices: int(here), Density: float64(here) / float64(area)}
	for len(d.streams) > 0 && d.streams[0].at < p.at {
		d.streams = d.streams[1:]
	}
	if len(d.streams) > 0 && d.streams[0].at == p.at {
		h.In, h.Out = d.streams[0].in, d.streams[0].out
	}
	return h
}
