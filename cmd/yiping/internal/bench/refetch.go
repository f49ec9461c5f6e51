package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream/client"
)

// refetchZoom is that of the tiles that are fetched again.
const refetchZoom geo.Zoom = 16

// states are two of those that a feature may have.
func states() [2]string { return [2]string{"完好", "破损"} }

// TileRefetch gives features of an area another state over HTTP, one after the
// other, waits until their tile is named, fetches it anew and compares how many
// features it counts of the state with how many there were before and one more.
// Then it gives them back the state that they had, which is measured alike. A time
// is from the request to change until the tile is there.
func (l *Live) TileRefetch(ctx context.Context, a Area) (LiveResult, error) {
	features, err := page(ctx, l.HTTP, l.Layer, url.Values{
		"bbox": {fmt.Sprintf("%v,%v,%v,%v", a.BBox[0], a.BBox[1], a.BBox[2], a.BBox[3])}, "limit": {"1000"}, "properties": {"state"},
	})
	if err != nil {
		return LiveResult{}, err
	}
	if len(features) == 0 {
		return LiveResult{}, fmt.Errorf("%w: a feature of %s", layers.ErrNotFound, l.Layer)
	}
	s := client.NewSubscription(client.Query{
		Stream: "layer." + l.Layer, Area: client.Area{BBox: &a.BBox}, As: "tiles", TileZooms: []int{int(refetchZoom)},
	})
	conn, err := client.Dial(ctx, l.URL, client.Config{})
	if err != nil {
		return LiveResult{}, err
	}
	defer conn.Close()
	if err := conn.Subscribe(s); err != nil {
		return LiveResult{}, err
	}
	r := refetch{l: l, conn: conn}
	random := rand.New(rand.NewPCG(l.Seed, 4))
	start := time.Now()
	for time.Since(start) < l.Duration && ctx.Err() == nil {
		if err := r.toggle(ctx, features[random.IntN(len(features))]); err != nil {
			return LiveResult{}, err
		}
	}
	result := Timed("tile_refetch", r.times, time.Since(start))
	result.Errors = r.wrong
	return result, ctx.Err()
}

// refetch is one run of TileRefetch.
type refetch struct {
	l     *Live
	conn  *client.Conn
	times []time.Duration
	wrong int
}

// toggle gives a feature another state, and the one that it had.
func (r *refetch) toggle(ctx context.Context, f *geojson.Feature) (err error) {
	id, _ := f.ID.(float64) // a feature's id is a number
	path := fmt.Sprintf("/ogc/collections/%s/items/%d", url.PathEscape(r.l.Layer), int64(id))
	tile := geo.TileAt(layers.Anchor(f.Geometry), refetchZoom)
	had := f.Properties.MustString("state", states()[0])
	other := states()[0]
	if had == other {
		other = states()[1]
	}
	before, err := r.total(ctx, tile, other)
	if err != nil {
		return err
	}
	err = r.change(ctx, path, other, tile, other, before+1)
	if undone := r.change(context.WithoutCancel(ctx), path, had, tile, other, before); err == nil {
		err = undone
	}
	return err
}

// change sets a state and compares what the tile says of a state then.
func (r *refetch) change(ctx context.Context, path, state string, tile geo.TileID, counted string, want int) error {
	start := time.Now()
	if err := r.l.HTTP.Patch(ctx, path, fmt.Sprintf(`{"properties":{"state":%q}}`, state)); err != nil {
		return err
	}
	for named := false; !named; {
		f, err := r.conn.Next()
		if err != nil {
			return err
		}
		named = f.F == "tiles" && (f.All || slices.Contains(f.Tiles, [3]uint32{uint32(tile.Z), tile.X, tile.Y}))
		if !named && time.Since(start) > settle {
			r.wrong++
			return nil
		}
	}
	got, err := r.total(ctx, tile, counted)
	if err != nil {
		return err
	}
	if got != want {
		r.wrong++
		return nil
	}
	r.times = append(r.times, time.Since(start))
	return nil
}

// total is how many features of a state a tile says that there are in it.
func (r *refetch) total(ctx context.Context, tile geo.TileID, state string) (int, error) {
	path := fmt.Sprintf("/tiles/%s/%v.mvt?%s", url.PathEscape(r.l.Layer), tile, url.Values{"filter": {"state = '" + state + "'"}}.Encode())
	var body bytes.Buffer
	if _, err := r.l.HTTP.get(ctx, path, "identity", &body); err != nil {
		return 0, err
	}
	if body.Len() == 0 {
		return 0, nil // 204: there is none
	}
	parts, err := mvt.Unmarshal(body.Bytes())
	if err != nil {
		return 0, fmt.Errorf("GET %s: %w", path, err)
	}
	for _, part := range parts {
		if part.Name == "_meta" && len(part.Features) == 1 {
			return int(part.Features[0].Properties.MustFloat64("total", -1)), nil
		}
	}
	return 0, fmt.Errorf("GET %s: the tile does not say how many features it counts", path)
}
