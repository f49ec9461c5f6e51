package stream

import (
	"context"
	"errors"
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
)

// ErrExpired says that what came after a position is not known any more.
var ErrExpired = errors.New("what came after the position has been forgotten")

// Source is the layers in memory, and the history of their changes.
type Source interface {
	// Catalog is the set of layers now.
	Catalog() *layers.Catalog
	// View is the image of a layer as it is now; nil while there is none.
	View(layer string) *image.View
	// Since visits what has been changed in a layer after a position, some of it
	// perhaps more than once, at most limit changes. The error is ErrExpired if
	// not all of it can be told.
	Since(ctx context.Context, layer, position string, limit int, visit func(Past)) error
}

// Past is a change of a feature some time ago.
type Past struct {
	ID int64
	// Was says whether the feature was there before; Old covers it then.
	Was bool
	Old geo.FixedBox
}

// Tiling says what the tiles of the layers are like.
type Tiling struct {
	// SlowZoom is the deepest zoom of which old tiles may be sent for SlowFor after
	// a change. They are named a second time then.
	SlowZoom geo.Zoom
	SlowFor  time.Duration
	// Margin is how far beyond its edges a tile shows features that are no points,
	// in 4096ths of its side.
	Margin uint32
}

// streamPrefix begins the names of the streams of layers.
const streamPrefix = "layer."

// info describes a stream.
type info struct {
	Name    string   `json:"name"`
	Class   string   `json:"class"`
	Durable bool     `json:"durable"`
	Schema  int      `json:"schema"`
	Agg     bool     `json:"agg"`
	Metrics []string `json:"metrics"`
	Fields  []field  `json:"fields"`
}

// field is a property that rows have.
type field struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Format   string `json:"format,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Optional bool   `json:"opt,omitempty"`
}

// streams lists all streams.
func streams(c *layers.Catalog) []info {
	all := make([]info, 0, len(c.Layers()))
	for _, l := range c.Layers() {
		i := info{Name: streamPrefix + l.Name, Class: "STATE", Durable: true, Metrics: []string{}}
		for _, p := range image.Columns(l) {
			f := field{Name: p.Name, Type: string(p.Type), Unit: p.Unit, Optional: !p.Required}
			if p.Type == layers.Date || p.Type == layers.DateTime {
				f.Type, f.Format = "string", string(p.Type)
			}
			i.Fields = append(i.Fields, f)
		}
		all = append(all, i)
	}
	return all
}
