package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"yiping/layers"
)

// Bounds of a page of versions, which is held in memory.
const (
	defaultVersions = 10
	maxVersions     = 100
)

// The link relations of RFC 5829.
const (
	relVersions = "version-history"
	relLatest   = "latest-version"
)

// versionLinks lead from a feature to its other versions.
func versionLinks(r *http.Request, l *layers.Layer, v layers.Version) []link {
	if !l.History {
		return nil
	}
	at := root(r) + "/collections/" + l.Name + "/items/" + strconv.FormatInt(v.Item.ID, 10)
	links := []link{{Href: at + "/history", Rel: relVersions, Type: geoJSONFormat.mediaType(), Title: "各版本 Versions"}}
	if !v.From.IsZero() {
		links = append(links, link{Href: at, Rel: relLatest, Type: geoJSONFormat.mediaType(), Title: "现状 As it is now"})
	}
	return links
}

// versionAt reads a feature as it was at the instant of the parameter datetime.
func (h handlers) versionAt(ctx context.Context, p parameters, l *layers.Layer, id int64, crs layers.CRS) (layers.Version, error) {
	from, to, err := p.times()
	switch {
	case err != nil:
		return layers.Version{}, err
	case from == nil || to == nil || !from.Equal(*to):
		return layers.Version{}, layers.InputErrorf("datetime", "is an interval; a feature is asked for at one time, and …/items/%d/history lists the versions of an interval", id)
	case !l.History:
		return layers.Version{}, layers.InputErrorf("datetime", "the layer %s keeps no history", l.Name)
	}
	found, err := h.store.Versions(ctx, &layers.VersionQuery{Layer: l, ID: id, From: from, To: to, Limit: 1, CRS: crs})
	if err != nil {
		return layers.Version{}, err
	}
	if len(found) == 0 {
		return layers.Version{}, fmt.Errorf("%w: layer %s had no feature %d at %s", layers.ErrNotFound, l.Name, id, from.Format(time.RFC3339Nano))
	}
	return found[0], nil
}

// history answers with the versions of a feature, the newest first, also of one
// that has been deleted.
func (h handlers) history(w http.ResponseWriter, r *http.Request) error {
	l, id, err := h.itemAddress(r)
	if err != nil {
		return err
	}
	p, err := readParameters(r, "crs", "cursor", "datetime", "f", "limit")
	if err != nil {
		return err
	}
	f, err := p.negotiate(w, r, geoJSONFormat, htmlFormat)
	if err != nil {
		return err
	}
	q, err := p.versions(l, id)
	if err != nil {
		return err
	}
	if !l.History {
		return fmt.Errorf("%w: the layer %s keeps no history", layers.ErrNotFound, l.Name)
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	limit := q.Limit
	q.Limit++ // one more tells whether there are more
	versions, err := h.store.Versions(ctx, q)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return fmt.Errorf("%w: layer %s has no such version of feature %d", layers.ErrNotFound, l.Name, id)
	}
	links := append(
		selfLinks(r, f, geoJSONFormat, htmlFormat),
		link{Href: root(r) + "/collections/" + l.Name, Rel: "collection", Type: "application/json"},
	)
	if len(versions) > limit {
		versions = versions[:limit]
		links = append(links, olderLink(r, versions[limit-1], f))
	}
	if f == htmlFormat {
		return h.versionsTable(w, r, l, id, versions, links)
	}
	body, err := versionsBody(l, versions, links)
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", geoJSONFormat.mediaType())
	header.Set("Content-Crs", "<"+q.CRS.URI()+">")
	header.Set("Cache-Control", "no-cache")
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}

// versions reads the parameters that choose versions of a feature. A cursor is
// the time at which the last version of the page before began.
func (p parameters) versions(l *layers.Layer, id int64) (*layers.VersionQuery, error) {
	q := &layers.VersionQuery{Layer: l, ID: id}
	var err error
	if q.From, q.To, err = p.times(); err != nil {
		return nil, err
	}
	if q.CRS, err = p.crs("crs"); err != nil {
		return nil, err
	}
	if q.Limit, err = p.limit(defaultVersions, maxVersions); err != nil {
		return nil, err
	}
	if p.values.Has("cursor") {
		before, err := time.Parse(time.RFC3339Nano, p.values.Get("cursor"))
		if err != nil {
			return nil, layers.InputErrorf("cursor", "is not one of a next link")
		}
		q.Before = &before
	}
	return q, nil
}

func olderLink(r *http.Request, last layers.Version, f format) link {
	href := self(r, map[string]string{"cursor": last.From.UTC().Format(time.RFC3339Nano)})
	return link{Href: href, Rel: "next", Type: f.mediaType(), Title: "更早的版本 Earlier versions"}
}

// versionsBody is versions as a collection of GeoJSON features, each with the time
// in which it held.
func versionsBody(l *layers.Layer, versions []layers.Version, links []link) ([]byte, error) {
	e := newFeatureEncoder(l.Columns())
	body := []byte(`{"type":"FeatureCollection","features":[`)
	for i, v := range versions {
		if i > 0 {
			body = append(body, ',')
		}
		body = bytes.TrimSuffix(e.append(body, v.Item), []byte("}"))
		body = append(body, `,"valid_from":"`...)
		body = append(appendTime(body, layers.DateTime, v.From), '"')
		if !v.To.IsZero() {
			body = append(body, `,"valid_to":"`...)
			body = append(appendTime(body, layers.DateTime, v.To), '"')
		}
		body = append(body, '}')
	}
	rest, err := json.Marshal(struct {
		Links     []link    `json:"links"`
		TimeStamp time.Time `json:"timeStamp"`
		Returned  int       `json:"numberReturned"`
	}{links, time.Now().UTC(), len(versions)})
	if err != nil {
		return nil, err
	}
	return append(append(body, `],`...), rest[1:]...), nil
}

// versionsTable answers with the versions as a table, a version a line.
func (h handlers) versionsTable(w http.ResponseWriter, r *http.Request, l *layers.Layer, id int64, versions []layers.Version, links []link) error {
	t := &table{Head: []string{"起 From", "止 To"}}
	for _, c := range l.Columns() {
		t.Head = append(t.Head, c.Title.Zh)
	}
	for _, v := range versions {
		from, to := shownValue(layers.DateTime, v.From), ""
		if !v.To.IsZero() {
			to = shownValue(layers.DateTime, v.To)
		}
		row := []cell{{Text: from, Href: root(r) + "/collections/" + l.Name + "/items/" + strconv.FormatInt(id, 10) + "?f=html&datetime=" + from}, {Text: to}}
		for i, c := range l.Columns() {
			row = append(row, cell{Text: shownValue(c.Type, v.Item.Values[i])})
		}
		t.Rows = append(t.Rows, row)
	}
	text, err := h.mark(r.Context(), l)
	if err != nil {
		return err
	}
	return h.page(w, page{
		Title: fmt.Sprintf("%s %d · 历史 History", l.Title.Zh, id),
		Text:  text, Up: root(r) + "/collections/" + l.Name + "/items", Table: t, Links: links[1:],
	})
}
