package tiles

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
	"yiping/tiles/internal/cache"
)

// mediaType is that of tiles.
const mediaType = "application/vnd.mapbox-vector-tile"

// Register adds the handlers under /tiles, and those of OGC API Tiles under /ogc.
func (e *Engine) Register(handle api.Handle) {
	handle("GET /tiles/{layers}/{z}/{x}/{y}", e.tile)
	handle("GET /tiles/{layers}/style.json", e.style)
	handle("GET /tiles/{layers}", e.tileJSON)
	e.registerOGC(handle)
}

func (e *Engine) tile(w http.ResponseWriter, r *http.Request) error {
	row, ok := strings.CutSuffix(r.PathValue("y"), ".mvt")
	if !ok {
		return fmt.Errorf("%w: tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt", layers.ErrNotFound)
	}
	q, err := readQuery(r, e.store.Catalog(), r.PathValue("layers"))
	if err != nil {
		return err
	}
	return e.answer(w, r, q, r.PathValue("z"), r.PathValue("x"), row)
}

// answer sends the tile of an address. Clients keep it, but ask again each time,
// which costs next to nothing while it has not changed.
func (e *Engine) answer(w http.ResponseWriter, r *http.Request, q *Query, z, x, y string) error {
	id, err := geo.ParseTileID(z, x, y)
	if err != nil {
		return &layers.InputError{Field: "tile", Reason: err.Error()}
	}
	encoding := plain
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		encoding = gzipCoded
	}
	entry, err := e.finished(r.Context(), q, id, encoding)
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	header.Set("Vary", "Accept-Encoding")
	if entry.Stale() {
		header.Set("Age", strconv.Itoa(int(entry.Age().Seconds())))
	}
	if len(entry.Body) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	header.Set("ETag", entry.ETag)
	if matches(r.Header.Get("If-None-Match"), entry.ETag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(len(entry.Body)))
	if encoding != plain {
		header.Set("Content-Encoding", string(encoding))
	}
	_, _ = w.Write(entry.Body) // a client that has gone is nobody's error
	return nil
}

// finished is a tile of the cache.
func (e *Engine) finished(ctx context.Context, q *Query, id geo.TileID, c encoding) (*cache.Entry, error) {
	key := cache.Key{Tile: id, Form: string(c) + "\x00" + q.form}
	return e.cache.Get(ctx, key, q.names, func(ctx context.Context) (body []byte, tag string, err error) {
		err = e.encode(ctx, q, id, func(tile []byte) error {
			p := e.packers.Get().(*packer)
			defer e.packers.Put(p)
			body, err = p.pack(tile, c)
			return err
		})
		return body, tagOf(body), err
	})
}

// acceptsGzip reads Accept-Encoding as far as it matters here: gzip or * with a
// weight above zero (RFC 9110, 12.5.3).
func acceptsGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		q, weighted := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		if !weighted {
			return true
		}
		value, err := strconv.ParseFloat(q, 64)
		return err == nil && value > 0
	}
	return false
}

// matches tells whether If-None-Match names the tag (RFC 9110, 13.1.2; weak
// comparison, as proxies may have weakened it).
func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == etag {
			return true
		}
	}
	return false
}
