package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"yiping/layers"
)

// registerWrites adds what changes features (OGC API Features, part 4, draft).
func (h handlers) registerWrites(handle Handle) {
	const items = "/ogc/collections/{layer}/items"
	handle("POST "+items, h.create)
	handle("OPTIONS "+items, h.itemsOptions)
	handle("PUT "+items+"/{id}", func(w http.ResponseWriter, r *http.Request) error {
		return h.change(w, r, layers.Replace, "", featureTypes())
	})
	handle("PATCH "+items+"/{id}", func(w http.ResponseWriter, r *http.Request) error {
		return h.change(w, r, layers.Patch, "Accept-Patch", patchTypes())
	})
	handle("DELETE "+items+"/{id}", h.remove)
	handle("OPTIONS "+items+"/{id}", h.itemOptions)
	handle("POST /ogc/collections/{layer}/batch", h.batch)
}

// itemsOptions tells what may be done to a layer.
func (h handlers) itemsOptions(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.store.Catalog().Layer(r.PathValue("layer")); err != nil {
		return err
	}
	w.Header().Set("Allow", "GET, HEAD, OPTIONS, POST")
	w.Header().Set("Accept-Post", strings.Join(featureTypes(), ", "))
	return nil
}

// itemOptions tells what may be done to a feature.
func (h handlers) itemOptions(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := h.itemAddress(r); err != nil {
		return err
	}
	w.Header().Set("Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")
	w.Header().Set("Accept-Patch", strings.Join(patchTypes(), ", "))
	return nil
}

// create answers POST with the new feature and its address.
func (h handlers) create(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	body, err := readWrite(w, r, l, "Accept-Post", featureTypes())
	if err != nil {
		return err
	}
	v, err := readJSON(w, r)
	if err != nil {
		return err
	}
	write, err := body.features.write(layers.Insert, 0, v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	item, err := h.store.Write(ctx, l, write, body.crs)
	if err != nil {
		return err
	}
	id := strconv.FormatInt(item.ID, 10)
	at := r.WithContext(ctx)
	at.URL = r.URL.JoinPath(id)
	w.Header().Set("Location", root(r)+"/collections/"+l.Name+"/items/"+id)
	return respond(w, at, http.StatusCreated, l, item, body.crs)
}

// change answers PUT and PATCH with the feature as it is stored then.
func (h handlers) change(w http.ResponseWriter, r *http.Request, op layers.WriteOp, header string, accepted []string) error {
	l, id, err := h.itemAddress(r)
	if err != nil {
		return err
	}
	body, err := readWrite(w, r, l, header, accepted)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	match, err := h.match(ctx, r, l, id)
	if err != nil {
		return err
	}
	v, err := readJSON(w, r)
	if err != nil {
		return err
	}
	write, err := body.features.write(op, id, v)
	if err != nil {
		return err
	}
	write.Match = match
	item, err := h.store.Write(ctx, l, write, body.crs)
	if err != nil {
		return err
	}
	return respond(w, r, http.StatusOK, l, item, body.crs)
}

// remove answers DELETE.
func (h handlers) remove(w http.ResponseWriter, r *http.Request) error {
	l, id, err := h.itemAddress(r)
	if err != nil {
		return err
	}
	if _, err := readParameters(r); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	match, err := h.match(ctx, r, l, id)
	if err != nil {
		return err
	}
	if _, err := h.store.Write(ctx, l, &layers.Write{Op: layers.Delete, ID: id, Match: match}, layers.CRS84); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// writeRequest is what a write says beside its body.
type writeRequest struct {
	// crs is that of the answer.
	crs      layers.CRS
	features featureReader
}

// readWrite reads the parameters and the headers of a write with a body.
func readWrite(w http.ResponseWriter, r *http.Request, l *layers.Layer, header string, accepted []string) (*writeRequest, error) {
	p, err := readParameters(r, "crs")
	if err != nil {
		return nil, err
	}
	crs, err := p.crs("crs")
	if err != nil {
		return nil, err
	}
	if err := checkContent(w, r, header, accepted); err != nil {
		return nil, err
	}
	of, err := contentCRS(r)
	return &writeRequest{crs, newFeatureReader(l, of)}, err
}

// match reads the precondition that every change of a feature must have: whoever
// changes one without having seen it would undo what others did. For a feature
// that does not exist, it is that which the client must know.
func (h handlers) match(ctx context.Context, r *http.Request, l *layers.Layer, id int64) (layers.Match, error) {
	m, given, err := ReadMatch(r)
	if given || err != nil {
		return m, err
	}
	item, err := h.store.Item(ctx, l, id, layers.CRS84)
	if err != nil {
		return m, err
	}
	return m, Refusef(http.StatusPreconditionRequired, "If-Match is required: send the ETag that GET gave with the feature you mean to change; it has version %d now. If-Match: * changes any version", itemVersion(l, item))
}

// respond answers with a feature that has just been written, as GET would; r is a
// request for its address. A client that prefers so gets no body (RFC 7240).
func respond(w http.ResponseWriter, r *http.Request, status int, l *layers.Layer, item *layers.Item, crs layers.CRS) error {
	body, err := itemBody(r, l, layers.Version{Item: item})
	if err != nil {
		return errors.Join(errors.New("the feature was written, but its answer was not"), err)
	}
	header := w.Header()
	header.Set("ETag", itemTag(itemVersion(l, item), body))
	header.Set("Cache-Control", "no-cache")
	if preference := prefers(r); preference != "" {
		header.Set("Preference-Applied", "return="+preference)
		if preference == "minimal" {
			if status == http.StatusOK {
				status = http.StatusNoContent
			}
			w.WriteHeader(status)
			return nil
		}
	}
	header.Set("Content-Type", geoJSONFormat.mediaType())
	header.Set("Content-Crs", "<"+crs.URI()+">")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}

// prefers reads the preference "return": minimal, representation, or none.
func prefers(r *http.Request) string {
	for _, line := range r.Header.Values("Prefer") {
		for word := range strings.FieldsFuncSeq(line, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
			switch strings.ToLower(word) {
			case "return=minimal":
				return "minimal"
			case "return=representation":
				return "representation"
			}
		}
	}
	return ""
}
