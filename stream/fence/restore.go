package fence

import (
	"time"

	"yiping/geo/cell"
)

// Restore takes up states that were kept, after all fences were Put and before any
// fix. The time is now: nobody counts as gone for what was not heard in between.
// Fixes that the states know of already may come again. States of fences that have
// ceased to exist, or to watch their stream, end.
func (e *Engine) Restore(states []State, now time.Time) Outcome {
	var out Outcome
	for _, kept := range states {
		w := e.fences[kept.Fence]
		r := e.run(kept.Stream)
		ended := w == nil || !w.watches(r.stream)
		if ended && (kept.Phase != None || kept.Near) {
			out.end(kept)
			kept.Phase, kept.Near = None, false
		}
		o := r.stream.byKey[kept.Entity]
		if o == nil {
			o = &object{stream: r.stream, key: kept.Entity, alive: now}
			r.stream.byKey[kept.Entity] = o
		}
		if o.time.Before(kept.Seen) {
			o.time, o.place, o.cell, o.synthetic = kept.Seen, kept.Last, cell.At(kept.Last, finest), kept.Synthetic
		}
		if kept.Phase == None && !kept.Near { // nothing but how far its fixes are known
			continue
		}
		s := &stay{
			fence: w, entity: o, phase: kept.Phase, near: kept.Near, entered: kept.Entered, left: kept.Left, dwelt: kept.Dwelt,
			turned: kept.Turned, number: kept.Number, told: kept.Told,
		}
		o.stays = append(o.stays, s)
		w.stays[s] = true
		r.schedule(s)
	}
	return out
}

// end adds what is left to say of a state without a fence.
func (o *Outcome) end(kept State) {
	if in := kept.Phase == In || kept.Phase == Leaving; in && kept.Told != nil {
		o.Transitions = append(o.Transitions, Transition{
			Fence: kept.Fence, Stream: kept.Stream, Entity: kept.Entity, Kind: Exit, Cause: Removed,
			Number: max(kept.Seen.UnixMilli(), kept.Number+1), Time: kept.Seen, Place: kept.Last,
			Was: kept.Told, WasInside: true, Entered: kept.Entered, Final: true, Synthetic: kept.Synthetic,
		})
	}
	kept.Phase, kept.Near = None, false
	o.States = append(o.States, kept)
}
