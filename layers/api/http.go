package api

import (
	"context"
	"encoding/json"
	"html/template"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"yiping/layers"
	"yiping/layers/api/internal/openapi"
)

// Store is what the handlers of this package need of a database.
type Store interface {
	// Catalog is the set of layers now.
	Catalog() *layers.Catalog
	// Item reads one feature with all its columns and the names of its
	// regions; the error wraps ErrNotFound without one.
	Item(ctx context.Context, l *layers.Layer, id int64, crs layers.CRS) (*layers.Item, error)
	// Versions reads versions of a feature of a layer with history, the newest
	// first; none of those asked for is no error.
	Versions(ctx context.Context, q *layers.VersionQuery) ([]layers.Version, error)
	// Items yields features in the order of the query. The item is the
	// caller's until the next. An error comes with a nil item and ends it; it
	// wraps ErrBusy if too many others wait.
	Items(ctx context.Context, q *layers.Query) iter.Seq2[*layers.Item, error]
	// CountItems counts what meets the filters of a query, EstimateItems asks
	// the planner instead of the table.
	CountItems(ctx context.Context, q *layers.Query) (int64, error)
	EstimateItems(ctx context.Context, q *layers.Query) (int64, error)
	// Write makes one change and returns the feature as it is then, in the system
	// asked for; nil for a Delete. It writes nothing if it returns an error: an
	// InputError, a StaleError, or one that wraps ErrNotFound, ErrConflict or
	// ErrBusy.
	Write(ctx context.Context, l *layers.Layer, w *layers.Write, crs layers.CRS) (*layers.Item, error)
	// WriteBatch makes many changes in their order. With atomic it makes all, or
	// none and returns a BatchError; without, it says of each what became of it.
	WriteBatch(ctx context.Context, l *layers.Layer, writes []layers.Write, atomic bool) ([]layers.Written, error)
	// Summaries tells what each counted layer holds.
	Summaries(ctx context.Context) (map[string]layers.Summary, error)
	// Sources tells where the features of each layer come from.
	Sources(ctx context.Context) (map[string][]layers.Source, error)
}

// Handle registers a handler that returns its error; the caller of Register
// renders it. An error that comes after the first bytes of an answer must break
// the connection, so that nobody takes the part for the whole.
type Handle func(pattern string, h func(http.ResponseWriter, *http.Request) error)

// Register adds the OGC API under /ogc, which is the catalog, the features and
// the writes to them, and the description of the whole service at /openapi.json.
func Register(handle Handle, store Store) {
	description, err := openapi.New()
	if err != nil { // its parts are embedded, and tested
		panic(err)
	}
	h := handlers{store: store, html: template.Must(template.New("page").Parse(pageHTML)), description: description}
	handle("GET /openapi.json", h.openAPI)
	handle("GET /ogc", h.landing)
	handle("GET /ogc/{$}", h.landing)
	handle("GET /ogc/api", h.api)
	handle("GET /ogc/conformance", h.conformance)
	handle("GET /ogc/collections", h.collections)
	handle("GET /ogc/collections/{layer}", h.collection)
	handle("GET /ogc/collections/{layer}/queryables", h.queryables)
	handle("GET /ogc/collections/{layer}/schema", h.schema)
	handle("GET /ogc/collections/{layer}/items", h.items)
	handle("GET /ogc/collections/{layer}/items/{id}", h.item)
	handle("GET /ogc/collections/{layer}/items/{id}/history", h.history)
	h.registerWrites(handle)
}

type handlers struct {
	store       Store
	html        *template.Template // of page
	description *openapi.Document
}

// link is a web link (RFC 8288) as OGC API writes it.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

// The link relations that OGC has registered.
const (
	relConformance = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
	relQueryables  = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSchema      = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	relTilesets    = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relTilings     = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
)

// root is the address of the API as the client used it.
func root(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/ogc"
}

