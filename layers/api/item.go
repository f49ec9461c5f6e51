package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yiping/layers"
)

func (h handlers) item(w http.ResponseWriter, r *http.Request) error {
	l, id, err := h.itemAddress(r)
	if err != nil {
		return err
	}
	p, err := readParameters(r, "crs", "datetime", "f")
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
	v, err := h.version(ctx, p, l, id, crs)
	if err != nil {
		return err
	}
	if f == htmlFormat {
		return h.itemTable(w, r, l, v.Item)
	}
	body, err := itemBody(r, l, v)
	if err != nil {
		return err
	}
	tag := itemTag(itemVersion(l, v.Item), body)
	header := w.Header()
	header.Set("ETag", tag)
	header.Set("Cache-Control", "no-cache")
	if Unchanged(r, tag) {
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

// version is the feature as it is now, or as it was at the parameter datetime;
// only then it says from when to when.
func (h handlers) version(ctx context.Context, p parameters, l *layers.Layer, id int64, crs layers.CRS) (layers.Version, error) {
	if !p.values.Has("datetime") {
		item, err := h.store.Item(ctx, l, id, crs)
		return layers.Version{Item: item}, err
	}
	return h.versionAt(ctx, p, l, id, crs)
}

// itemBody is a feature as GeoJSON with the names of its regions and links; r is
// a request for its address.
func itemBody(r *http.Request, l *layers.Layer, v layers.Version) ([]byte, error) {
	links := append(
		selfLinks(r, geoJSONFormat, geoJSONFormat, htmlFormat),
		link{Href: root(r) + "/collections/" + l.Name, Rel: "collection", Type: "application/json"},
	)
	links = append(links, versionLinks(r, l, v)...)
	rest, err := json.Marshal(struct {
		ValidFrom time.Time                     `json:"valid_from,omitzero"`
		ValidTo   time.Time                     `json:"valid_to,omitzero"`
		Regions   map[string]*layers.RegionName `json:"regions"`
		Links     []link                        `json:"links"`
	}{v.From.UTC(), v.To.UTC(), v.Item.Regions, links})
	if err != nil {
		return nil, err
	}
	body := bytes.TrimSuffix(newFeatureEncoder(l.Columns()).append(nil, v.Item), []byte("}"))
	return append(append(body, ','), rest[1:]...), nil
}

// itemVersion is the version of a feature that was read with all columns.
func itemVersion(l *layers.Layer, item *layers.Item) int32 {
	i := slices.IndexFunc(l.Columns(), func(c layers.Property) bool { return c.Name == "version" })
	n, _ := item.Values[i].(int64)
	return int32(n)
}
