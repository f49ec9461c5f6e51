package api

import (
	"encoding/json"
	"net/http"

	"yiping/layers/api/internal/openapi"
)

// openAPI answers GET /openapi.json with the description of the whole service.
func (h handlers) openAPI(w http.ResponseWriter, r *http.Request) error {
	if _, err := readParameters(r); err != nil {
		return err
	}
	return h.definition(w, openapi.Version31)
}

// api answers GET /ogc/api with the same, also in the older form that OGC API
// Features, part 1, asks for.
func (h handlers) api(w http.ResponseWriter, r *http.Request) error {
	p, err := readParameters(r, "f")
	if err != nil {
		return err
	}
	f, err := p.negotiate(w, r, openAPIFormat, htmlFormat, openAPI30Format)
	if err != nil {
		return err
	}
	switch f {
	case htmlFormat:
		data, err := h.description.JSON(h.store.Catalog(), openapi.Version31)
		if err != nil {
			return err
		}
		return h.document(w, f, f.mediaType(), page{Title: "OpenAPI", Up: root(r), Links: []link{documentation(r)}}, json.RawMessage(data))
	case openAPI30Format:
		return h.definition(w, openapi.Version30)
	default:
		return h.definition(w, openapi.Version31)
	}
}

func (h handlers) definition(w http.ResponseWriter, v openapi.Version) error {
	data, err := h.description.JSON(h.store.Catalog(), v)
	if err != nil {
		return err
	}
	return WriteJSON(w, v.MediaType(), json.RawMessage(data))
}
