package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo"
)

// filteredLayer is the layer whose features the filters of the benchmark divide:
// the largest one.
const filteredLayer = "component"

// benchStates are the states of a component, the most frequent first.
func benchStates() []string { return []string{"完好", "破损", "丢失", "废弃", "移除"} }

// benchFilter is filter n of a seed: few features, most of them, or about half.
// No two of a seed are equal, as each has a date of its own.
func benchFilter(seed uint64, n int) string {
	const days = 12_000 // from 1990 to 2022
	first := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	date := first.AddDate(0, 0, (int(seed%days)*7919+n)%days).Format("DATE('2006-01-02')")
	states := benchStates()
	state := states[n%len(states)]
	switch n % 6 {
	case 0:
		return fmt.Sprintf("state = '%s' OR installed = %s", state, date)
	case 1:
		return fmt.Sprintf("state <> '%s' AND installed <> %s", state, date)
	case 2:
		return fmt.Sprintf("class LIKE '0%d%%' AND installed >= %s", 1+n%5, date)
	case 3:
		return fmt.Sprintf("accuracy <> '%c' OR installed < %s", 'A'+n%3, date)
	case 4:
		return fmt.Sprintf("class IN ('010%02d', '020%02d') AND NOT (state = '%s' AND installed > %s)", n%13, n%17, state, date)
	default:
		return fmt.Sprintf("installed >= %s", date)
	}
}

// filteredTiles is how many tiles are asked for with a filter of their own.
const filteredTiles = 300

// filtered measures tiles of components, each with a filter that nobody has asked
// for before, so that it is worked out for all features that lie in the tile. Only
// tiles in which there are features are asked for: of low zooms those are few, and
// come several times.
func (b *benchTiles) filtered(ctx context.Context, client *bench.Client, engine string, walk []geo.TileID) error {
	if !slices.Contains(b.command.Layers, filteredLayer) || b.command.Filter != "" {
		return nil
	}
	inhabited := b.inhabited(walk)
	requests := make([]bench.Request, min(filteredTiles, b.command.Tiles, filteredTiles*len(inhabited)))
	for i := range requests {
		id := inhabited[i%len(inhabited)]
		query := url.Values{"filter": {benchFilter(b.command.Seed, i)}}
		requests[i] = bench.Request{Path: fmt.Sprintf("/tiles/%s/%v.mvt?%s", filteredLayer, id, query.Encode()), Zoom: id.Z}
	}
	return b.measure(ctx, client, engine, "filtered", requests)
}

// inhabited are the tiles of a walk in which places lie.
func (b *benchTiles) inhabited(walk []geo.TileID) []geo.TileID {
	zooms, over := map[geo.Zoom]bool{}, map[geo.TileID]bool{}
	for _, id := range walk {
		if zooms[id.Z] {
			continue
		}
		zooms[id.Z] = true
		for _, p := range b.places {
			over[geo.TileAt(p, id.Z)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(walk), func(id geo.TileID) bool { return !over[id] })
}
