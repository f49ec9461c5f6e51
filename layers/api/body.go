package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"yiping/layers"
)

// The media types of bodies.
const (
	mergePatchType = "application/merge-patch+json"
	ndjsonType     = "application/x-ndjson"
)

// maxFeatureBytes bounds the body of one feature.
const maxFeatureBytes = 8 << 20

func featureTypes() []string { return []string{geoJSONFormat.mediaType(), jsonFormat.mediaType()} }

func patchTypes() []string { return []string{mergePatchType} }

func batchTypes() []string { return []string{ndjsonType, jsonFormat.mediaType()} }

// checkContent holds the body's media type to those accepted. header is what
// names them to the client (Accept-Post, Accept-Patch). Without a Content-Type
// the status is 400, as part 4 asks.
func checkContent(w http.ResponseWriter, r *http.Request, header string, accepted []string) error {
	if header != "" {
		w.Header().Set(header, strings.Join(accepted, ", "))
	}
	text := r.Header.Get("Content-Type")
	if text == "" {
		return layers.InputErrorf("Content-Type", "is missing; it is one of %s", strings.Join(accepted, ", "))
	}
	if kind, _, err := mime.ParseMediaType(text); err != nil || !slices.Contains(accepted, kind) {
		return Refusef(http.StatusUnsupportedMediaType, "Content-Type: %s is not read here; send one of %s", layers.Shown(text), strings.Join(accepted, ", "))
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		w.Header().Set("Accept-Encoding", "identity")
		return Refusef(http.StatusUnsupportedMediaType, "Content-Encoding: %s is not read here; send the body as it is", layers.Shown(coding))
	}
	return nil
}

// readJSON reads a body of one JSON text.
func readJSON(w http.ResponseWriter, r *http.Request) (any, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFeatureBytes))
	if err != nil {
		return nil, bodyFault(err)
	}
	return parseJSON(data)
}

// bodyFault tells a body that is too large from one that broke off.
func bodyFault(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return Refusef(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	return layers.InputErrorf("body", "broke off: %v", err)
}

// contentCRS reads Content-Crs, the system of the body's coordinates (part 2):
// a URI in angle brackets, or without them.
func contentCRS(r *http.Request) (layers.CRS, error) {
	text := r.Header.Get("Content-Crs")
	if text == "" {
		return layers.CRS84, nil
	}
	if inner, ok := strings.CutPrefix(text, "<"); ok {
		text = strings.TrimSuffix(inner, ">")
	}
	return layers.ParseCRS("Content-Crs", text)
}
