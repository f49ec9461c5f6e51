package tiles

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"yiping/geo"
	"yiping/layers"
)

// Source makes tiles.
type Source interface {
	// Catalog is the set of layers now.
	Catalog() *layers.Catalog
	// Sources tells where the features of each layer come from.
	Sources(ctx context.Context) (map[string][]layers.Source, error)
	// Summaries tells what each layer holds.
	Summaries(ctx context.Context) (map[string]layers.Summary, error)
	// Tile makes a tile of the layers, empty where there is nothing. It stops
	// when ctx is done.
	Tile(ctx context.Context, ls []*layers.Layer, id geo.TileID) ([]byte, error)
}

// timeout bounds the making of one tile; the client gets a 504 then.
const timeout = 30 * time.Second

// maxLayers bounds the layers of one request.
const maxLayers = 32

// Handle registers a handler that returns its error; the caller of Register
// renders it.
type Handle func(pattern string, h func(http.ResponseWriter, *http.Request) error)

// Register adds the handlers under /tiles.
func Register(handle Handle, source Source) {
	h := handlers{source}
	handle("GET /tiles/{layers}/{z}/{x}/{y}", h.tile)
	handle("GET /tiles/{layers}", h.tileJSON)
}

type handlers struct{ source Source }

func (h handlers) tile(w http.ResponseWriter, r *http.Request) error {
	row, ok := strings.CutSuffix(r.PathValue("y"), ".mvt")
	if !ok {
		return fmt.Errorf("%w: tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt", layers.ErrNotFound)
	}
	id, err := geo.ParseTileID(r.PathValue("z"), r.PathValue("x"), row)
	if err != nil {
		return &layers.InputError{Field: "tile", Reason: err.Error()}
	}
	ls, err := requested(h.source.Catalog(), r.PathValue("layers"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	data, err := h.source.Tile(ctx, ls, id)
	if err != nil {
		return err
	}
	return writeTile(w, r, data)
}

// requested finds the layers named in a path, each once, in the order given.
func requested(c *layers.Catalog, names string) ([]*layers.Layer, error) {
	var ls []*layers.Layer
	for name := range strings.SplitSeq(names, ",") {
		l, err := c.Layer(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ls, l) {
			return nil, layers.InputErrorf("layers", "%q is named twice", name)
		}
		if ls = append(ls, l); len(ls) > maxLayers {
			return nil, layers.InputErrorf("layers", "more than %d layers", maxLayers)
		}
	}
	return ls, nil
}

// writeTile answers with a tile as live data is cached: kept by the client, but
// asked for again each time, which costs nothing while it has not changed.
func writeTile(w http.ResponseWriter, r *http.Request, data []byte) error {
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	if len(data) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	header.Set("Vary", "Accept-Encoding")
	encoding := ""
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		encoding = "gzip"
	}
	// A strong tag names these very bytes, so each encoding has its own.
	etag := fmt.Sprintf("\"%x-%s\"", sha256.Sum256(data), encoding)
	header.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	if encoding == "" {
		header.Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data) // a client that has gone is nobody's error
		return nil
	}
	header.Set("Content-Encoding", encoding)
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("compress tile: %w", err)
	}
	_, _ = z.Write(data)
	_ = z.Close()
	return nil
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
