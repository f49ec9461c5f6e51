package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/tiles"
)

// changesPerBatch is how many features change at once.
const changesPerBatch = 10_000

// changes measures the tiles of a walk after features in them have moved, then
// what applying changes costs and does to readers. Only the images of this
// process change; the database stays as it is. Layers other than of points are
// left alone, so that without one nothing is measured.
func (b *benchTiles) changes(ctx context.Context, client *bench.Client, images benchImages, engine *tiles.Engine, walk []geo.TileID) error {
	var points *image.Image
	for _, name := range b.command.Layers {
		if i := images[name]; i.Layer().Geometry == layers.Point && (points == nil || i.View().Len() > points.View().Len()) {
			points = i
		}
	}
	if points == nil || points.View().Len() == 0 {
		return nil
	}
	c := changer{image: points, engine: engine, random: rand.New(rand.NewPCG(b.command.Seed, 3))}
	if err := c.apply(walk); err != nil {
		return err
	}
	if err := b.phase(ctx, client, "image", "updated", walk); err != nil {
		return err
	}
	return b.disturb(ctx, client, &c)
}

// disturb measures tiles that were not asked for before, without and with changes
// that are applied without a pause meanwhile.
func (b *benchTiles) disturb(ctx context.Context, client *bench.Client, c *changer) error {
	if err := b.phase(ctx, client, "image", "quiet", b.walk(b.command.Seed+1)); err != nil {
		return err
	}
	walk := b.walk(b.command.Seed + 2)
	reading, stop := context.WithCancel(ctx)
	defer stop()
	applied := make(chan error, 1)
	go func() {
		var err error
		for reading.Err() == nil && err == nil {
			err = c.apply(walk)
		}
		applied <- err
	}()
	err := b.phase(ctx, client, "image", "changing", walk)
	stop()
	if failed := <-applied; err == nil {
		err = failed
	}
	slices.Sort(c.times)
	b.figure("apply_10000_p50", c.image.Layer().Name, c.times[len(c.times)/2].Seconds()*1000, "ms")
	b.figure("apply_10000_max", c.image.Layer().Name, c.times[len(c.times)-1].Seconds()*1000, "ms")
	b.figure("apply_10000_times", c.image.Layer().Name, float64(len(c.times)), "")
	return err
}

// changer moves points of an image.
type changer struct {
	image  *image.Image
	engine *tiles.Engine
	random *rand.Rand
	times  []time.Duration
}

// apply moves points of the tiles a little, about as many of each tile, and tells
// the engine. Its time is that of Apply and Invalidate: reading the rows is the
// database's.
func (c *changer) apply(walk []geo.TileID) error {
	v := c.image.View()
	batch := c.image.NewBatch()
	for _, row := range c.choose(v, walk) {
		if err := c.move(v, row, batch); err != nil {
			return err
		}
	}
	start := time.Now()
	touches, err := c.image.Apply(batch, v.Cut(), v.Mark())
	if err != nil {
		return err
	}
	c.engine.Invalidate(v.Layer(), touches)
	c.times = append(c.times, time.Since(start))
	return nil
}

// choose takes different points of the tiles, one of each tile in turn until
// there are enough.
func (c *changer) choose(v *image.View, walk []geo.TileID) []image.Row {
	s, err := v.Select(nil)
	if err != nil { // no filter, no fault
		return nil
	}
	perTile := 2 * changesPerBatch / len(walk)
	chosen := map[int64]bool{}
	var rows []image.Row
	for _, id := range walk {
		taken := 0
		take := func(r image.Row) {
			if taken > perTile || len(rows) == changesPerBatch || chosen[v.ID(r)] || c.random.IntN(4) > 0 {
				return
			}
			taken++
			chosen[v.ID(r)] = true
			rows = append(rows, r)
		}
		if id.Z <= image.MaxCellZoom {
			s.Cells(id, func(cell image.Cell) { take(cell.Row) })
		} else {
			s.Points(id, take)
		}
	}
	return rows
}

// moveDegrees is how far a point moves at most: some ten metres.
const moveDegrees = 1e-4

// move writes a point into a batch as it is, but a little further.
func (c *changer) move(v *image.View, r image.Row, batch *image.Batch) error {
	p := v.Anchor(r).Point()
	p = orb.Point{p[0] + moveDegrees*(c.random.Float64()-0.5), p[1] + moveDegrees*(c.random.Float64()-0.5)}
	data, err := ewkb.Marshal(p, 4326)
	if err != nil {
		return err
	}
	if err := batch.Row(v.ID(r), data); err != nil {
		return err
	}
	for _, column := range v.Columns() {
		switch {
		case column.Null(r):
			batch.Null()
		case column.Kind == image.Text:
			batch.Text([]byte(column.Dictionary()[column.Code(r)]))
		case column.Kind == image.Int:
			batch.Int(column.Int(r))
		case column.Kind == image.Float:
			batch.Float(column.Float(r))
		default:
			batch.Bool(column.Bool(r))
		}
	}
	return nil
}
