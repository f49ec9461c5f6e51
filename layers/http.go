package layers

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Store is what the handlers of this package need of a database.
type Store interface {
	// Catalog is the set of layers now.
	Catalog() *Catalog
	// Item reads one feature; the error wraps ErrNotFound without one.
	Item(ctx context.Context, layer string, id int64) (*Item, error)
	// Summaries tells what each counted layer holds.
	Summaries(ctx context.Context) (map[string]Summary, error)
	// Sources tells where the features of each layer come from.
	Sources(ctx context.Context) (map[string][]Source, error)
}

// Handle registers a handler that returns its error; the caller of Register
// renders it.
type Handle func(pattern string, h func(http.ResponseWriter, *http.Request) error)

// Register adds the handlers of the catalog and of single features under /ogc.
func Register(handle Handle, store Store) {
	h := handlers{store}
	handle("GET /ogc/collections", h.collections)
	handle("GET /ogc/collections/{layer}", h.collection)
	handle("GET /ogc/collections/{layer}/items/{id}", h.item)
}

type handlers struct{ store Store }

// collection is a layer in the terms of OGC API Common, part 2, with what the
// catalog says beyond.
type collection struct {
	ID             string          `json:"id"`
	Title          string          `json:"title"`
	Titles         Text            `json:"titles"`
	ItemType       string          `json:"itemType"`
	Extent         *extent         `json:"extent,omitempty"`
	Links          []link          `json:"links"`
	GeometryType   GeometryType    `json:"geometry_type"`
	Zoom           ZoomRange       `json:"zoom"`
	Domain         string          `json:"domain,omitempty"`
	Owner          string          `json:"owner"`
	Licence        string          `json:"licence"`
	Attributions   []string        `json:"attributions"`
	Datum          string          `json:"datum"`
	AccuracyMetres float64         `json:"accuracy_metres"`
	TileProperties []string        `json:"tile_properties"`
	Schema         json.RawMessage `json:"schema"`
	Sources        []Source        `json:"sources"`
	Summary        *Summary        `json:"summary,omitempty"`
}

type extent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
}

type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

func (h handlers) collections(w http.ResponseWriter, r *http.Request) error {
	all, err := h.describe(r.Context(), h.store.Catalog().Layers()...)
	if err != nil {
		return err
	}
	return WriteJSON(w, "application/json", struct {
		Links       []link       `json:"links"`
		Collections []collection `json:"collections"`
		Mark        string       `json:"mark"`
	}{[]link{{Href: "/ogc/collections", Rel: "self", Type: "application/json"}}, all, mark(all)})
}

func (h handlers) collection(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	all, err := h.describe(r.Context(), l)
	if err != nil {
		return err
	}
	return WriteJSON(w, "application/json", all[0])
}

func (h handlers) describe(ctx context.Context, ls ...*Layer) ([]collection, error) {
	summaries, err := h.store.Summaries(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := h.store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]collection, 0, len(ls))
	for _, l := range ls {
		c, err := describeLayer(l, sources[l.Name])
		if err != nil {
			return nil, err
		}
		if sum, ok := summaries[l.Name]; ok {
			c.Summary = &sum
			if sum.Extent != nil {
				c.Extent = &extent{}
				c.Extent.Spatial.BBox = [][4]float64{*sum.Extent}
				c.Extent.Spatial.CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
			}
		}
		all = append(all, c)
	}
	return all, nil
}

func describeLayer(l *Layer, sources []Source) (collection, error) {
	schema, err := l.JSONSchema()
	if err != nil {
		return collection{}, err
	}
	c := collection{
		ID: l.Name, Title: l.Title.Zh, Titles: l.Title, ItemType: "feature", GeometryType: l.Geometry,
		Zoom: l.Zoom, Domain: l.Domain, Owner: l.Owner, Licence: l.Licence, Attributions: Attributions(l, sources),
		Datum: l.Datum, AccuracyMetres: l.AccuracyMetres, TileProperties: []string{}, Schema: schema, Sources: []Source{},
		Links: []link{
			{Href: "/ogc/collections/" + l.Name, Rel: "self", Type: "application/json"},
			{Href: "/tiles/" + l.Name + ".json", Rel: "tilejson", Type: "application/json", Title: "TileJSON 3.0"},
		},
	}
	c.Sources = append(c.Sources, sources...)
	for _, p := range l.Properties {
		if p.InTiles {
			c.TileProperties = append(c.TileProperties, p.Name)
		}
	}
	return c, nil
}

// Attributions are the lines that must be shown with a layer, each once.
func Attributions(l *Layer, sources []Source) []string {
	lines := []string{}
	if l.Attribution != "" {
		lines = append(lines, l.Attribution)
	}
	for _, s := range sources {
		if s.Attribution != "" && !slices.Contains(lines, s.Attribution) {
			lines = append(lines, s.Attribution)
		}
	}
	return lines
}

// mark is what a picture of these layers must say about its truth.
func mark(all []collection) string {
	var words []string
	for _, word := range []struct {
		text string
		says func(Source) bool
	}{
		{"示意", func(s Source) bool { return s.Schematic }},
		{"合成数据", func(s Source) bool { return s.Synthetic }},
	} {
		if slices.ContainsFunc(all, func(c collection) bool { return slices.ContainsFunc(c.Sources, word.says) }) {
			words = append(words, word.text)
		}
	}
	return strings.Join(words, " · ")
}

func (h handlers) item(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return InputErrorf("id", "%q is not a whole number", r.PathValue("id"))
	}
	item, err := h.store.Item(r.Context(), l.Name, id)
	if err != nil {
		return err
	}
	return WriteJSON(w, "application/geo+json", itemJSON(l, item))
}

// itemJSON is a feature as GeoJSON: the layer's properties and, beside them,
// what every feature has.
func itemJSON(l *Layer, item *Item) any {
	properties := map[string]any{
		"code": item.Code, "source": item.Source, "source_id": item.SourceID, "synthetic": item.Synthetic,
		"version": item.Version, "updated_at": item.UpdatedAt,
		"district": item.District, "street": item.Street, "village": item.Village,
	}
	for i, p := range l.Properties {
		properties[p.Name] = propertyJSON(p, item.Properties[i])
	}
	return struct {
		Type       string          `json:"type"`
		ID         int64           `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties map[string]any  `json:"properties"`
	}{"Feature", item.ID, item.Geometry, properties}
}

// WriteJSON answers with v as JSON that clients ask for again each time.
func WriteJSON(w http.ResponseWriter, contentType string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(data) // a client that has gone is nobody's error
	return nil
}
