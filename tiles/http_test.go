package tiles_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/tiles"
	"yiping/tiles/mvt/mvttest"
)

// server answers as the program does, but leaves errors to its caller.
type server struct {
	mux    *http.ServeMux
	failed error
}

func newServer(e *tiles.Engine) *server {
	s := &server{mux: http.NewServeMux()}
	e.Register(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.failed = h(w, r) })
	})
	return s
}

// get asks with a header, given as name and value.
func (s *server) get(tb testing.TB, path string, header ...string) (*httptest.ResponseRecorder, error) {
	tb.Helper()
	s.failed = nil
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w, s.failed
}

// here is the address of the tile of a zoom that holds a row.
func here(f feature, z geo.Zoom) string {
	return geo.TileAt(f.geometry.(orb.Point), z).String() + ".mvt"
}

func TestTileEncodings(t *testing.T) {
	t.Parallel()
	rows := lamps(100)
	s := newServer(newWorld(t, map[string][]feature{"lamp": rows}).engine())
	path := "/tiles/lamp/" + here(rows[0], 9)
	raw, err := s.get(t, path)
	if err != nil {
		t.Fatal(err)
	}
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
		w, err := s.get(t, path, "Accept-Encoding", tt.accept)
		if err != nil {
			t.Fatal(err)
		}
		h := w.Header()
		if got := h.Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding %q: encoding %q, want %q", tt.accept, got, tt.want)
		}
		if h.Get("Vary") != "Accept-Encoding" || h.Get("Cache-Control") != "no-cache" || h.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
			t.Errorf("Accept-Encoding %q: headers %v", tt.accept, h)
		}
		if same := h.Get("ETag") == raw.Header().Get("ETag"); same != (tt.want == "") {
			t.Errorf("Accept-Encoding %q: the tag is that of the plain tile: %v", tt.accept, same)
		}
		var body io.Reader = w.Body
		if tt.want == "gzip" {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, raw.Body.Bytes()) {
			t.Errorf("Accept-Encoding %q: another tile, %v", tt.accept, err)
		}
	}
}

func TestTileConditional(t *testing.T) {
	t.Parallel()
	rows := lamps(100)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	e := w.engine()
	s := newServer(e)
	path := "/tiles/lamp/" + here(rows[0], 18)
	first, err := s.get(t, path)
	if err != nil {
		t.Fatal(err)
	}
	tag := first.Header().Get("ETag")
	status := func(t *testing.T, header string) int {
		t.Helper()
		w, err := s.get(t, path, "If-None-Match", header)
		if err != nil {
			t.Fatal(err)
		}
		if w.Code != http.StatusOK && w.Body.Len() > 0 {
			t.Errorf("%d with a body of %d bytes", w.Code, w.Body.Len())
		}
		return w.Code
	}
	for _, tt := range []struct {
		name, header string
		want         int
	}{
		{"same", tag, http.StatusNotModified},
		{"weakened by a proxy", "W/" + tag, http.StatusNotModified},
		{"one of several", `"x", ` + tag, http.StatusNotModified},
		{"any", "*", http.StatusNotModified},
		{"another", `"x"`, http.StatusOK},
	} {
		if got := status(t, tt.header); got != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.want)
		}
	}
	changed := rows[0]
	changed.values = map[string]any{"state": "broken"}
	w.apply(t, e, "lamp", []feature{changed})
	if got := status(t, tag); got != http.StatusOK {
		t.Errorf("after a change: status %d", got)
	}
	var gone []int64
	for _, f := range rows {
		gone = append(gone, f.id)
	}
	w.apply(t, e, "lamp", nil, gone...)
	if got := status(t, tag); got != http.StatusNoContent {
		t.Errorf("when all is gone: status %d", got)
	}
}

