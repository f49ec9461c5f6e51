package window

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// Config says what is counted.
type Config struct {
	// Resolution is that of the cells. Defaults to 8, cells of about 0.56 km².
	Resolution int
	// Least is what numbers are rounded to; those below are not told. Defaults to 10.
	Least int
	// MaxCells and MaxPlaces are for how many there is room. Default to 16,384 and
	// 1,000.
	MaxCells, MaxPlaces int
}

func (c Config) defaults() Config {
	c.Resolution = cmp.Or(c.Resolution, 8)
	c.Least = cmp.Or(c.Least, 10)
	c.MaxCells = cmp.Or(c.MaxCells, 16_384)
	c.MaxPlaces = cmp.Or(c.MaxPlaces, 1000)
	return c
}

// The precisions of sketches: places are few, and cells are many.
const (
	placePrecision = 14
	cellPrecision  = 11
)

// Windows count the devices of places and cells.
type Windows struct {
	cfg Config

	mu     sync.Mutex
	day    int64 // as heatmap.KeyDay counts
	places map[string]*spanned
	cells  map[cell.Cell]*spanned
	// uncounted is the pings for which there was no room.
	uncounted int64

	// telling is held while numbers are worked out, before mu.
	telling sync.Mutex
	told    told
}

// told is what is told in a minute.
type told struct {
	minute int64
	places map[string]Visitors
	cells  [spans][]Cell
}

// Count is the distinct devices of a span.
type Count struct {
	// Visitors is rounded to Config.Least; 0 stands for fewer than that, too.
	Visitors int
	// Error is the standard error in relation to the number before it was rounded; 0
	// if that was exact.
	Error float64
}

// Visitors are the counts of a place by Over.
type Visitors [spans]Count

// Cell is the devices of a cell.
type Cell struct {
	Cell cell.Cell
	Count
}

// New counts nobody yet.
func New(c Config) *Windows {
	return &Windows{cfg: c.defaults(), places: map[string]*spanned{}, cells: map[cell.Cell]*spanned{}}
}

// Resolution is that of the cells.
func (w *Windows) Resolution() int { return w.cfg.Resolution }

// Hear counts devices.
func (w *Windows) Hear(h *heatmap.Heard) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn(h.Now)
	for i := range h.Sightings {
		s := &h.Sightings[i]
		if heatmap.KeyDay(s.Time) != w.day { // its pseudonym is of another day
			continue
		}
		count(w, w.cells, s.Cell.Parent(w.cfg.Resolution), w.cfg.MaxCells, cellPrecision, s.Name, s.Time)
	}
	for i := range h.Visits {
		if v := &h.Visits[i]; heatmap.KeyDay(v.Time) == w.day {
			count(w, w.places, v.Place.ID, w.cfg.MaxPlaces, placePrecision, v.Name, v.Time)
		}
	}
}

// turn forgets everybody when a day begins.
func (w *Windows) turn(now time.Time) {
	if day := heatmap.KeyDay(now); day > w.day {
		w.day = day
		clear(w.places)
		clear(w.cells)
	}
}

// count counts a device in a place or cell.
func count[K comparable](w *Windows, all map[K]*spanned, key K, most int, precision uint8, name uint64, at time.Time) {
	s, ok := all[key]
	if !ok {
		if len(all) >= most {
			w.uncounted++
			return
		}
		s = newSpanned(precision)
		all[key] = s
	}
	s.add(name, at)
}

// Place is the counts of a place at the last full minute at which anybody asked.
func (w *Windows) Place(id string, now time.Time) Visitors {
	w.telling.Lock()
	defer w.telling.Unlock()
	w.renew(now)
	if w.told.places == nil {
		w.told.places = map[string]Visitors{}
		for id, s := range entries(w, w.places) {
			var v Visitors
			for _, o := range Spans() {
				v[o] = w.tell(s, o, now)
			}
			w.told.places[id] = v
		}
	}
	return w.told.places[id]
}

// Cells are the cells of which something can be told, in ascending order, as Place
// does. The slice must not be changed.
func (w *Windows) Cells(o Over, now time.Time) []Cell {
	w.telling.Lock()
	defer w.telling.Unlock()
	w.renew(now)
	if w.told.cells[o] == nil {
		all := []Cell{}
		for c, s := range entries(w, w.cells) {
			if n := w.tell(s, o, now); n.Visitors > 0 {
				all = append(all, Cell{c, n})
			}
		}
		slices.SortFunc(all, func(a, b Cell) int { return cmp.Compare(a.Cell, b.Cell) })
		w.told.cells[o] = all
	}
	return w.told.cells[o]
}

// renew forgets what was told in an earlier minute.
func (w *Windows) renew(now time.Time) {
	if minute := now.Unix() / 60; minute > w.told.minute {
		w.told = told{minute: minute}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn(now)
}

// entries are those of a map, copied so that nobody waits while they are worked out.
func entries[K comparable](w *Windows, of map[K]*spanned) map[K]*spanned {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(of)
}

// tell is what can be told of a span.
func (w *Windows) tell(s *spanned, o Over, now time.Time) Count {
	w.mu.Lock()
	n, relative := s.count(o, now)
	w.mu.Unlock()
	least := w.cfg.Least
	if n < least {
		return Count{}
	}
	return Count{Visitors: (n + least/2) / least * least, Error: relative}
}

// State is what an operator wants to know.
type State struct {
	Cells, Places int
	Bytes         int
	// Uncounted is the pings for which there was no room.
	Uncounted int64
}

// State is how the windows stand now.
func (w *Windows) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := State{Cells: len(w.cells), Places: len(w.places), Uncounted: w.uncounted}
	for _, c := range w.cells {
		s.Bytes += c.bytes()
	}
	for _, p := range w.places {
		s.Bytes += p.bytes()
	}
	return s
}
