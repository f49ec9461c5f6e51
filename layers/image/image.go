package image

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"yiping/geo"
	"yiping/layers"
)

// Image is the copy of one layer in memory.
type Image struct {
	layer      *layers.Layer
	properties []layers.Property
	filters    *otter.Cache[filterKey, *matches]
	view       atomic.Pointer[View]
	grids      sync.Pool

	// mu lets one writer at a time make the next view.
	mu           sync.Mutex
	dictionaries []*dictionary
	generation   uint64
	// held is how many segments, from the first, Merge is at work on.
	held int

	merging  sync.Mutex // is taken before mu
	segments atomic.Uint64
}

// New is the empty image of a layer; Load fills it.
func New(l *layers.Layer) *Image {
	i := &Image{layer: l, properties: imaged(l), filters: newFilterCache()}
	i.dictionaries = newDictionaries(i.properties)
	return i
}

func newDictionaries(properties []layers.Property) []*dictionary {
	all := make([]*dictionary, len(properties))
	for n, p := range properties {
		all[n] = newDictionary(p)
	}
	return all
}

// Layer is the layer that the image is of.
func (i *Image) Layer() *layers.Layer { return i.layer }

// View is the image as it is now, and stays so for whoever holds it; nil before
// the first Load.
func (i *Image) View() *View { return i.view.Load() }

// NewBatch is an empty batch for Load or Apply.
func (i *Image) NewBatch() *Batch { return newBatch(i.layer) }

// Load replaces all that the image has by the rows of the batches, in which each
// id comes once. The batches are used up. mark is the reader's own word for the
// state of the table; it is kept with the view and in snapshot files.
func (i *Image) Load(batches []*Batch, cut layers.Cut, mark string) error {
	// The dictionaries start anew as well, so that no text outlives its rows.
	dictionaries := newDictionaries(i.properties)
	pieces := make([]piece, len(batches))
	for n, b := range batches {
		if b.next != len(b.properties) {
			return fmt.Errorf("image of %s: the last row of a batch is incomplete", i.layer.Name)
		}
		pieces[n] = b.piece(dictionaries)
		if len(b.gone) > 0 {
			pieces[n].rows, _ = b.resolve()
			pieces[n].some = true
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	s, err := i.build(pieces, texts(dictionaries))
	if err != nil {
		return fmt.Errorf("image of %s: %w", i.layer.Name, err)
	}
	i.dictionaries = dictionaries
	i.held = 0
	i.generation++
	i.install([]part{newPart(s)}, cut, mark)
	return nil
}

// Touch is what a change did to a feature: which tiles it was and is in.
type Touch struct {
	ID int64
	// Was and Is say whether the feature was in the image before the change and
	// is in it now: whether Old and New, its bounds, count.
	Was, Is  bool
	Old, New geo.FixedBox
}

// Apply makes the changes of a batch, which is used up, and returns them in the
// order of the batch. Of several changes of one id the last one counts. Deleting
// what is not there is no change. It may be called only after Load.
func (i *Image) Apply(b *Batch, cut layers.Cut, mark string) ([]Touch, error) {
	if b.next != len(b.properties) {
		return nil, fmt.Errorf("image of %s: the last row of a batch is incomplete", i.layer.Name)
	}
	rows, ids := b.resolve()
	i.mu.Lock()
	defer i.mu.Unlock()
	v := i.view.Load()
	if v == nil {
		return nil, fmt.Errorf("image of %s: changed before it was loaded", i.layer.Name)
	}
	e := newEdit(v.parts)
	touches := make([]Touch, 0, len(ids))
	for _, id := range ids {
		t := Touch{ID: id}
		t.Old, t.Was = e.remove(id)
		touches = append(touches, t)
	}
	p := b.piece(i.dictionaries)
	p.rows, p.some = rows, true
	added, err := i.build([]piece{p}, texts(i.dictionaries))
	if err != nil {
		return nil, fmt.Errorf("image of %s: %w", i.layer.Name, err)
	}
	changes := touches[:0]
	for _, t := range touches {
		if row, ok := added.find(t.ID); ok {
			t.New, t.Is = added.bounds(row), true
		}
		if t.Was || t.Is {
			changes = append(changes, t)
		}
	}
	parts := e.parts
	if added.rows() > 0 {
		parts = append(parts, newPart(added))
	}
	if len(changes) > 0 {
		i.generation++
	}
	if from := mergeFrom(parts, i.held, mergeAtOnce); from < len(parts)-1 {
		merged, err := i.merge(parts[from:], texts(i.dictionaries))
		if err != nil {
			return nil, fmt.Errorf("image of %s: %w", i.layer.Name, err)
		}
		parts = append(parts[:from:from], merged...)
	}
	i.install(parts, cut, mark)
	return changes, nil
}

// install makes parts the current view.
func (i *Image) install(parts []part, cut layers.Cut, mark string) {
	v := &View{image: i, cut: cut, mark: mark, generation: i.generation, parts: parts, dictionaries: texts(i.dictionaries)}
	for _, p := range parts {
		v.rows += p.live
		v.synthetic += p.synthetic
	}
	i.view.Store(v)
}

// remaps translates the codes of a batch, column by column.
func remaps(to []*dictionary, b *Batch) [][]uint32 {
	all := make([][]uint32, len(to))
	for n, d := range to {
		if b.columns[n].kind == Text {
			all[n] = d.remap(b.dictionaries[n])
		}
	}
	return all
}

// resolve says which rows of the batch count in the end, and lists the ids that
// it has to say something about, each once.
func (b *Batch) resolve() (rows []uint32, ids []int64) {
	last := make(map[int64]int, len(b.keys)+len(b.gone)) // -1 for a deletion
	put := func(id int64, row int) {
		if _, known := last[id]; !known {
			ids = append(ids, id)
		}
		last[id] = row
	}
	gone := b.gone
	for row := range b.keys {
		for len(gone) > 0 && gone[0].after <= row {
			put(gone[0].id, -1)
			gone = gone[1:]
		}
		put(b.ids.at(row), row)
	}
	for _, d := range gone {
		put(d.id, -1)
	}
	for _, id := range ids {
		if row := last[id]; row >= 0 {
			rows = append(rows, uint32(row))
		}
	}
	return rows, ids
}