// A change drops the tiles that it alters, filtered or not, and no other.
func TestInvalidationIsExact(t *testing.T) {
	t.Parallel()
	rows := lamps(1000)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	e := w.engine()
	s := newServer(e)
	from, to, elsewhere := rows[0], rows[0], rows[500]
	to.geometry = orb.Point{121.9, 31.9}
	paths := map[string]bool{ // whether the change alters it
		here(from, 14): true, here(to, 14): true, here(elsewhere, 18): false, here(from, 22): true,
		here(from, 16) + "?filter=state='ok'": true, here(elsewhere, 18) + "?filter=state='ok'": false,
	}
	ask := func() {
		for path := range paths {
			if _, err := s.get(t, "/tiles/lamp/"+path); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask()
	misses := e.Stats().Misses
	ask()
	if again := e.Stats().Misses - misses; again != 0 {
		t.Errorf("%d tiles were made again without a change", again)
	}
	w.apply(t, e, "lamp", []feature{to})
	for path, altered := range paths {
		before := e.Stats().Misses
		if _, err := s.get(t, "/tiles/lamp/"+path); err != nil {
			t.Fatal(err)
		}
		if made := e.Stats().Misses > before; made != altered {
			t.Errorf("%s: made again %v, want %v", path, made, altered)
		}
	}
}

// The first feature that was generated makes every tile of its layer say so.
func TestSyntheticFeaturesAreTold(t *testing.T) {
	t.Parallel()
	rows := lamps(10)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	e := w.engine()
	id := geo.TileAt(rows[0].geometry.(orb.Point), 18)
	says := func() any { return metaOf(tile(t, e, tiles.Whole(w.catalog.Layers()[0]), id), "lamp")["synthetic"] }
	if got := says(); got != false {
		t.Errorf("synthetic is %v before", got)
	}
	s := newServer(e)
	if _, err := s.get(t, "/tiles/lamp/"+id.String()+".mvt"); err != nil {
		t.Fatal(err)
	}
	w.apply(t, e, "lamp", []feature{{id: 99, geometry: orb.Point{10, 10}, values: map[string]any{"synthetic": true}}})
	before := e.Stats().Misses
	if _, err := s.get(t, "/tiles/lamp/"+id.String()+".mvt"); err != nil {
		t.Fatal(err)
	}
	if got := says(); got != true || e.Stats().Misses == before {
		t.Errorf("synthetic is %v after, and the tile was made again: %v", got, e.Stats().Misses > before)
	}
}

func TestTileInput(t *testing.T) {
	t.Parallel()
	s := newServer(newWorld(t, nil).engine())
	tests := []struct{ path, field, reason string }{
		{"/tiles/lamp/23/0/0.mvt", "tile", "zoom"},
		{"/tiles/lamp/1/2/0.mvt", "tile", "above 1"},
		{"/tiles/lamp,lamp/1/0/0.mvt", "layers", "twice"},
		{"/tiles/lamp/1/0/0.mvt?limit=5", "limit", "there are: filter, filter-lang, properties"},
		{"/tiles/lamp/1/0/0.mvt?filter=" + url.QueryEscape("wats>1"), "filter", "wats"},
		{"/tiles/lamp,pipe/1/0/0.mvt?filter=" + url.QueryEscape("watts>1"), "filter", "for layer pipe: "},
		{"/tiles/lamp/1/0/0.mvt?filter-lang=cql2-text", "filter-lang", "without a filter"},
		{"/tiles/lamp/1/0/0.mvt?filter=1=1&filter-lang=sql", "filter-lang", "cql2-text"},
		{"/tiles/lamp/1/0/0.mvt?properties=state,state", "properties", "twice"},
		{"/tiles/lamp/1/0/0.mvt?properties=remark", "properties", "state"},
		{"/tiles/lamp.json?x=1", "x", "is not a parameter here"},
		{"/tiles/lamp/style.json?filter=", "filter", ""},
		{"/ogc/tiles?collections=lamp,lamp", "layers", "twice"},
		{"/ogc/tiles?f=html", "f", "json"},
		{"/ogc/collections/lamp/tiles/WebMercatorQuad/1/2/0", "tile", "above 1"},
		{"/ogc/tileMatrixSets?f=xml", "f", "json"},
	}
	for _, tt := range tests {
		_, err := s.get(t, tt.path)
		var input *layers.InputError
		if !errors.As(err, &input) || input.Field != tt.field || !strings.Contains(input.Reason, tt.reason) {
			t.Errorf("%s: %v, want a fault of %s with %q", tt.path, err, tt.field, tt.reason)
		}
	}
	for _, path := range []string{
		"/tiles/none/1/0/0.mvt", "/tiles/lamp/1/0/0.png", "/tiles/lamp", "/ogc/tiles/Other", "/ogc/tiles/Other/0/0/0",
		"/ogc/collections/none/tiles", "/ogc/collections/lamp,pipe/tiles", "/ogc/tileMatrixSets/Other",
	} {
		if _, err := s.get(t, path); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("%s: %v, want not found", path, err)
		}
	}
}

func TestTileWaitsForItsImage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	delete(w.images, "pipe")
	s := newServer(w.engine())
	if _, err := s.get(t, "/tiles/lamp,pipe/9/0/0.mvt"); !errors.Is(err, layers.ErrBusy) {
		t.Errorf("error %v, want busy", err)
	}
	if _, err := s.get(t, "/tiles/lamp,pipe/1/0/0.mvt"); err != nil { // pipes begin at 6
		t.Error(err)
	}
}

