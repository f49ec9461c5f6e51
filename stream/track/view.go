package track

import (
	"context"
	"strconv"
	"strings"
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream"
)

// table is the tracker as a stream of live/1.
type table struct{ *Tracker }

var _ stream.Table = table{}

// Table is the stream as the hub reads it. Its views are stream.Movers.
func (t *Tracker) Table() stream.Table { return table{t} }

// Describe says what rows are like.
func (t table) Describe() stream.Description { return t.shape }

// describe is the stream as hello tells it. A slow connection goes without what
// movers say beside where they are.
func (d *Definition) describe(rows *layers.Layer) stream.Description {
	all := stream.Description{Name: d.Name, Rows: rows, Fields: rows.Properties, Aggregates: true}
	if d.Mover {
		all.Schema = 1
		for _, f := range d.Fields {
			all.Lean = append(all.Lean, f.Name)
		}
	}
	return all
}

// View is the rows as they are now.
func (t table) View() stream.View { return t.view() }

// view is the state at a moment. It never changes.
type view struct {
	t      *Tracker
	seq    uint64
	rows   frozen[row]
	places places
}

var _ stream.Movers = (*view)(nil)

// view is the state as it is now.
func (t *Tracker) view() *view {
	if v := t.latest.Load(); v != nil {
		return v
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if v := t.latest.Load(); v != nil {
		return v
	}
	v := &view{t: t, seq: t.seq, rows: t.state.freeze(), places: t.grid.freeze()}
	t.latest.Store(v)
	return v
}

// position is a change as the hub remembers it: the epoch, then the number.
func (t *Tracker) position(seq uint64) string { return t.epoch + "." + strconv.FormatUint(seq, 10) }

// Since visits what has been changed after a position. What moved within its cell is
// said to have been anywhere in it.
func (t table) Since(ctx context.Context, position string, limit int, visit func(stream.Past)) error {
	epoch, number, _ := strings.Cut(position, ".")
	seq, err := strconv.ParseUint(number, 10, 64)
	if epoch != t.epoch || err != nil {
		return stream.ErrEpoch
	}
	// Taken before the moves: what is in between is visited as a move.
	v := t.view()
	t.mu.Lock()
	moves, floor := t.past.after(seq), t.past.floor
	t.mu.Unlock()
	if seq < floor || len(moves) > limit {
		return stream.ErrExpired
	}
	n := len(moves)
	for _, m := range moves {
		visit(stream.Past{ID: int64(m.handle), Was: true, Old: m.cell.box()})
	}
	for p, page := range v.rows {
		if page == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range page.values {
			r := &page.values[i]
			if r.ver <= seq || !r.flags.has(alive) {
				continue
			}
			if n++; n > limit {
				return stream.ErrExpired
			}
			visit(stream.Past{ID: int64(p*pageLen + i), Was: true, Old: cellAt(r.at).box()})
		}
	}
	return nil
}

// Position is the newest change in the view.
func (v *view) Position() string { return v.t.position(v.seq) }

// Find is the row of a handle.
func (v *view) Find(id int64) (stream.Row, bool) {
	r := v.rows.at(int(id))
	return stream.Row(id), r != nil && r.flags.has(alive)
}

func (v *view) row(r stream.Row) *row { return v.rows.at(int(r)) }

// ID is the handle of a row.
func (v *view) ID(r stream.Row) int64 { return int64(r) }

// Anchor is the place.
func (v *view) Anchor(r stream.Row) geo.Fixed { return v.row(r).at }

// Bounds is the place.
func (v *view) Bounds(r stream.Row) geo.FixedBox {
	at := v.row(r).at
	return geo.FixedBox{Min: at, Max: at}
}

// Key is that of a handle; empty if nobody remembers it.
func (v *view) Key(handle uint32) string {
	if r := v.rows.at(int(handle)); r != nil {
		return r.key
	}
	return ""
}

// AppendKey appends the key of a handle as JSON.
func (v *view) AppendKey(b []byte, id int64) []byte { return appendText(b, v.Key(uint32(id))) }

// Mover is the row as binary frames have it.
func (v *view) Mover(r stream.Row) stream.Mover {
	w := v.row(r)
	return stream.Mover{
		Handle: uint32(r), Lon: w.lon, Lat: w.lat, Speed: w.speed, Heading: w.heading, State: w.state,
		Time: time.UnixMilli(w.time), Synthetic: w.flags.has(synthetic),
	}
}

// Writer writes rows as flat objects. What is unknown is left out.
func (v *view) Writer(fields []string) func(b []byte, r stream.Row) []byte {
	w := v.t.d.writer(fields)
	return func(b []byte, r stream.Row) []byte { return w.append(b, v.row(r)) }
}
