package heatmap

import "math/bits"

// device is what is known of one device: 16 bytes, so that 25 million fit.
type device struct {
	// name is the pseudonym; 0 marks an empty place.
	name uint64
	// cell is the number of its finest cell.
	cell int32
	// seen is the slot of its last ping, since that of the first in its cell, both
	// modulo 2^16.
	seen, since uint16
}

// devices is a hash table of devices. It is cut into shards that grow one by one:
// a table in one piece would need more than twice its memory while it grows.
type devices struct {
	shards [shards]shard
	len    int
}

// shard is an open-addressing table with linear probing.
type shard struct {
	places []device
	used   int
	// oldest is by group of places the slot, modulo 2^16, before which none of its
	// devices was seen last; nobody if it has none. So who is silent is found without
	// looking at all.
	oldest []int32
}

const (
	shards = 256
	// A shard grows by an eighth when it is fuller than 85 %: its load is between
	// 75 % and 85 %.
	firstPlaces          = 16
	fullNumber, fullOver = 85, 100
	growNumber, growOver = 9, 8

	// groupPlaces is how many places are a group: a page of memory.
	groupPlaces = 256
	nobody      = -1
)

func (d *devices) shard(name uint64) *shard { return &d.shards[name>>56] }

// home is the place where the search for a name begins: the bits behind those of
// the shard, scaled to the number of places.
func (s *shard) home(name uint64) int {
	high, _ := bits.Mul64(name<<8, uint64(len(s.places)))
	return int(high)
}

// find is the place of a device, or nil.
func (s *shard) find(name uint64) *device {
	if len(s.places) == 0 {
		return nil
	}
	for i := s.home(name); ; i = s.next(i) {
		switch s.places[i].name {
		case name:
			return &s.places[i]
		case 0:
			return nil
		}
	}
}

func (s *shard) next(i int) int {
	if i++; i == len(s.places) {
		return 0
	}
	return i
}

// add puts a device that is not there yet.
func (d *devices) add(v device) {
	s := d.shard(v.name)
	if (s.used+1)*fullOver > len(s.places)*fullNumber {
		s.grow()
	}
	s.put(v)
	s.used++
	d.len++
}

func (s *shard) put(v device) {
	i := s.home(v.name)
	for s.places[i].name != 0 {
		i = s.next(i)
	}
	s.set(i, v)
}

// set fills a place.
func (s *shard) set(i int, v device) {
	s.places[i] = v
	s.note(i, v.seen)
}

// note takes notice of who is in a place.
func (s *shard) note(i int, seen uint16) {
	if oldest := &s.oldest[i/groupPlaces]; *oldest == nobody || before(seen, uint16(*oldest)) {
		*oldest = int32(seen)
	}
}

// before compares slots modulo 2^16 that are less than half of that apart.
func before(a, b uint16) bool { return int16(a-b) < 0 }

func (s *shard) grow() {
	old := s.places
	s.places = make([]device, max(firstPlaces, len(old)*growNumber/growOver))
	s.oldest = make([]int32, (len(s.places)+groupPlaces-1)/groupPlaces)
	for i := range s.oldest {
		s.oldest[i] = nobody
	}
	for _, v := range old {
		if v.name != 0 {
			s.put(v)
		}
	}
}

// silence tells who is gone: who was seen last so many slots before one, modulo 2^16, or
// earlier.
type silence struct {
	slot  uint16
	slots int64
}

func (s silence) of(seen uint16) bool { return int64(s.slot-seen) >= s.slots }

// removeSilent removes the devices of a shard that are gone. removed hears of each before.
func (d *devices) removeSilent(shard int, gone silence, removed func(*device)) {
	s := &d.shards[shard]
	for g, oldest := range s.oldest {
		if oldest == nobody || !gone.of(uint16(oldest)) {
			continue
		}
		s.oldest[g] = nobody
		for i := g * groupPlaces; i < min((g+1)*groupPlaces, len(s.places)); {
			switch v := &s.places[i]; {
			case v.name == 0:
				i++
			case gone.of(v.seen):
				removed(v)
				s.remove(i) // what moves into the place is looked at next
				d.len--
			default:
				s.note(i, v.seen)
				i++
			}
		}
	}
}

// remove empties a place and moves back what had to step over it, so that searches
// never meet a place that was once used.
func (s *shard) remove(i int) {
	s.used--
	for j := s.next(i); s.places[j].name != 0; j = s.next(j) {
		home := s.home(s.places[j].name)
		// j may move to i unless its home lies cyclically in (i, j].
		if i < j && (home <= i || home > j) || i > j && home <= i && home > j {
			s.set(i, s.places[j])
			i = j
		}
	}
	s.places[i] = device{}
}

// bytes is the memory of the table.
func (d *devices) bytes() int {
	n := 0
	for i := range d.shards {
		n += len(d.shards[i].places)*deviceBytes + len(d.shards[i].oldest)*slotBytes
	}
	return n
}

const (
	deviceBytes = 16
	slotBytes   = 4
)
