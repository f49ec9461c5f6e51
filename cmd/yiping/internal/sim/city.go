package sim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"yiping/layers"
)

// City reads a city from the API of a running service.
type City struct {
	base string
	http *http.Client
}

// NewCity is the city that the service at base, an http or https URL, serves.
func NewCity(base string) *City {
	return &City{strings.TrimSuffix(base, "/"), &http.Client{}}
}

// Close ends the connections.
func (c *City) Close() { c.http.CloseIdleConnections() }

// Roads are all the roads.
func (c *City) Roads(ctx context.Context) ([]Road, error) {
	var roads []Road
	err := c.features(ctx, "road", url.Values{"properties": {"class,oneway,district"}}, func(f *geojson.Feature) error {
		if line, ok := f.Geometry.(orb.LineString); ok {
			roads = append(roads, Road{
				Class: f.Properties.MustString("class", ""), Oneway: f.Properties.MustBool("oneway", false),
				District: f.Properties.MustString("district", ""), Line: line,
			})
		}
		return nil
	})
	return roads, err
}

// Sites draws n places for sensors: half at pipelines, half at components, all at
// one of them if there are none of the other. The error wraps layers.ErrNotFound if
// there is neither.
func (c *City) Sites(ctx context.Context, n int, seed uint64) ([]Site, error) {
	pipes, err := c.draw(ctx, "pipeline", "medium", n, seed)
	if err != nil {
		return nil, err
	}
	components, err := c.draw(ctx, "component", "class", n, seed)
	if err != nil {
		return nil, err
	}
	if len(pipes)+len(components) == 0 && n > 0 {
		return nil, fmt.Errorf("%w: pipelines or components for sensors to stand at", layers.ErrNotFound)
	}
	sites := make([]Site, 0, n)
	for i := 0; len(sites) < n && i < max(len(pipes), len(components)); i++ {
		if i < len(pipes) {
			sites = append(sites, pipes[i])
		}
		if i < len(components) && len(sites) < n {
			sites = append(sites, components[i])
		}
	}
	return sites, nil
}

const (
	// drawsPerRequest keeps addresses below what servers take.
	drawsPerRequest = 200
	// maxDraws is how often more is drawn than is wanted: ids of features that are
	// gone give nothing.
	maxDraws = 4
)

// draw reads up to n different features of a layer, of ids drawn by chance.
func (c *City) draw(ctx context.Context, layer, property string, n int, seed uint64) ([]Site, error) {
	newest := int64(0)
	err := c.features(ctx, layer, url.Values{"sortby": {"-id"}, "limit": {"1"}, "properties": {property}}, func(f *geojson.Feature) error {
		id, ok := f.ID.(float64) // as JSON numbers are read
		if !ok {
			return fmt.Errorf("a feature of %s has the id %v, which is no number", layer, f.ID)
		}
		newest = int64(id)
		return nil
	})
	if err != nil || newest == 0 {
		return nil, err
	}
	r := random(seed, layer, 0)
	seen := map[int64]bool{}
	var sites []Site
	for drawn := 0; len(sites) < n && drawn < maxDraws*n && int64(len(seen)) < newest; drawn += drawsPerRequest {
		query := url.Values{"filter": {"id IN (" + ids(r, newest, seen) + ")"}, "sortby": {"id"}, "properties": {property}}
		err := c.features(ctx, layer, query, func(f *geojson.Feature) error {
			sites = append(sites, Site{Place: layers.Anchor(f.Geometry), Medium: f.Properties.MustString("medium", "")})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return sites[:min(n, len(sites))], nil
}

// ids draws some that were not seen before, as CQL2 lists them.
func ids(r *rand.Rand, newest int64, seen map[int64]bool) string {
	var list []string
	for len(list) < drawsPerRequest && int64(len(seen)) < newest {
		if id := 1 + r.Int64N(newest); !seen[id] {
			seen[id] = true
			list = append(list, strconv.FormatInt(id, 10))
		}
	}
	return strings.Join(list, ",")
}

const (
	// maxFeatureBytes is the size of the largest feature that is read.
	maxFeatureBytes = 16 << 20
	// maxErrorBytes is how much of an answer an error keeps.
	maxErrorBytes = 300
)

// features visits the features of a layer that a query takes. One without a
// geometry is left out.
func (c *City) features(ctx context.Context, layer string, query url.Values, visit func(*geojson.Feature) error) error {
	query.Set("f", "geojsonseq")
	address := c.base + "/ogc/collections/" + url.PathEscape(layer) + "/items?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBytes)) // the status says enough
		return fmt.Errorf("read the layer %s: status %d: %s", layer, res.StatusCode, text)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, maxFeatureBytes)
	for lines.Scan() {
		// RFC 8142: each text begins with a record separator.
		var f geojson.Feature
		if err := json.Unmarshal(bytes.TrimPrefix(lines.Bytes(), []byte{0x1e}), &f); err != nil {
			return fmt.Errorf("read the layer %s: %w", layer, err)
		}
		if f.Geometry == nil {
			continue
		}
		if err := visit(&f); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the layer %s: %w", layer, err)
	}
	return nil
}
