package api

import (
	"net/http"
	"slices"

	"github.com/elnormous/contenttype"

	"yiping/layers"
	"yiping/layers/api/internal/openapi"
)

// format is a representation, by the name that the parameter f has for it.
type format string

const (
	jsonFormat format = "json"
	seqFormat  format = "geojsonseq"
	csvFormat  format = "csv"
	htmlFormat format = "html"
	// geoJSONFormat is jsonFormat where the answer is GeoJSON.
	geoJSONFormat format = "geojson"
	// openAPIFormat is jsonFormat where the answer describes the service, and
	// openAPI30Format the same for clients that know OpenAPI 3.0 only.
	openAPIFormat   format = "openapi"
	openAPI30Format format = "openapi30"
)

func (f format) mediaType() string {
	switch f {
	case geoJSONFormat:
		return "application/geo+json"
	case seqFormat:
		return "application/geo+json-seq"
	case csvFormat:
		return "text/csv; charset=utf-8"
	case htmlFormat:
		return "text/html; charset=utf-8"
	case openAPIFormat:
		return openapi.Version31.MediaType()
	case openAPI30Format:
		return openapi.Version30.MediaType()
	default:
		return "application/json"
	}
}

func (f format) title() string {
	switch f {
	case geoJSONFormat:
		return "GeoJSON"
	case seqFormat:
		return "GeoJSON text sequence, all features"
	case csvFormat:
		return "CSV, all features"
	case htmlFormat:
		return "HTML"
	default:
		return "JSON"
	}
}

// negotiate chooses among formats by the parameter f, or else by the header
// Accept; the first is for clients that accept anything, or nothing that is
// offered. "json" chooses the first, which is always some JSON.
func (p parameters) negotiate(w http.ResponseWriter, r *http.Request, offered ...format) (format, error) {
	w.Header().Add("Vary", "Accept")
	if p.values.Has("f") {
		f := format(p.values.Get("f"))
		if f == jsonFormat {
			f = offered[0]
		}
		if !slices.Contains(offered, f) {
			return "", layers.InputErrorf("f", "%s is none of %q", layers.Shown(string(f)), offered)
		}
		return f, nil
	}
	types := make([]contenttype.MediaType, len(offered))
	for i, f := range offered {
		types[i] = contenttype.NewMediaType(f.mediaType())
		types[i].Parameters = nil // a charset is no choice
	}
	accepted, _, err := contenttype.GetAcceptableMediaType(r, types)
	if err != nil {
		return offered[0], nil //nolint:nilerr // RFC 9110, 12.5.1: the header may be disregarded
	}
	for i, t := range types {
		if t.Type == accepted.Type && t.Subtype == accepted.Subtype {
			return offered[i], nil
		}
	}
	return offered[0], nil
}

// documentFormat reads the parameters of a document that has no others than f.
func documentFormat(w http.ResponseWriter, r *http.Request) (format, error) {
	p, err := readParameters(r, "f")
	if err != nil {
		return "", err
	}
	return p.negotiate(w, r, jsonFormat, htmlFormat)
}
