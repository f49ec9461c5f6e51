package track

import (
	"context"
	"time"

	"yiping/geo"
	"yiping/stream"
)

const (
	// ageEvery is how often silence is looked for.
	ageEvery = time.Second
	// agePages is how many pages are looked at before others have their turn.
	agePages = 64
)

// Run greys objects that are silent and removes those that have been for long, until
// ctx is done; it returns nil then.
func (t *Tracker) Run(ctx context.Context) error {
	tick := time.NewTicker(ageEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			t.Age()
		}
	}
}

// Age looks once for what has been silent. The age of an object is that of its newest
// report, by the time that the report has; so all replicas come to the same.
func (t *Tracker) Age() {
	now := t.c.Now()
	t.mu.Lock()
	t.past.trim(now.Add(-pastLife).UnixMilli())
	pages := len(t.state.pages)
	t.mu.Unlock()
	for first := 0; first < pages; first += agePages {
		t.agePart(first, min(first+agePages, pages), now)
	}
}

func (t *Tracker) agePart(first, end int, now time.Time) {
	t.order.Lock()
	defer t.order.Unlock()
	b := Batch{Stream: t.d.Name, Made: now}
	t.mu.Lock()
	for p := first; p < end; p++ {
		t.agePage(p, &b)
	}
	b.Position = t.position(t.seq)
	if len(b.Touches) > 0 {
		t.latest.Store(nil)
	}
	t.mu.Unlock()
	t.tell(b)
}

// agePage ages the objects of a page, and lets go of one that has none left which
// anybody may still ask about.
func (t *Tracker) agePage(p int, b *Batch) {
	if t.state.pages[p] == nil {
		return
	}
	gone := b.Made.Add(-t.d.TTL).UnixMilli()
	grey := b.Made.Add(-t.d.StaleAfter).UnixMilli()
	needed := (p+1)*pageLen > t.state.n
	for h := p * pageLen; h < min((p+1)*pageLen, t.state.n); h++ {
		r := t.state.at(h)
		switch {
		case !r.flags.has(alive):
			needed = needed || r.ver > t.past.floor
			continue
		case r.time < gone:
			t.remove(uint32(h), b)
		case r.time < grey && !r.flags.has(stale):
			t.seq++
			t.counts.stale++
			e := t.state.edit(h)
			e.flags |= stale
			e.ver = t.seq
			box := geo.FixedBox{Min: e.at, Max: e.at}
			b.Touches = append(b.Touches, stream.Touch{ID: int64(h), Was: true, Is: true, Old: box, New: box})
		}
		needed = true
	}
	if !needed {
		t.state.drop(p)
		t.latest.Store(nil)
	}
}

// remove takes an object out of the stream. Its key stays readable for a while.
func (t *Tracker) remove(handle uint32, b *Batch) {
	t.seq++
	e := t.state.edit(int(handle))
	if e.flags.has(stale) {
		t.counts.stale--
	}
	e.flags, e.fields, e.ver = 0, nil, t.seq
	t.grid.remove(handle, cellAt(e.at))
	t.past.add(left{t.seq, b.Made.UnixMilli(), handle, cellAt(e.at)})
	delete(t.handles, e.key)
	delete(t.suspects, handle)
	b.Touches = append(b.Touches, stream.Touch{ID: int64(handle), Was: true, Old: geo.FixedBox{Min: e.at, Max: e.at}})
}
