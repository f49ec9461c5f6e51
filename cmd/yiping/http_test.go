package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

func TestMain(m *testing.M) { postgistest.Main(m) }

// newServer serves a fresh database; its client decompresses nothing by itself.
func newServer(t *testing.T) (url string, conn func(sql string)) {
	t.Helper()
	address := postgistest.URL(t)
	client := postgistest.Conn(t, address)
	url, images := serveStore(t, postgistest.Open(t, address))
	return url, func(sql string) {
		t.Helper()
		if _, err := client.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		awaitImages(t, images)
	}
}

// serveStore serves a store whose layers are in memory.
func serveStore(t *testing.T, store *postgis.Store) (url string, m *images) {
	t.Helper()
	return serveStoreWith(t, store, nil)
}

// serveStoreWith serves a store with a secret for live tokens.
func serveStoreWith(t *testing.T, store *postgis.Store, secret []byte) (url string, m *images) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	db := &database{store: store, liveSecret: secret}
	m = newImages(db, log)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.run(ctx) }()
	endStreams := runStreams(t, m)
	service := newService(db, m, log)
	heated, looked, counted := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { heated <- m.live.heat.run(ctx, m.live.hub) }()
	go func() { looked <- m.live.areas.run(ctx) }()
	go func() { counted <- m.live.indicators.Run(ctx, m.live.hub) }()
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := errors.Join(<-ended, <-heated, <-looked, <-counted); err != nil {
			t.Errorf("images, heat, areas or indicators ended with %v", err)
		}
		endStreams()
	})
	awaitImages(t, m)
	return server.URL, m
}

// imagesReady tells whether all layers have been read.
func imagesReady(m *images) bool {
	return !slices.ContainsFunc(m.set.Status(), func(s image.Status) bool { return s.State != image.Ready })
}

// awaitImages returns when the images have all that is committed.
func awaitImages(t *testing.T, m *images) {
	t.Helper()
	for {
		next := m.news.wait()
		lag, known, err := m.lag(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if known && lag == 0 && imagesReady(m) {
			return
		}
		select {
		case <-next:
		case <-t.Context().Done():
			t.Fatal("the images were not brought up to date")
		}
	}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func ask(t *testing.T, method, url string, header map[string]string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, body}
}

// Whatever is asked wrongly gets a problem document that says what.
func TestProblems(t *testing.T) {
	t.Parallel()
	url, _ := newServer(t)
	tests := []struct {
		name, method, path string
		status             int
		field, detail      string
	}{
		{"unknown layer", "GET", "/tiles/dragons/0/0/0.mvt", 404, "", `layer "dragons"`},
		{"one unknown layer", "GET", "/tiles/road,dragons/0/0/0.mvt", 404, "", `layer "dragons"`},
		{"SQL in a layer name", "GET", "/tiles/road'%3Bdrop%20table%20x--/0/0/0.mvt", 404, "", "layer"},
		{"layer twice", "GET", "/tiles/road,road/0/0/0.mvt", 400, "layers", "twice"},
		{"no layer", "GET", "/tiles/,/0/0/0.mvt", 404, "", `layer ""`},
		{"huge zoom", "GET", "/tiles/road/99/0/0.mvt", 400, "tile", "above 22"},
		{"absurd zoom", "GET", "/tiles/road/99999999999999999999/0/0.mvt", 400, "tile", "whole number"},
		{"x outside", "GET", "/tiles/road/3/8/0.mvt", 400, "tile", "above 7"},
		{"negative y", "GET", "/tiles/road/3/0/-1.mvt", 400, "tile", "whole number"},
		{"letters", "GET", "/tiles/road/a/b/c.mvt", 400, "tile", "whole number"},
		{"NaN", "GET", "/tiles/road/NaN/0/0.mvt", 400, "tile", "whole number"},
		{"other extension", "GET", "/tiles/road/0/0/0.png", 404, "", ".mvt"},
		{"no extension", "GET", "/tiles/road", 404, "", ".json"},
		{"dots in the path", "GET", "/tiles/road/0/0/..%2f..%2fetc%2fpasswd", 404, "", ".mvt"},
		{"item of unknown layer", "GET", "/ogc/collections/dragons/items/1", 404, "", "dragons"},
		{"unknown item", "GET", "/ogc/collections/road/items/1", 404, "", "no feature 1"},
		{"item id of letters", "GET", "/ogc/collections/road/items/one", 400, "id", "whole number"},
		{"item id too large", "GET", "/ogc/collections/road/items/99999999999999999999", 400, "id", "whole number"},
		{"unknown collection", "GET", "/ogc/collections/dragons", 404, "", "dragons"},
		{"unknown asset", "GET", "/assets/none.js", 404, "", "assets/none.js"},
		{"folder of assets", "GET", "/assets/", 404, "", "/assets/"},
		{"unknown page", "GET", "/nowhere", 404, "", "/nowhere"},
		{"wrong method", "POST", "/tiles/road/0/0/0.mvt", 405, "", "POST"},
		{"method without a route", "DELETE", "/ogc/collections/road", 405, "", "DELETE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, tt.method, url+tt.path, nil)
			if got.status != tt.status {
				t.Errorf("status = %d, want %d: %s", got.status, tt.status, got.body)
			}
			if kind := got.header.Get("Content-Type"); kind != "application/problem+json" {
				t.Fatalf("content type = %q: %s", kind, got.body)
			}
			var p problem
			if err := json.Unmarshal(got.body, &p); err != nil {
				t.Fatal(err)
			}
			if p.Status != tt.status || p.Field != tt.field || !strings.Contains(p.Detail, tt.detail) || p.Title == "" {
				t.Errorf("problem = %+v, want field %q and detail with %q", p, tt.field, tt.detail)
			}
			if p.RequestID == "" || p.RequestID != got.header.Get("X-Request-Id") {
				t.Errorf("request id %q in the body, %q in the header", p.RequestID, got.header.Get("X-Request-Id"))
			}
		})
	}
}

