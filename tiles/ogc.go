package tiles

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yiping/layers"
	"yiping/layers/api"
)

// The identifiers of OGC API Tiles (20-057) and of the tile matrix set.
const (
	quad              = "WebMercatorQuad"
	quadURI           = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	quadCRS           = "http://www.opengis.net/def/crs/EPSG/0/3857"
	relTilingScheme   = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	degreesCRS        = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	formatJSON        = "application/json"
	vectorTilesetType = "vector"
)

// registerOGC adds OGC API Tiles: tiles of one layer below its collection, of
// several below /ogc/tiles.
func (e *Engine) registerOGC(handle api.Handle) {
	handle("GET /ogc/tileMatrixSets", e.matrixSets)
	handle("GET /ogc/tileMatrixSets/{set}", e.matrixSet)
	for _, at := range []string{"/ogc/tiles", "/ogc/collections/{layer}/tiles"} {
		handle("GET "+at, e.tilesets)
		handle("GET "+at+"/{set}", e.tileset)
		handle("GET "+at+"/{set}/{z}/{y}/{x}", e.matrixTile)
	}
}

// ogcLink is a web link (RFC 8288) as OGC API writes it.
type ogcLink struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// tileset is the metadata of a tileset (OGC 17-083r4, 9).
type tileset struct {
	Title       string         `json:"title"`
	DataType    string         `json:"dataType"`
	CRS         string         `json:"crs"`
	MatrixSet   string         `json:"tileMatrixSetURI"`
	Attribution string         `json:"attribution,omitempty"`
	Bounds      *boundingBox   `json:"boundingBox,omitempty"`
	Layers      []tilesetLayer `json:"layers,omitempty"`
	Links       []ogcLink      `json:"links"`
}

type boundingBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

type tilesetLayer struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	DataType  string         `json:"dataType"`
	Dimension *int           `json:"geometryDimension,omitempty"`
	MinMatrix string         `json:"minTileMatrix"`
	MaxMatrix string         `json:"maxTileMatrix"`
	Schema    json2020Schema `json:"propertiesSchema"`
}

type json2020Schema struct {
	Type       string                       `json:"type"`
	Properties map[string]map[string]string `json:"properties"`
}

// ogcQuery reads what a request under /ogc asks for. Under /ogc/tiles the
// parameter collections names the layers; all of them without it.
func (e *Engine) ogcQuery(r *http.Request, format string) (*Query, error) {
	c := e.store.Catalog()
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, layers.InputErrorf("", "the query of the address is not well formed: %v", err)
	}
	if f := values.Get("f"); values.Has("f") && f != format {
		return nil, layers.InputErrorf("f", "%.60q is not known here: write %s", f, format)
	}
	if name := r.PathValue("layer"); name != "" {
		if strings.Contains(name, ",") {
			return nil, fmt.Errorf("%w: one layer is wanted here; several are at /ogc/tiles", layers.ErrNotFound)
		}
		return readQuery(r, c, name, "f")
	}
	names := strings.Join(c.Names(), ",")
	if values.Has("collections") {
		names = values.Get("collections")
	}
	q, err := readQuery(r, c, names, "f", "collections")
	if err == nil && values.Has("collections") {
		q.collections = names
	}
	return q, err
}

// ogcParameters are those of the query, as the end of an address under /ogc.
func (q *Query) ogcParameters() string {
	if q.collections == "" {
		return q.parameters()
	}
	values := maps.Clone(q.carried)
	values.Set("collections", q.collections)
	return "?" + values.Encode()
}

func (e *Engine) tilesets(w http.ResponseWriter, r *http.Request) error {
	q, err := e.ogcQuery(r, "json")
	if err != nil {
		return err
	}
	at := origin(r) + r.URL.Path
	return api.WriteJSON(w, formatJSON, struct {
		Tilesets []tileset `json:"tilesets"`
		Links    []ogcLink `json:"links"`
	}{
		[]tileset{newTileset(r, q, at+"/"+quad)},
		[]ogcLink{{Href: at + q.ogcParameters(), Rel: "self", Type: formatJSON}},
	})
}

func (e *Engine) tileset(w http.ResponseWriter, r *http.Request) error {
	if err := wantQuad(r); err != nil {
		return err
	}
	q, err := e.ogcQuery(r, "json")
	if err != nil {
		return err
	}
	about, err := e.describe(r, q)
	if err != nil {
		return err
	}
	t := newTileset(r, q, origin(r)+r.URL.Path)
	t.Attribution = strings.Join(about.attributions, " | ")
	if b := about.bounds; b != nil {
		t.Bounds = &boundingBox{LowerLeft: [2]float64{b[0], b[1]}, UpperRight: [2]float64{b[2], b[3]}, CRS: degreesCRS}
	}
	for _, l := range q.Layers {
		t.Layers = append(t.Layers, newTilesetLayer(q, l))
	}
	return api.WriteJSON(w, formatJSON, t)
}

// newTileset describes the tiles of a query, whose own address is at.
func newTileset(r *http.Request, q *Query, at string) tileset {
	title := "图层 Layers: " + strings.Join(q.names, ", ")
	if len(q.Layers) == 1 {
		title = q.Layers[0].Title.Zh + " " + q.Layers[0].Title.En
	}
	return tileset{
		Title: title, DataType: vectorTilesetType, CRS: quadCRS, MatrixSet: quadURI,
		Links: []ogcLink{
			{Href: at + q.ogcParameters(), Rel: "self", Type: formatJSON},
			{Href: origin(r) + "/ogc/tileMatrixSets/" + quad, Rel: relTilingScheme, Type: formatJSON},
			{Href: at + "/{tileMatrix}/{tileRow}/{tileCol}" + q.ogcParameters(), Rel: "item", Type: mediaType, Templated: true},
			{Href: q.tileJSONAddress(r), Rel: "describedby", Type: formatJSON, Title: "TileJSON 3.0"},
		},
	}
}

func newTilesetLayer(q *Query, l *layers.Layer) tilesetLayer {
	t := tilesetLayer{
		ID: l.Name, Title: l.Title.Zh + " " + l.Title.En, DataType: vectorTilesetType,
		MinMatrix: strconv.Itoa(l.Zoom.Min), MaxMatrix: strconv.Itoa(l.Zoom.Max),
		Schema: json2020Schema{Type: "object", Properties: map[string]map[string]string{}},
	}
	for name, kind := range fields(q, l) {
		t.Schema.Properties[name] = map[string]string{"type": strings.ToLower(kind)}
	}
	if d, ok := dimension(l.Geometry); ok {
		t.Dimension = &d
	}
	return t
}

// dimension is that of the geometries of a type, if they all have one.
func dimension(g layers.GeometryType) (d int, ok bool) {
	switch g {
	case layers.Point, layers.MultiPoint:
		return 0, true
	case layers.LineString, layers.MultiLineString:
		return 1, true
	case layers.Polygon, layers.MultiPolygon:
		return 2, true
	default:
		return 0, false
	}
}

func wantQuad(r *http.Request) error {
	if set := r.PathValue("set"); set != quad {
		return fmt.Errorf("%w: tile matrix set %.60q (there is: %s)", layers.ErrNotFound, set, quad)
	}
	return nil
}

// matrixTile is a tile by row and column, in that order.
func (e *Engine) matrixTile(w http.ResponseWriter, r *http.Request) error {
	if err := wantQuad(r); err != nil {
		return err
	}
	q, err := e.ogcQuery(r, "mvt")
	if err != nil {
		return err
	}
	return e.answer(w, r, q, r.PathValue("z"), r.PathValue("x"), r.PathValue("y"))
}
