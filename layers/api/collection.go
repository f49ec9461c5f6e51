package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"yiping/layers"
)

// collection is a layer in the terms of OGC API Common, part 2, with what the
// catalog says beyond.
type collection struct {
	ID             string              `json:"id"`
	Title          string              `json:"title"`
	Titles         layers.Text         `json:"titles"`
	ItemType       string              `json:"itemType"`
	Extent         *extent             `json:"extent,omitempty"`
	CRS            []string            `json:"crs"`
	StorageCRS     string              `json:"storageCrs"`
	Links          []link              `json:"links"`
	GeometryType   layers.GeometryType `json:"geometry_type"`
	Zoom           layers.ZoomRange    `json:"zoom"`
	Domain         string              `json:"domain,omitempty"`
	Owner          string              `json:"owner"`
	Licence        string              `json:"licence"`
	Attributions   []string            `json:"attributions"`
	Datum          string              `json:"datum"`
	AccuracyMetres float64             `json:"accuracy_metres"`
	History        bool                `json:"history"`
	TileProperties []string            `json:"tile_properties"`
	Schema         json.RawMessage     `json:"schema"`
	Sources        []layers.Source     `json:"sources"`
	Summary        *layers.Summary     `json:"summary,omitempty"`
}

type extent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
}

func (h handlers) collections(w http.ResponseWriter, r *http.Request) error {
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	all, err := h.describe(r, h.store.Catalog().Layers()...)
	if err != nil {
		return err
	}
	document := struct {
		Links       []link       `json:"links"`
		CRS         []string     `json:"crs"`
		Collections []collection `json:"collections"`
		Mark        string       `json:"mark"`
	}{selfLinks(r, f, jsonFormat, htmlFormat), crsURIs(), all, mark(all)}
	p := page{Title: "图层 Collections", Text: document.Mark, Up: root(r)}
	for _, c := range all {
		p.Links = append(p.Links, link{Href: root(r) + "/collections/" + c.ID, Rel: c.ID, Title: c.Titles.Zh + " " + c.Titles.En})
	}
	return h.document(w, f, "application/json", p, document)
}

func (h handlers) collection(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	all, err := h.describe(r, l)
	if err != nil {
		return err
	}
	c := all[0]
	c.Links = append(selfLinks(r, f, jsonFormat, htmlFormat), c.Links[1:]...)
	p := page{Title: l.Title.Zh + " " + l.Title.En, Text: mark(all), Up: root(r) + "/collections", Links: c.Links}
	return h.document(w, f, "application/json", p, c)
}

func crsURIs() []string {
	var uris []string
	for _, c := range layers.CRSs() {
		uris = append(uris, c.URI())
	}
	return uris
}

func (h handlers) describe(r *http.Request, ls ...*layers.Layer) ([]collection, error) {
	ctx := r.Context()
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
		c, err := describeLayer(l, sources[l.Name], root(r))
		if err != nil {
			return nil, err
		}
		if sum, ok := summaries[l.Name]; ok {
			c.Summary = &sum
			if sum.Extent != nil {
				c.Extent = &extent{}
				c.Extent.Spatial.BBox = [][4]float64{*sum.Extent}
				c.Extent.Spatial.CRS = layers.CRS84.URI()
			}
		}
		all = append(all, c)
	}
	return all, nil
}

func describeLayer(l *layers.Layer, sources []layers.Source, root string) (collection, error) {
	schema, err := l.JSONSchema()
	if err != nil {
		return collection{}, err
	}
	c := collection{
		ID: l.Name, Title: l.Title.Zh, Titles: l.Title, ItemType: "feature", GeometryType: l.Geometry,
		Zoom: l.Zoom, Domain: l.Domain, Owner: l.Owner, Licence: l.Licence, Attributions: layers.Attributions(l, sources),
		Datum: l.Datum, AccuracyMetres: l.AccuracyMetres, History: l.History, TileProperties: []string{}, Schema: schema, Sources: []layers.Source{},
		CRS: crsURIs(), StorageCRS: layers.CRS84.URI(), Links: collectionLinks(l, root),
	}
	c.Sources = append(c.Sources, sources...)
	for _, p := range l.Properties {
		if p.InTiles {
			c.TileProperties = append(c.TileProperties, p.Name)
		}
	}
	return c, nil
}

// collectionLinks lead to all that there is of a layer; itself comes first.
func collectionLinks(l *layers.Layer, root string) []link {
	at := root + "/collections/" + l.Name
	links := []link{{Href: at, Rel: "self", Type: "application/json"}}
	for i, f := range itemFormats() {
		href := at + "/items?f=" + string(f)
		if i == 0 {
			href = at + "/items" // GDAL adds paths and parameters to it
		}
		links = append(links, link{Href: href, Rel: "items", Type: f.mediaType(), Title: f.title()})
	}
	return append(
		links,
		link{Href: at + "/queryables", Rel: relQueryables, Type: schemaType, Title: "Queryables"},
		link{Href: at + "/schema", Rel: relSchema, Type: schemaType, Title: "Schema"},
		link{Href: at + "/tiles", Rel: relTilesets, Type: "application/json", Title: "Vector tiles"},
		link{Href: "/tiles/" + l.Name + ".json", Rel: "tilejson", Type: "application/json", Title: "TileJSON 3.0"},
	)
}

// mark is what a picture of these layers must say about its truth.
func mark(all []collection) string {
	var words []string
	for _, word := range []struct {
		text string
		says func(layers.Source) bool
	}{
		{"示意", func(s layers.Source) bool { return s.Schematic }},
		{"合成数据", func(s layers.Source) bool { return s.Synthetic }},
	} {
		if slices.ContainsFunc(all, func(c collection) bool { return slices.ContainsFunc(c.Sources, word.says) }) {
			words = append(words, word.text)
		}
	}
	return strings.Join(words, " · ")
}
