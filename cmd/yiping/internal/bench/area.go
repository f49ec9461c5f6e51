package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/stream/client"
)

// Area is a part of the city with features to change.
type Area struct {
	BBox [4]float64
	// IDs of the features in it, from west to east.
	IDs []int64
	// lons are their longitudes.
	lons []float64
}

// Halves divides an area in two with as many features each, or nearly: west and
// east.
func (a Area) Halves() (west, east Area) {
	i := len(a.IDs) / 2
	for i > 0 && i < len(a.IDs) && a.lons[i-1] == a.lons[i] {
		i++
	}
	west, east = a, a
	west.IDs, west.lons, east.IDs, east.lons = a.IDs[:i], a.lons[:i], a.IDs[i:], a.lons[i:]
	if i > 0 && i < len(a.IDs) {
		middle := (a.lons[i-1] + a.lons[i]) / 2
		west.BBox[2], east.BBox[0] = middle, middle
	}
	return west, east
}

// areaRows is how many features an area has at least, if the layer has as many.
const areaRows = 5000

// maxAreaRows is how many rows a subscription may have.
const maxAreaRows = 20_000

// Area looks for an area with some thousand features around one drawn by chance.
// The error wraps layers.ErrNotFound if the layer is empty.
func (l *Live) Area(ctx context.Context) (Area, error) {
	places, err := Places(ctx, l.HTTP, l.Layer, 50, l.Seed)
	if err != nil {
		return Area{}, err
	}
	if len(places) == 0 {
		return Area{}, fmt.Errorf("%w: a feature of %s", layers.ErrNotFound, l.Layer)
	}
	conn, err := client.Dial(ctx, l.URL, client.Config{})
	if err != nil {
		return Area{}, err
	}
	defer conn.Close()
	var best Area
	for half := 0.001; half < 1 && len(best.IDs) < areaRows; half *= 1.4 {
		found, err := l.rows(conn, around(places[0], half))
		if fault, ok := errors.AsType[*client.ServerError](err); ok && fault.Code == "too_many" {
			break
		}
		if err != nil {
			return Area{}, err
		}
		best = found
	}
	return best, nil
}

func around(p orb.Point, half float64) [4]float64 {
	return [4]float64{p[0] - half, p[1] - half, p[0] + half, p[1] + half}
}

// rows are those in a box.
func (l *Live) rows(conn *client.Conn, box [4]float64) (Area, error) {
	s := l.subscription(box)
	if err := conn.Subscribe(s); err != nil {
		return Area{}, err
	}
	if err := fill(conn, s); err != nil {
		return Area{}, err
	}
	rows := slices.SortedFunc(maps.Values(s.Rows()), func(a, b client.Row) int {
		return cmp.Or(cmp.Compare(a.Lon, b.Lon), cmp.Compare(a.Key, b.Key))
	})
	a := Area{BBox: box}
	for _, r := range rows {
		id, err := strconv.ParseInt(r.Key, 10, 64)
		if err != nil {
			return Area{}, fmt.Errorf("the key %q is no id of a feature: %w", r.Key, err)
		}
		a.IDs, a.lons = append(a.IDs, id), append(a.lons, r.Lon)
	}
	return a, conn.Unsubscribe(s)
}
