package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/geojson"
	"github.com/tidwall/rtree"
)

// Seen is where an object was when it was last heard of.
type Seen struct {
	Place   orb.Point
	Heading float64 // degrees clockwise from north
}

// maxSeen is how many objects a service lists at once.
const maxSeen = "20000"

// Objects are the synthetic ones of a stream, by key: those that have a heading.
func (c *City) Objects(ctx context.Context, stream string) (map[string]Seen, error) {
	query := url.Values{"where": {"synthetic = TRUE"}, "limit": {maxSeen}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/streams/"+url.PathEscape(stream)+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read the stream %s: status %d", stream, res.StatusCode)
	}
	var all geojson.FeatureCollection
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		return nil, fmt.Errorf("read the stream %s: %w", stream, err)
	}
	objects := make(map[string]Seen, len(all.Features))
	for _, f := range all.Features {
		key, hasKey := f.ID.(string)
		place, hasPlace := f.Geometry.(orb.Point)
		heading, hasHeading := f.Properties["h"].(float64)
		if hasKey && hasPlace && hasHeading {
			objects[key] = Seen{place, heading}
		}
	}
	return objects, nil
}

// Resume puts those of a fleet that were seen on a street where they were seen. It
// says how many.
func (f *Fleet) Resume(objects map[string]Seen) int {
	var streets rtree.RTreeG[arc]
	for i := range f.network.edges {
		b := f.network.edges[i].line.Bound()
		streets.Insert(b.Min, b.Max, arc(2*i))
	}
	n := 0
	for i := range f.members {
		m := &f.members[i]
		seen, ok := objects[m.key]
		if !ok {
			continue
		}
		if a, at, ok := f.network.nearest(&streets, seen); ok {
			m.arc, m.at = a, at
			m.ahead(f.network)
			n++
		}
	}
	return n
}

// offStreet is how far from a street one may have been seen, in metres: less than
// satellite fixes jump, so no rule of the streams minds.
const offStreet = 20

// nearest is the arc that passes next to a place and heads as it was seen to, as far
// as that is allowed, and how many metres along it that is; false if no street is
// near.
func (n *Network) nearest(streets *rtree.RTreeG[arc], seen Seen) (found arc, at float64, ok bool) {
	box := geo.NewBoundAroundPoint(seen.Place, offStreet)
	best, bestTurn := float64(offStreet), 360.0
	streets.Search(box.Min, box.Max, func(_, _ [2]float64, a arc) bool {
		e := n.edge(a)
		for i := 1; i < len(e.line); i++ {
			t := along(e.line[i-1], e.line[i], seen.Place)
			away := geo.DistanceHaversine(between(e.line[i-1], e.line[i], t), seen.Place)
			metres := e.along[i-1] + t*(e.along[i]-e.along[i-1])
			heading := bearing(e.line[i-1], e.line[i])
			for _, way := range []arc{a, a.reverse()} {
				if way.against() && e.oneway {
					continue
				}
				turn, from := angle(heading, seen.Heading), metres
				if way.against() {
					turn, from = 180-turn, e.length()-metres
				}
				// At a crossing many are equally near.
				if away < best-sameMetres || away < best+sameMetres && turn < bestTurn {
					found, at, ok = way, from, true
					best, bestTurn = min(best, away), turn
				}
			}
		}
		return true
	})
	return found, at, ok
}

// sameMetres are as good as none: a report is rounded to a centimetre.
const sameMetres = 0.1

// along is the part of the way from a to b where p is nearest, from 0 to 1, on a
// plane that is true near p.
func along(a, b, p orb.Point) float64 {
	shrink := math.Cos(p[1] * math.Pi / 180)
	dx, dy := (b[0]-a[0])*shrink, b[1]-a[1]
	t := ((p[0]-a[0])*shrink*dx + (p[1]-a[1])*dy) / (dx*dx + dy*dy)
	return max(0, min(1, t))
}

// angle is that between two headings, from 0 to 180.
func angle(a, b float64) float64 {
	d := math.Abs(a - b)
	return min(d, 360-d)
}