// The database answers what the image cannot, once for each state of the image.
func TestFilterOnWhatTheImageDoesNotKeep(t *testing.T) {
	t.Parallel()
	rows := lamps(100)
	w := newWorld(t, map[string][]feature{"lamp": rows})
	asked := 0
	w.find = func(l *layers.Layer, f *cql2.Filter) ([]int64, error) {
		asked++
		if l.Name != "lamp" || f.Canonical() != "remark LIKE '%rust%'" {
			t.Errorf("asked for %s of %s", f.Canonical(), l.Name)
		}
		return []int64{rows[0].id, rows[7].id, 12345}, nil
	}
	e := w.engine()
	q := query(t, w, "lamp", "filter="+url.QueryEscape("remark LIKE '%rust%'"))
	for range 2 {
		if got := metaOf(tile(t, e, q, geo.TileID{}), "lamp")["total"]; got != uint64(2) {
			t.Errorf("total %v, want 2", got)
		}
	}
	if asked != 1 {
		t.Errorf("the database was asked %d times", asked)
	}
	w.apply(t, e, "lamp", nil, rows[7].id)
	if got := metaOf(tile(t, e, q, geo.TileID{}), "lamp")["total"]; got != uint64(1) || asked != 2 {
		t.Errorf("after a change: total %v, asked %d times", got, asked)
	}
	broken := errors.New("broken")
	w.find = func(*layers.Layer, *cql2.Filter) ([]int64, error) { return nil, broken }
	q = query(t, w, "lamp", "filter="+url.QueryEscape("remark='x'"))
	if _, err := e.Tile(t.Context(), q, geo.TileID{}); !errors.Is(err, broken) {
		t.Errorf("error %v, want the database's", err)
	}
}

func TestDescriptionsCarryTheQuery(t *testing.T) {
	t.Parallel()
	rows := lamps(10)
	s := newServer(newWorld(t, map[string][]feature{"lamp": rows}).engine())
	const carried = "filter=id+%3E+5&properties=height"
	get := func(path string) map[string]any {
		w, err := s.get(t, path)
		if err != nil {
			t.Fatal(err)
		}
		var document map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
			t.Fatal(err)
		}
		return document
	}
	tj := get("/tiles/lamp,pipe.json?" + carried)
	if diff := cmp.Diff(tj["tiles"], []any{"http://example.com/tiles/lamp,pipe/{z}/{x}/{y}.mvt?" + carried}); diff != "" {
		t.Errorf("tiles (-got +want):\n%s", diff)
	}
	lamp := tj["vector_layers"].([]any)[0].(map[string]any)
	if diff := cmp.Diff(lamp["fields"], map[string]any{
		"height": "Number", "point_count": "Number", "state:ok": "Number", "state:broken": "Number", "state:gone": "Number",
	}); diff != "" {
		t.Errorf("fields (-got +want):\n%s", diff)
	}
	if tj["attribution"] != "© Survey" || tj["tilejson"] != "3.0.0" {
		t.Errorf("TileJSON %v", tj)
	}
	st := get("/tiles/lamp,pipe/style.json?" + carried)
	source := st["sources"].(map[string]any)["yiping"].(map[string]any)
	if source["url"] != "http://example.com/tiles/lamp,pipe.json?"+carried || st["version"] != 8.0 {
		t.Errorf("style with source %v", source)
	}
	ts := get("/ogc/tiles/WebMercatorQuad?collections=lamp&" + carried)
	for _, l := range ts["links"].([]any) {
		link := l.(map[string]any)
		if link["rel"] != "item" {
			continue
		}
		want := "http://example.com/ogc/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?collections=lamp&" + carried
		if link["href"] != want || link["templated"] != true {
			t.Errorf("tiles are at %v, want %s", link, want)
		}
	}
}

