package tiles

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"yiping/layers"
	"yiping/layers/api"
	"yiping/layers/image"
)

// tileJSON is TileJSON 3.0.0 (mapbox/tilejson-spec).
type tileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Tiles        []string      `json:"tiles"`
	VectorLayers []vectorLayer `json:"vector_layers"`
	Attribution  string        `json:"attribution,omitempty"`
	Bounds       *[4]float64   `json:"bounds,omitempty"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
}

type vectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	Fields      map[string]string `json:"fields"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
}

// maxSourceZoom is the deepest zoom that clients are told to ask for. A tile of
// zoom 18 has a grid of 4 cm; deeper views are drawn from it.
const maxSourceZoom = 18

func (e *Engine) tileJSON(w http.ResponseWriter, r *http.Request) error {
	names, ok := strings.CutSuffix(r.PathValue("layers"), ".json")
	if !ok {
		return fmt.Errorf("%w: a description of tiles is at /tiles/{layers}.json", layers.ErrNotFound)
	}
	q, err := readQuery(r, e.store.Catalog(), names)
	if err != nil {
		return err
	}
	about, err := e.describe(r, q)
	if err != nil {
		return err
	}
	t := tileJSON{
		TileJSON: "3.0.0", Name: names, MinZoom: maxSourceZoom, MaxZoom: maxSourceZoom,
		Tiles:       []string{origin(r) + "/tiles/" + names + "/{z}/{x}/{y}.mvt" + q.parameters()},
		Attribution: strings.Join(about.attributions, " | "), Bounds: about.bounds,
	}
	for _, l := range q.Layers {
		t.VectorLayers = append(t.VectorLayers, describe(q, l))
		t.MinZoom = min(t.MinZoom, l.Zoom.Min)
	}
	t.VectorLayers = append(t.VectorLayers, vectorLayer{
		ID: metaLayer, Description: "How complete the other layers of a tile are", MinZoom: t.MinZoom, MaxZoom: t.MaxZoom,
		Fields: map[string]string{
			"layer": "String", "total": "Number", "shown": "Number", "cut": "Boolean",
			"as_of": "String", "synthetic": "Boolean", "thinned": "Boolean",
		},
	})
	return api.WriteJSON(w, "application/json", t)
}

// parameters are those of the query, as the end of an address.
func (q *Query) parameters() string {
	if len(q.carried) == 0 {
		return ""
	}
	return "?" + q.carried.Encode()
}

// tileJSONAddress is where the tiles of the query are described.
func (q *Query) tileJSONAddress(r *http.Request) string {
	return origin(r) + "/tiles/" + strings.Join(q.names, ",") + ".json" + q.parameters()
}

// about is what the database says of the layers of a query.
type about struct {
	attributions []string
	bounds       *[4]float64 // west, south, east, north
}

func (e *Engine) describe(r *http.Request, q *Query) (about, error) {
	var a about
	sources, err := e.store.Sources(r.Context())
	if err != nil {
		return a, err
	}
	summaries, err := e.store.Summaries(r.Context())
	if err != nil {
		return a, err
	}
	for _, l := range q.Layers {
		if sum, ok := summaries[l.Name]; ok && sum.Extent != nil {
			a.bounds = union(a.bounds, *sum.Extent)
		}
		for _, line := range layers.Attributions(l, sources[l.Name]) {
			if !slices.Contains(a.attributions, line) {
				a.attributions = append(a.attributions, line)
			}
		}
	}
	return a, nil
}

func describe(q *Query, l *layers.Layer) vectorLayer {
	return vectorLayer{
		ID: l.Name, Description: l.Title.Zh + " " + l.Title.En, Fields: fields(q, l),
		MinZoom: l.Zoom.Min, MaxZoom: min(l.Zoom.Max, maxSourceZoom),
	}
}

// fields are the properties of a layer's features in tiles, with their TileJSON
// types.
func fields(q *Query, l *layers.Layer) map[string]string {
	fields := map[string]string{}
	for _, p := range image.Columns(l) {
		if !q.wants(p) {
			continue
		}
		switch p.Type {
		case layers.Integer, layers.Number:
			fields[p.Name] = "Number"
		case layers.Boolean:
			fields[p.Name] = "Boolean"
		default:
			fields[p.Name] = "String"
		}
	}
	if l.Geometry == layers.Point {
		fields[pointCount] = "Number"
	}
	if len(l.Tiles.MergeBy) > 0 {
		fields[lineCount] = "Number"
	}
	if p, _, ok := l.Property(l.Tiles.CountBy); ok {
		for _, value := range p.Enum {
			fields[p.Name+":"+value] = "Number"
		}
	}
	return fields
}

func union(a *[4]float64, b [4]float64) *[4]float64 {
	if a == nil {
		return &b
	}
	return &[4]float64{min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])}
}

// origin is the address that the client used, which descriptions must repeat.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
