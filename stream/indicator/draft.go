package indicator

import (
	"cmp"
	"slices"
	"time"

	"yiping/geo"
	"yiping/stream"
)

// names gives keys their ids, and never one to two keys. There are as many as there have
// ever been districts, times indicators.
type names struct {
	ids  map[string]int64
	keys []string // by id; pictures share what is there
}

func (n *names) id(key string) int64 {
	id, known := n.ids[key]
	if !known {
		id = int64(len(n.keys))
		n.ids[key] = id
		n.keys = append(n.keys, key)
	}
	return id
}

// draft is a picture that is being made of the one before.
type draft struct {
	before, next *picture
	names        *names
	// anew says that the regions are not those of before.
	anew    bool
	touches []stream.Touch
}

// draft begins the picture that follows.
func (p *picture) draft(r *Regions, n *names, now time.Time) *draft {
	next := &picture{
		epoch: p.epoch, seq: p.seq + 1, regions: r, time: now.UnixMilli(), counted: map[string]string{},
		rows: make([]row, 0, len(p.rows)), left: p.left, floor: p.floor,
	}
	return &draft{before: p, next: next, names: n, anew: r != p.regions}
}

// count adds the rows of a source, as they were if it is where it was. One that is being
// loaded has none.
func (d *draft) count(s *source) error {
	v := s.table.View()
	if v == nil {
		return nil
	}
	name, position := s.table.Describe().Name, v.Position()
	d.next.counted[name] = position
	if !d.anew && d.before.counted[name] == position {
		for _, r := range d.before.rows {
			if r.indicator.Stream == name {
				d.next.rows = append(d.next.rows, r)
			}
		}
		return nil
	}
	tallies, err := s.count(v, d.next.regions)
	if err != nil {
		return err
	}
	for i := range s.indicators {
		for of, region := range d.next.regions.all {
			d.add(row{
				indicator: &s.indicators[i], region: region, tally: tallies[i][of],
				position: position, ver: d.next.seq, time: d.next.time,
			})
		}
	}
	return nil
}

// add adds a row, the one of before if that says the same.
func (d *draft) add(r row) {
	r.id = d.names.id(r.indicator.Code + "|" + r.region.code)
	touch := stream.Touch{ID: r.id, Is: true, New: boxAt(r.region.anchor)}
	if n, was := d.before.find(r.id); was {
		old := d.before.rows[n]
		if old.tally == r.tally && old.region == r.region {
			d.next.rows = append(d.next.rows, old)
			return
		}
		touch.Was, touch.Old = true, boxAt(old.region.anchor)
		if old.region.anchor != r.region.anchor {
			d.next.leave(r.id, old.region.anchor)
		}
	}
	d.next.rows = append(d.next.rows, r)
	d.touches = append(d.touches, touch)
}

// finish is the picture, and in which rows it differs from the one before.
func (d *draft) finish() (*picture, []stream.Touch) {
	slices.SortFunc(d.next.rows, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	for i := range d.before.rows {
		old := &d.before.rows[i]
		if _, is := d.next.find(old.id); !is {
			d.next.leave(old.id, old.region.anchor)
			d.touches = append(d.touches, stream.Touch{ID: old.id, Was: true, Old: boxAt(old.region.anchor)})
		}
	}
	if len(d.touches) == 0 {
		d.next.seq = d.before.seq
	}
	d.next.keys = d.names.keys
	return d.next, d.touches
}

func boxAt(at geo.Fixed) geo.FixedBox { return geo.FixedBox{Min: at, Max: at} }
