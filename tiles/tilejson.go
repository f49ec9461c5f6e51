package tiles

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"yiping/layers"
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

func (h handlers) tileJSON(w http.ResponseWriter, r *http.Request) error {
	names, ok := strings.CutSuffix(r.PathValue("layers"), ".json")
	if !ok {
		return fmt.Errorf("%w: a description of tiles is at /tiles/{layers}.json", layers.ErrNotFound)
	}
	ls, err := requested(h.source.Catalog(), names)
	if err != nil {
		return err
	}
	sources, err := h.source.Sources(r.Context())
	if err != nil {
		return err
	}
	summaries, err := h.source.Summaries(r.Context())
	if err != nil {
		return err
	}
	t := tileJSON{
		TileJSON: "3.0.0", Name: names, MinZoom: maxSourceZoom, MaxZoom: maxSourceZoom,
		Tiles: []string{origin(r) + "/tiles/" + names + "/{z}/{x}/{y}.mvt"},
	}
	var attributions []string
	seen := map[string]bool{}
	for _, l := range ls {
		t.VectorLayers = append(t.VectorLayers, describe(l))
		t.MinZoom = min(t.MinZoom, l.Zoom.Min)
		if sum, ok := summaries[l.Name]; ok && sum.Extent != nil {
			t.Bounds = union(t.Bounds, *sum.Extent)
		}
		for _, line := range layers.Attributions(l, sources[l.Name]) {
			if !seen[line] {
				seen[line] = true
				attributions = append(attributions, line)
			}
		}
	}
	t.Attribution = strings.Join(attributions, " | ")
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("describe tiles: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(data) // a client that has gone is nobody's error
	return nil
}

func describe(l *layers.Layer) vectorLayer {
	v := vectorLayer{
		ID: l.Name, Description: l.Title.Zh + " " + l.Title.En, Fields: map[string]string{},
		MinZoom: l.Zoom.Min, MaxZoom: min(l.Zoom.Max, maxSourceZoom),
	}
	for _, p := range l.Properties {
		if !p.InTiles {
			continue
		}
		switch p.Type {
		case layers.Integer, layers.Number:
			v.Fields[p.Name] = "Number"
		case layers.Boolean:
			v.Fields[p.Name] = "Boolean"
		default:
			v.Fields[p.Name] = "String"
		}
	}
	return v
}

func union(a *[4]float64, b [4]float64) *[4]float64 {
	if a == nil {
		return &b
	}
	return &[4]float64{min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])}
}

// origin is the address that the client used, which TileJSON must repeat.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
