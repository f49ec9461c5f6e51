package tiles_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"yiping/geo"
	"yiping/layers"
	"yiping/tiles"
)

// source makes tiles that say what was asked for.
type source struct {
	tile func(ctx context.Context, ls []*layers.Layer, id geo.TileID) ([]byte, error)
}

func (s source) Catalog() *layers.Catalog {
	return layers.NewCatalog([]*layers.Layer{{Name: "road", Zoom: layers.ZoomRange{Max: 22}}, {Name: "water", Zoom: layers.ZoomRange{Max: 22}}})
}

func (s source) Sources(context.Context) (map[string][]layers.Source, error) {
	return map[string][]layers.Source{}, nil
}

func (s source) Summaries(context.Context) (map[string]layers.Summary, error) {
	return map[string]layers.Summary{}, nil
}

func (s source) Tile(ctx context.Context, ls []*layers.Layer, id geo.TileID) ([]byte, error) {
	return s.tile(ctx, ls, id)
}

// get asks the handlers, and returns the error that they leave to their caller.
func get(t *testing.T, s source, path string, header map[string]string) (*httptest.ResponseRecorder, error) {
	t.Helper()
	mux := http.NewServeMux()
	var failed error
	tiles.Register(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { failed = h(w, r) })
	}, s)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w, failed
}

func text(s string) source {
	return source{func(context.Context, []*layers.Layer, geo.TileID) ([]byte, error) { return []byte(s), nil }}
}

func TestTileAsksForWhatTheAddressNames(t *testing.T) {
	t.Parallel()
	var names []string
	var id geo.TileID
	s := source{func(_ context.Context, ls []*layers.Layer, asked geo.TileID) ([]byte, error) {
		for _, l := range ls {
			names = append(names, l.Name)
		}
		id = asked
		return []byte("x"), nil
	}}
	if _, err := get(t, s, "/tiles/water,road/3/1/2.mvt", nil); err != nil {
		t.Fatal(err)
	}
	if len(names) != 2 || names[0] != "water" || names[1] != "road" || id != (geo.TileID{Z: 3, X: 1, Y: 2}) {
		t.Errorf("asked for %v of %v", names, id)
	}
}

func TestTileErrorsReachTheCaller(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	w, err := get(t, source{func(context.Context, []*layers.Layer, geo.TileID) ([]byte, error) { return []byte("half"), broken }}, "/tiles/road/0/0/0.mvt", nil)
	if !errors.Is(err, broken) {
		t.Errorf("error = %v, want the source's", err)
	}
	if w.Body.Len() != 0 {
		t.Errorf("part of a tile was sent: %q", w.Body)
	}
}

func TestTileEncodingFollowsAcceptEncoding(t *testing.T) {
	t.Parallel()
	tests := []struct{ accept, want string }{
		{"", ""},
		{"gzip", "gzip"},
		{"GZIP", "gzip"},
		{"deflate, gzip;q=1.0, *;q=0.5", "gzip"},
		{"*", "gzip"},
		{"gzip;q=0", ""},
		{"gzip; q=0.000", ""},
		{"gzip;q=nonsense", ""},
		{"br, deflate", ""},
		{"xgzip", ""},
	}
	for _, tt := range tests {
		w, err := get(t, text("tile"), "/tiles/road/0/0/0.mvt", map[string]string{"Accept-Encoding": tt.accept})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding %q: encoding %q, want %q", tt.accept, got, tt.want)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("Accept-Encoding %q: headers %v", tt.accept, w.Header())
		}
	}
}

func TestTileConditional(t *testing.T) {
	t.Parallel()
	first, err := get(t, text("tile"), "/tiles/road/0/0/0.mvt", nil)
	if err != nil {
		t.Fatal(err)
	}
	etag := first.Header().Get("ETag")
	tests := []struct {
		name, header, body string
		want               int
	}{
		{"same", etag, "tile", http.StatusNotModified},
		{"weakened by a proxy", "W/" + etag, "tile", http.StatusNotModified},
		{"one of several", `"x", ` + etag, "tile", http.StatusNotModified},
		{"any", "*", "tile", http.StatusNotModified},
		{"another", `"x"`, "tile", http.StatusOK},
		{"changed tile", etag, "other", http.StatusOK},
		{"now empty", etag, "", http.StatusNoContent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := get(t, text(tt.body), "/tiles/road/0/0/0.mvt", map[string]string{"If-None-Match": tt.header})
			if err != nil {
				t.Fatal(err)
			}
			if w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
			if tt.want != http.StatusOK && w.Body.Len() > 0 {
				t.Errorf("%d with a body of %d bytes", w.Code, w.Body.Len())
			}
		})
	}
}

func FuzzTileAddress(f *testing.F) {
	for _, path := range []string{"road/0/0/0.mvt", "road,water/22/1/1.mvt", "%2e%2e/0/0/0.mvt", "road/-1/0/0.mvt", "road.json", ",.json"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.URL.Path = "/tiles/" + path
		mux := http.NewServeMux()
		tiles.Register(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
			mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
				err := h(w, r)
				var input *layers.InputError
				if err != nil && !errors.As(err, &input) && !errors.Is(err, layers.ErrNotFound) {
					t.Errorf("%q: %v is nobody's fault", path, err)
				}
			})
		}, source{func(_ context.Context, ls []*layers.Layer, id geo.TileID) ([]byte, error) {
			if len(ls) == 0 || id.Z > geo.MaxZoom || uint64(id.X)>>id.Z != 0 || uint64(id.Y)>>id.Z != 0 {
				t.Errorf("%q: asked for %d layers of %v", path, len(ls), id)
			}
			return nil, nil
		}})
		mux.ServeHTTP(httptest.NewRecorder(), r)
	})
}
