package tiles

import (
	"net/http"
	"strings"

	"yiping/layers"
	"yiping/layers/api"
)

// mapStyle is a MapLibre style (style specification, version 8).
type mapStyle struct {
	Version  int                    `json:"version"`
	Name     string                 `json:"name"`
	Metadata map[string]string      `json:"metadata,omitempty"`
	Center   *[2]float64            `json:"center,omitempty"`
	Zoom     float64                `json:"zoom"`
	Sources  map[string]styleSource `json:"sources"`
	Layers   []styleLayer           `json:"layers"`
}

type styleSource struct {
	Type        string `json:"type"`
	URL         string `json:"url"`
	Attribution string `json:"attribution,omitempty"`
}

type styleLayer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Source      string         `json:"source,omitempty"`
	SourceLayer string         `json:"source-layer,omitempty"`
	MinZoom     int            `json:"minzoom,omitempty"`
	Filter      []any          `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint"`
}

// styleSourceName is the one source of a style.
const styleSourceName = "yiping"

// style answers with a whole style for the layers, so that its address opens in
// MapLibre, Maputnik and QGIS as it is: areas below lines below points.
func (e *Engine) style(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, e.store.Catalog(), r.PathValue("layers"))
	if err != nil {
		return err
	}
	about, err := e.describe(r, q)
	if err != nil {
		return err
	}
	names := strings.Join(q.names, ",")
	s := mapStyle{
		Version: 8, Name: names, Zoom: 9,
		Sources: map[string]styleSource{styleSourceName: {
			Type: "vector", URL: q.tileJSONAddress(r),
			Attribution: strings.Join(about.attributions, " | "),
		}},
		Layers: []styleLayer{{ID: "background", Type: "background", Paint: map[string]any{"background-color": "#0b1622"}}},
	}
	if b := about.bounds; b != nil {
		s.Center = &[2]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2}
	}
	for _, draw := range []func(*layers.Layer) []styleLayer{areaStyle, lineStyle, pointStyle} {
		for _, l := range q.Layers {
			s.Layers = append(s.Layers, draw(l)...)
		}
	}
	return api.WriteJSON(w, "application/json", s)
}

// colours of layers that people know by a colour. Others take the next of
// otherColours by the length of their name, so that each keeps its own.
func colour(layer string) any {
	switch layer {
	case "water":
		return "#17405f"
	case "building", "compound":
		return "#2b3d50"
	case "road":
		return "#7f93a8"
	case "pipeline":
		return []any{
			"match",
			[]any{"get", "medium"},
			"water", "#2f9bff", "rain", "#38d6c4", "sewage", "#a9784f", "gas", "#ffd23f",
			"power", "#ff5c5c", "telecom", "#b58cff", "heat", "#ff8c42", "#9aa7b4",
		}
	case "metro_line", "metro_station":
		return "#e0529c"
	case "heritage":
		return "#d9a441"
	case "district", "street", "village":
		return "#5f7f9f"
	default:
		others := []string{"#46c2ff", "#7bd88f", "#f2a65a", "#c792ea", "#f07178"}
		return others[len(layer)%len(others)]
	}
}

func base(l *layers.Layer, kind string) styleLayer {
	return styleLayer{ID: l.Name + "-" + kind, Type: kind, Source: styleSourceName, SourceLayer: l.Name, MinZoom: l.Zoom.Min}
}

// ofType takes the features of one geometry type.
func ofType(l *layers.Layer, s styleLayer, geometry string) styleLayer {
	if l.Geometry == layers.AnyGeometry {
		s.Filter = []any{"==", []any{"geometry-type"}, geometry}
	}
	return s
}

func areaStyle(l *layers.Layer) []styleLayer {
	switch l.Geometry {
	case layers.Polygon, layers.MultiPolygon, layers.AnyGeometry:
	default:
		return nil
	}
	outline := base(l, "line")
	outline.ID = l.Name + "-outline"
	outline.Paint = map[string]any{"line-color": colour(l.Name), "line-width": 1}
	outline = ofType(l, outline, "Polygon")
	switch l.Name {
	case "district", "street", "village": // borders only: they cover everything
		return []styleLayer{outline}
	}
	fill := base(l, "fill")
	fill.Paint = map[string]any{"fill-color": colour(l.Name), "fill-opacity": 0.6}
	return []styleLayer{ofType(l, fill, "Polygon"), outline}
}

func lineStyle(l *layers.Layer) []styleLayer {
	switch l.Geometry {
	case layers.LineString, layers.MultiLineString, layers.AnyGeometry:
	default:
		return nil
	}
	s := base(l, "line")
	s.Layout = map[string]any{"line-cap": "round", "line-join": "round"}
	var width any = []any{"interpolate", []any{"linear"}, []any{"zoom"}, 8, 0.8, 16, 3}
	if l.Tiles.Weight == "diameter_mm" {
		// From 0.6 pixels for a house connection to 4 for a main of two metres.
		diameter := []any{"coalesce", []any{"get", l.Tiles.Weight}, 0}
		width = []any{"interpolate", []any{"linear"}, diameter, 0, 0.6, 2000, 4}
	}
	s.Paint = map[string]any{"line-color": colour(l.Name), "line-width": width}
	return []styleLayer{ofType(l, s, "LineString")}
}

func pointStyle(l *layers.Layer) []styleLayer {
	switch l.Geometry {
	case layers.Point, layers.MultiPoint, layers.AnyGeometry:
	default:
		return nil
	}
	s := base(l, "circle")
	count := []any{"coalesce", []any{"get", pointCount}, 1}
	s.Paint = map[string]any{
		"circle-color": colour(l.Name),
		// The area of the circle grows with the logarithm of what it stands for.
		"circle-radius":  []any{"+", 1.5, []any{"sqrt", []any{"ln", count}}},
		"circle-opacity": 0.85,
	}
	if l.Name == "component" {
		// Where more of them are damaged or gone, the colour says so.
		bad := []any{"+", countOf("state:破损"), countOf("state:丢失"), countOf("state:废弃")}
		single := []any{"case", []any{"in", []any{"get", "state"}, []any{"literal", []string{"破损", "丢失", "废弃"}}}, 1, 0}
		share := []any{"case", []any{">", count, 1}, []any{"/", bad, count}, single}
		s.Paint["circle-color"] = []any{"interpolate", []any{"linear"}, share, 0, colour(l.Name), 0.1, "#ffd23f", 0.3, "#ff5c5c"}
	}
	return []styleLayer{ofType(l, s, "Point")}
}

func countOf(property string) []any { return []any{"coalesce", []any{"get", property}, 0} }