func TestTileOverHTTP(t *testing.T) {
	t.Parallel()
	url, sql := newServer(t)
	sql("INSERT INTO city.road (class, geom) VALUES ('primary', 'SRID=4326;LINESTRING(0 0, 1 1)')")
	tile := url + "/tiles/road,district/12/2048/2047.mvt" // tiles of low zooms may be a second old

	plain := ask(t, "GET", tile, map[string]string{"Accept-Encoding": "identity"})
	if plain.status != 200 || plain.header.Get("Content-Encoding") != "" || len(plain.body) == 0 {
		t.Fatalf("plain tile: %d %v", plain.status, plain.header)
	}
	zipped := ask(t, "GET", tile, map[string]string{"Accept-Encoding": "br;q=1.0, gzip;q=0.8"})
	if zipped.header.Get("Content-Encoding") != "gzip" || zipped.header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("zipped tile: %v", zipped.header)
	}
	z, err := gzip.NewReader(strings.NewReader(string(zipped.body)))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(unzipped, plain.body); diff != "" {
		t.Errorf("the zipped tile is another:\n%s", diff)
	}
	refused := ask(t, "GET", tile, map[string]string{"Accept-Encoding": "gzip;q=0"})
	if refused.header.Get("Content-Encoding") != "" {
		t.Error("gzip was sent to a client that refuses it")
	}
	// Each encoding has its own strong tag, and the tag saves the bytes.
	if plain.header.Get("ETag") == zipped.header.Get("ETag") {
		t.Error("two encodings share a strong ETag")
	}
	again := ask(t, "GET", tile, map[string]string{"Accept-Encoding": "gzip", "If-None-Match": zipped.header.Get("ETag")})
	if again.status != 304 || len(again.body) != 0 {
		t.Errorf("unchanged tile: %d with %d bytes, want 304 with none", again.status, len(again.body))
	}
	sql("UPDATE city.road SET name = 'new'")
	changed := ask(t, "GET", tile, map[string]string{"Accept-Encoding": "gzip", "If-None-Match": zipped.header.Get("ETag")})
	if changed.status != 200 {
		t.Errorf("changed tile: %d, want 200", changed.status)
	}
	if empty := ask(t, "GET", url+"/tiles/road/12/0/0.mvt", nil); empty.status != 204 || len(empty.body) != 0 {
		t.Errorf("empty tile: %d with %d bytes, want 204 with none", empty.status, len(empty.body))
	}
}

