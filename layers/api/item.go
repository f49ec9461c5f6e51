package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"yiping/layers"
)

func (h handlers) item(w http.ResponseWriter, r *http.Request) error {
	l, id, err := h.itemAddress(r)
	if err != nil {
		return err
	}
	p, err := readParameters(r, "crs", "f")
	if err != nil {
		return err
	}
	f, err := p.negotiate(w, r, geoJSONFormat, htmlFormat)
	if err != nil {
		return err
	}
	crs, err := p.crs("crs")
	if err != nil {
		return err
	}
	if f == htmlFormat {
		crs = layers.CRS84 // its map is drawn as it is stored
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	item, err := h.store.Item(ctx, l, id, crs)
	if err != nil {
		return err
	}
	if f == htmlFormat {
		return h.itemTable(w, r, l, item)
	}
	body, err := itemBody(r, l, item)
	if err != nil {
		return err
	}
	tag := itemTag(itemVersion(l, item), body)
	header := w.Header()
	header.Set("ETag", tag)
	header.Set("Cache-Control", "no-cache")
	if unchanged(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header.Set("Content-Type", geoJSONFormat.mediaType())
	header.Set("Content-Crs", "<"+crs.URI()+">")
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}

// itemAddress finds the layer, and reads the feature's id, in a path.
func (h handlers) itemAddress(r *http.Request) (*layers.Layer, int64, error) {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return nil, 0, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, 0, layers.InputErrorf("id", "%q is not a whole number", r.PathValue("id"))
	}
	return l, id, nil
}

// itemBody is a feature as GeoJSON with the names of its regions and links; r is
// a request for its address.
func itemBody(r *http.Request, l *layers.Layer, item *layers.Item) ([]byte, error) {
	links := append(
		selfLinks(r, geoJSONFormat, geoJSONFormat, htmlFormat),
		link{Href: root(r) + "/collections/" + l.Name, Rel: "collection", Type: "application/json"},
	)
	rest, err := json.Marshal(struct {
		Regions map[string]*layers.RegionName `json:"regions"`
		Links   []link                        `json:"links"`
	}{item.Regions, links})
	if err != nil {
		return nil, err
	}
	body := bytes.TrimSuffix(newFeatureEncoder(l.Columns()).append(nil, item), []byte("}"))
	return append(append(body, ','), rest[1:]...), nil
}

// itemVersion is the version of a feature that was read with all columns.
func itemVersion(l *layers.Layer, item *layers.Item) int32 {
	i := slices.IndexFunc(l.Columns(), func(c layers.Property) bool { return c.Name == "version" })
	n, _ := item.Values[i].(int64)
	return int32(n)
}