// The same tile is at both addresses; rows come before columns in OGC API.
func TestOGCTilesAreTheSame(t *testing.T) {
	t.Parallel()
	rows := lamps(100)
	s := newServer(newWorld(t, map[string][]feature{"lamp": rows}).engine())
	id := geo.TileAt(rows[0].geometry.(orb.Point), 9)
	want, err := s.get(t, "/tiles/lamp/"+here(rows[0], 9))
	if err != nil || want.Body.Len() == 0 {
		t.Fatal(want.Code, err)
	}
	at := "/WebMercatorQuad/" + strings.Join([]string{strconv.Itoa(int(id.Z)), strconv.Itoa(int(id.Y)), strconv.Itoa(int(id.X))}, "/")
	for _, path := range []string{"/ogc/collections/lamp/tiles" + at, "/ogc/tiles" + at + "?collections=lamp&f=mvt"} {
		got, err := s.get(t, path)
		if err != nil || !bytes.Equal(got.Body.Bytes(), want.Body.Bytes()) {
			t.Errorf("%s: %d, %v: another tile", path, got.Code, err)
		}
	}
}

func FuzzTileRequest(f *testing.F) {
	for _, path := range []string{
		"lamp/0/0/0.mvt", "lamp,pipe/22/1/1.mvt", "%2e%2e/0/0/0.mvt", "lamp/-1/0/0.mvt", "lamp.json", ",.json", "lamp/style.json",
	} {
		f.Add(path, "filter=watts>5&properties=class")
		f.Add(path, "filter={\"op\":\"isNull\",\"args\":[{\"property\":\"state\"}]}&filter-lang=cql2-json")
	}
	e := newWorld(f, map[string][]feature{"lamp": lamps(500)}).engine()
	f.Fuzz(func(t *testing.T, path, query string) {
		s := newServer(e)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery = "/tiles/"+path, query
		s.mux.ServeHTTP(httptest.NewRecorder(), r)
		var input *layers.InputError
		if err := s.failed; err != nil && !errors.As(err, &input) && !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("%q?%q: %v is nobody's fault", path, query, err)
		}
	})
}

// Under constant change a tile of a low zoom is made once a second. Until then the
// one before serves, and says how old it is.
func TestLowZoomsServeWhileStale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := lamps(10)
		w := newWorld(t, map[string][]feature{"lamp": rows})
		e := w.engine()
		s := newServer(e)
		total := func() any {
			got, err := s.get(t, "/tiles/lamp/"+here(rows[0], 9))
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := mvttest.Decode(got.Body.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			return []any{metaOf(decoded, "lamp")["total"], got.Header().Get("Age")}
		}
		if diff := cmp.Diff(total(), any([]any{uint64(10), ""})); diff != "" {
			t.Errorf("at first (-got +want):\n%s", diff)
		}
		w.apply(t, e, "lamp", nil, rows[9].id)
		if diff := cmp.Diff(total(), any([]any{uint64(10), "0"})); diff != "" {
			t.Errorf("right after a change (-got +want):\n%s", diff)
		}
		<-time.After(time.Second)
		if diff := cmp.Diff(total(), any([]any{uint64(9), ""})); diff != "" {
			t.Errorf("a second later (-got +want):\n%s", diff)
		}
	})
}