func TestTileJSON(t *testing.T) {
	t.Parallel()
	url, _ := newServer(t)
	got := ask(t, "GET", url+"/tiles/road,component.json", nil)
	want := `{"tilejson":"3.0.0","name":"road,component","tiles":["` + url + `/tiles/road,component/{z}/{x}/{y}.mvt"],` +
		`"vector_layers":[{"id":"road","description":"道路 Roads","fields":{"bridge":"Boolean","class":"String","line_count":"Number","name":"String","tunnel":"Boolean"},"minzoom":7,"maxzoom":18},` +
		`{"id":"component","description":"城市部件 City components","fields":{"class":"String","point_count":"Number","state":"String",` +
		`"state:丢失":"Number","state:完好":"Number","state:废弃":"Number","state:破损":"Number","state:移除":"Number"},"minzoom":0,"maxzoom":18},` +
		`{"id":"_meta","description":"How complete the other layers of a tile are","fields":{"as_of":"String","cut":"Boolean","layer":"String","shown":"Number",` +
		`"synthetic":"Boolean","thinned":"Boolean","total":"Number"},"minzoom":0,"maxzoom":18}],"minzoom":0,"maxzoom":18}`
	if diff := cmp.Diff(string(got.body), want); diff != "" {
		t.Errorf("TileJSON (-got +want):\n%s", diff)
	}
}

func TestItemHasAllItsFields(t *testing.T) {
	t.Parallel()
	url, sql := newServer(t)
	sql("INSERT INTO city.district (code, name, geom) VALUES ('310101', '黄浦区', 'SRID=4326;MULTIPOLYGON(((121 31, 122 31, 122 32, 121 31)))')")
	sql("INSERT INTO city.component (code, class, state, installed, source, source_id, geom) VALUES ('31010101001000001', '01001', '破损', '2019-05-01', 's', '7', 'SRID=4326;POINT(121.9 31.1)')")
	got := ask(t, "GET", url+"/ogc/collections/component/items/1", nil)
	if got.header.Get("Content-Type") != "application/geo+json" {
		t.Fatalf("answer: %d %s", got.status, got.body)
	}
	var feature struct {
		Type       string
		ID         int
		Geometry   map[string]any
		Properties map[string]any
		Regions    map[string]any
	}
	if err := json.Unmarshal(got.body, &feature); err != nil {
		t.Fatal(err)
	}
	delete(feature.Properties, "updated_at")
	want := map[string]any{
		"code": "31010101001000001", "class": "01001", "state": "破损", "installed": "2019-05-01", "source": "s", "source_id": "7",
		"synthetic": false, "version": 1.0, "district": "310101", "street": nil, "village": nil,
		"accuracy": nil, "owner": nil, "maintainer": nil, "name": nil,
	}
	if diff := cmp.Diff(feature.Properties, want); diff != "" {
		t.Errorf("properties (-got +want):\n%s", diff)
	}
	regions := map[string]any{"district": map[string]any{"code": "310101", "name": "黄浦区"}, "street": nil, "village": nil}
	if diff := cmp.Diff(feature.Regions, regions); diff != "" {
		t.Errorf("regions (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(feature.Geometry, map[string]any{"type": "Point", "coordinates": []any{121.9, 31.1}}); diff != "" {
		t.Errorf("geometry (-got +want):\n%s", diff)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	url, _ := newServer(t)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if got := ask(t, "GET", url+path, nil); got.status != 200 || string(got.body) != want {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
	if got := ask(t, "GET", url+"/metrics", nil); !strings.Contains(string(got.body), `yiping_http_request_duration_seconds_count{route="GET /readyz",status="200"}`) {
		t.Errorf("metrics lack the requests:\n%s", got.body)
	}
}
