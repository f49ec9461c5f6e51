package api

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"

	"yiping/layers"
)

// pageTimeout bounds one page or one item; the client gets a 504 then. Streams
// take as long as somebody reads them.
const pageTimeout = 30 * time.Second

// maxPageBytes ends a page early, with a next link, whose features are so large
// that limit alone would not bound it.
const maxPageBytes = 32 << 20

// itemFormats are what features come in, the one for any client first.
func itemFormats() []format { return []format{geoJSONFormat, seqFormat, csvFormat, htmlFormat} }

func itemsParameters() []string {
	return []string{
		"bbox", "bbox-crs", "count", "crs", "cursor", "datetime", "f", "filter", "filter-crs",
		"filter-lang", "limit", "offset", "properties", "sortby",
	}
}

func (h handlers) items(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	p, err := readParameters(r, itemsParameters()...)
	if err != nil {
		return err
	}
	f, err := p.negotiate(w, r, itemFormats()...)
	if err != nil {
		return err
	}
	q, err := p.query(l)
	if err != nil {
		return err
	}
	count, err := p.count()
	if err != nil {
		return err
	}
	if f == seqFormat || f == csvFormat {
		if q.Limit, err = p.limit(0, math.MaxInt32); err != nil {
			return err
		}
		q.AnyOrder = q.Limit == 0 && q.Offset == 0 && q.After == nil
		q.ByPlace = q.ByPlace && !q.AnyOrder
		return h.stream(w, r, f, q)
	}
	limit, err := p.limit(defaultLimit, maxLimit)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	if f == htmlFormat {
		return h.itemsTable(ctx, w, r, q, limit)
	}
	return h.itemsPage(ctx, w, r, q, limit, count)
}

// itemsPage answers with one page as GeoJSON. It is complete before its first
// byte is sent, so that a fault becomes an error and not half an answer.
func (h handlers) itemsPage(ctx context.Context, w http.ResponseWriter, r *http.Request, q *layers.Query, limit int, count counting) error {
	e := newFeatureEncoder(q.Columns)
	body := []byte(`{"type":"FeatureCollection","features":[`)
	got, err := h.read(ctx, q, limit, func(item *layers.Item) bool {
		if item != nil && len(body) > 0 && body[len(body)-1] == '}' {
			body = append(body, ',')
		}
		body = e.append(body, item)
		return len(body) < maxPageBytes
	})
	if err != nil {
		return err
	}
	matched, kind, err := h.matched(ctx, q, got, count)
	if err != nil {
		return err
	}
	links := selfLinks(r, geoJSONFormat, itemFormats()...)
	links = append(links, link{Href: root(r) + "/collections/" + q.Layer.Name, Rel: "collection", Type: "application/json"})
	next, err := got.nextLink(r, q, geoJSONFormat)
	if err != nil {
		return err
	}
	rest, err := json.Marshal(struct {
		Links     []link    `json:"links"`
		TimeStamp time.Time `json:"timeStamp"`
		Returned  int       `json:"numberReturned"`
		Matched   *int64    `json:"numberMatched,omitempty"`
		// Count says how numberMatched was found.
		Count counting `json:"count"`
	}{append(links, next...), time.Now().UTC(), got.items, matched, kind})
	if err != nil {
		return err
	}
	body = append(append(body, `],`...), rest[1:]...)
	header := w.Header()
	header.Set("Content-Type", geoJSONFormat.mediaType())
	header.Set("Content-Crs", "<"+q.CRS.URI()+">")
	header.Set("Cache-Control", "no-cache")
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}

// reading is what came of reading a page.
type reading struct {
	items int
	last  layers.Place
	more  bool // there are features behind last
}

// read visits up to limit features of a query, fewer if visit has enough.
func (h handlers) read(ctx context.Context, q *layers.Query, limit int, visit func(*layers.Item) bool) (reading, error) {
	q.Limit = limit + 1 // one more tells whether there are more
	var got reading
	full := false
	for item, err := range h.store.Items(ctx, q) {
		if err != nil {
			return got, err
		}
		if full {
			got.more = true
			break
		}
		full = !visit(item)
		got.items++
		full = full || got.items == limit
		got.last = layers.Place{Keys: append(got.last.Keys[:0], item.Keys...), ID: item.ID}
	}
	return got, nil
}

// nextLink leads to the next page, by key: however deep it is, and whatever has
// been added or removed before it, it starts behind the last feature of this.
func (got *reading) nextLink(r *http.Request, q *layers.Query, f format) ([]link, error) {
	if !got.more {
		return nil, nil
	}
	at, err := encodeCursor(q.Order(), got.last)
	if err != nil {
		return nil, fmt.Errorf("write cursor: %w", err)
	}
	href := self(r, map[string]string{"cursor": at, "offset": ""})
	return []link{{Href: href, Rel: "next", Type: f.mediaType(), Title: "下一页 Next page"}}, nil
}

// matched is numberMatched and how it was found. A first page that holds all
// there is knows it for nothing; otherwise the database is asked only if the
// client asked for it.
func (h handlers) matched(ctx context.Context, q *layers.Query, got reading, count counting) (*int64, counting, error) {
	if !got.more && q.After == nil && (got.items > 0 || q.Offset == 0) {
		n := q.Offset + int64(got.items)
		return &n, countExact, nil
	}
	var n int64
	var err error
	switch count {
	case countExact:
		n, err = h.store.CountItems(ctx, q)
	case countEstimated:
		n, err = h.store.EstimateItems(ctx, q)
	default:
		return nil, countNone, nil
	}
	return &n, count, err
}
