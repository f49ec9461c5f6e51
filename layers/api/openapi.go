package api

import (
	_ "embed"
	"encoding/json"
	"net/http"
)

//go:embed openapi.json
var openAPI string

// openAPIType is the media type of OpenAPI 3.0 in JSON, as OGC API Features
// names it.
const openAPIType = "application/vnd.oai.openapi+json;version=3.0"

// definition answers with the OpenAPI document of what is under /ogc.
func (h handlers) definition(w http.ResponseWriter, r *http.Request) error {
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	return h.document(w, f, openAPIType, page{Title: "OpenAPI", Up: root(r)}, json.RawMessage(openAPI))
}
