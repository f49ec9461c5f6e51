package bench

import (
	"context"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"yiping/layers"
)

// placesPerRequest keeps addresses below what servers take.
const placesPerRequest = 200

// Places are the anchors of up to n features of a layer, drawn at random: where
// there are many features there are many places. It draws ids, so features that
// were loaded together are drawn evenly, and ids without a feature give nothing.
// Equal seeds give equal places while the layer does not change.
func Places(ctx context.Context, c *Client, layer string, n int, seed uint64) ([]orb.Point, error) {
	last, err := page(ctx, c, layer, url.Values{"sortby": {"-id"}, "limit": {"1"}})
	if err != nil || len(last) == 0 {
		return nil, err
	}
	// A feature's id is a number; JSON numbers decode as float64.
	newest, _ := last[0].ID.(float64)
	random := rand.New(rand.NewPCG(seed, 0))
	var places []orb.Point
	for range (n + placesPerRequest - 1) / placesPerRequest {
		ids := make([]string, min(n, placesPerRequest))
		for i := range ids {
			ids[i] = strconv.FormatInt(1+random.Int64N(max(1, int64(newest))), 10)
		}
		features, err := page(ctx, c, layer, url.Values{
			"filter": {"id IN (" + strings.Join(ids, ",") + ")"}, "limit": {strconv.Itoa(len(ids))}, "properties": {"code"},
		})
		if err != nil {
			return nil, err
		}
		for _, f := range features {
			if f.Geometry != nil {
				places = append(places, layers.Anchor(f.Geometry))
			}
		}
	}
	return places, nil
}

func page(ctx context.Context, c *Client, layer string, query url.Values) ([]*geojson.Feature, error) {
	var answer geojson.FeatureCollection
	err := c.JSON(ctx, "/ogc/collections/"+url.PathEscape(layer)+"/items", query, &answer)
	return answer.Features, err
}
