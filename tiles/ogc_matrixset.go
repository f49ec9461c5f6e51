package tiles

import (
	"net/http"
	"strconv"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
)

// matrixSets lists the one tile matrix set.
func (e *Engine) matrixSets(w http.ResponseWriter, r *http.Request) error {
	if err := wantJSON(r); err != nil {
		return err
	}
	type item struct {
		ID    string    `json:"id"`
		Title string    `json:"title"`
		URI   string    `json:"uri"`
		CRS   string    `json:"crs"`
		Links []ogcLink `json:"links"`
	}
	return api.WriteJSON(w, formatJSON, struct {
		Sets []item `json:"tileMatrixSets"`
	}{[]item{{
		ID: quad, Title: quadTitle, URI: quadURI, CRS: quadCRS,
		Links: []ogcLink{{Href: origin(r) + "/ogc/tileMatrixSets/" + quad, Rel: "self", Type: formatJSON}},
	}}})
}

const quadTitle = "Google Maps Compatible for the World"

func (e *Engine) matrixSet(w http.ResponseWriter, r *http.Request) error {
	if err := wantQuad(r); err != nil {
		return err
	}
	if err := wantJSON(r); err != nil {
		return err
	}
	return api.WriteJSON(w, formatJSON, newMatrixSet())
}

func wantJSON(r *http.Request) error {
	values, err := api.ReadQuery(r, "f")
	if err != nil {
		return err
	}
	if f := values.Get("f"); values.Has("f") && f != "json" {
		return layers.InputErrorf("f", "%.60q is not known here: write json", f)
	}
	return nil
}

// matrixSetDocument is a tile matrix set (OGC 17-083r4, 7).
type matrixSetDocument struct {
	ID           string       `json:"id"`
	Title        string       `json:"title"`
	URI          string       `json:"uri"`
	CRS          string       `json:"crs"`
	OrderedAxes  []string     `json:"orderedAxes"`
	WellKnown    string       `json:"wellKnownScaleSet"`
	TileMatrices []tileMatrix `json:"tileMatrices"`
}

type tileMatrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      int        `json:"matrixWidth"`
	MatrixHeight     int        `json:"matrixHeight"`
}

// The world of EPSG:3857: half its side in metres, as the register of tile matrix
// sets has it; its tiles in pixels; the size of a pixel in metres by which the
// standard turns cells into scales (17-083r4, 6.2).
const (
	halfWorldMetres = 20037508.3427892
	tilePixels      = 256
	pixelMetres     = 0.00028
)

func newMatrixSet() matrixSetDocument {
	s := matrixSetDocument{
		ID: quad, Title: quadTitle, URI: quadURI, CRS: quadCRS, OrderedAxes: []string{"X", "Y"},
		WellKnown: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
	}
	for z := range int(geo.MaxZoom) + 1 {
		side := 1 << z
		cell := 2 * halfWorldMetres / tilePixels / float64(side)
		s.TileMatrices = append(s.TileMatrices, tileMatrix{
			ID: strconv.Itoa(z), ScaleDenominator: cell / pixelMetres, CellSize: cell,
			CornerOfOrigin: "topLeft", PointOfOrigin: [2]float64{-halfWorldMetres, halfWorldMetres},
			TileWidth: tilePixels, TileHeight: tilePixels, MatrixWidth: side, MatrixHeight: side,
		})
	}
	return s
}