// documentation leads to the page that explains the API to people.
func documentation(r *http.Request) link {
	return link{Href: strings.TrimSuffix(root(r), "/ogc") + "/docs/", Rel: "service-doc", Type: "text/html", Title: "接口文档 Documentation"}
}

// self is the address of the request itself, with some parameters set, or
// removed where the value is empty.
func self(r *http.Request, changes map[string]string) string {
	q := r.URL.Query()
	for name, value := range changes {
		if value == "" {
			q.Del(name)
		} else {
			q.Set(name, value)
		}
	}
	u := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + u.String()
}

// selfLinks are the document itself in the format that is answered, and in the
// others.
func selfLinks(r *http.Request, answered format, offered ...format) []link {
	links := []link{{Href: self(r, nil), Rel: "self", Type: answered.mediaType()}}
	for _, f := range offered {
		if f != answered {
			links = append(links, link{Href: self(r, map[string]string{"f": string(f)}), Rel: "alternate", Type: f.mediaType(), Title: f.title()})
		}
	}
	return links
}

func (h handlers) landing(w http.ResponseWriter, r *http.Request) error {
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	at := root(r)
	document := struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Links       []link `json:"links"`
	}{
		"一屏 Yiping", "城市数字孪生的要素服务 Features of the city's digital twin (OGC API Features)",
		append(
			selfLinks(r, f, jsonFormat, htmlFormat),
			link{Href: at + "/api", Rel: "service-desc", Type: openapi.Version31.MediaType(), Title: "OpenAPI 3.1"},
			link{Href: at + "/api?f=" + string(openAPI30Format), Rel: "service-desc", Type: openapi.Version30.MediaType(), Title: "OpenAPI 3.0"},
			documentation(r),
			link{Href: at + "/conformance", Rel: "conformance", Type: "application/json", Title: "Conformance"},
			link{Href: at + "/conformance", Rel: relConformance, Type: "application/json"},
			link{Href: at + "/collections", Rel: "data", Type: "application/json", Title: "Collections"},
			link{Href: at + "/tiles", Rel: relTilesets, Type: "application/json", Title: "Vector tiles"},
			link{Href: at + "/tileMatrixSets", Rel: relTilings, Type: "application/json", Title: "Tile matrix sets"},
		),
	}
	return h.document(w, f, "application/json", page{Title: document.Title, Text: document.Description, Links: document.Links}, document)
}

func (h handlers) conformance(w http.ResponseWriter, r *http.Request) error {
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	document := struct {
		ConformsTo []string `json:"conformsTo"`
	}{conformanceClasses()}
	return h.document(w, f, "application/json", page{Title: "Conformance", Up: root(r)}, document)
}

// conformanceClasses are those that hold.
func conformanceClasses() []string {
	var all []string
	for _, part := range []struct {
		prefix  string
		classes []string
	}{
		{"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/", []string{"core", "oas30", "html", "geojson"}},
		{"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/", []string{"crs"}},
		{"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/", []string{"queryables", "filter", "features-filter"}},
		// The draft of part 4, OGC 20-002r1.
		{"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/", []string{"create-replace-delete", "update", "optimistic-locking-etags", "features"}},
		{"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/", []string{"schemas", "core-roles-features"}},
		{"http://www.opengis.net/spec/cql2/1.0/conf/", []string{
			"cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
			"accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
			"spatial-functions", "temporal-functions", "array-functions", "property-property", "arithmetic",
		}},
		{"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/", []string{
			"core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection", "mvt",
		}},
		{"http://www.opengis.net/spec/tms/2.0/conf/", []string{"tilematrixset", "json-tilematrixset"}},
	} {
		for _, class := range part.classes {
			all = append(all, part.prefix+class)
		}
	}
	return all
}

// WriteJSON answers with v as JSON that clients ask for again each time.
func WriteJSON(w http.ResponseWriter, contentType string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeJSON(w, contentType, data)
}

func writeJSON(w http.ResponseWriter, contentType string, data []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(data) // a client that has gone is nobody's error
	return nil
}
