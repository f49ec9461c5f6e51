package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every link of every document leads to an answer of the type that it says, and
// all that is linked has a page for people.
func TestOGCLinks(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 25)
	queue := []struct{ address, kind string }{{root, "application/json"}}
	seen := map[string]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at.address] || strings.HasSuffix(at.address, "/docs/") || strings.Count(at.address, "/collections/") > 0 && !strings.Contains(at.address, "/sample") {
			continue // one layer stands for all; the pages are not built here
		}
		seen[at.address] = true
		got := ask(t, "GET", at.address, map[string]string{"Accept": at.kind})
		kind := got.header.Get("Content-Type")
		if asked, _, _ := strings.Cut(at.kind, ";"); got.status != 200 || asked != "*/*" && !strings.HasPrefix(kind, asked) {
			t.Errorf("%s: %d %s, want %s", at.address, got.status, kind, at.kind)
		}
		if strings.HasPrefix(kind, "text/html") {
			if !strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") || bytes.Contains(got.body, []byte("<script")) {
				t.Errorf("%s: the page is not plain", at.address)
			}
			for _, m := range regexp.MustCompile(`href="(http[^"]+)"`).FindAllSubmatch(got.body, -1) {
				queue = append(queue, struct{ address, kind string }{strings.ReplaceAll(string(m[1]), "&amp;", "&"), "*/*"})
			}
			continue
		}
		var document struct {
			Links []struct{ Href, Type string }
		}
		if !strings.HasSuffix(kind, "json") || json.Unmarshal(got.body, &document) != nil {
			continue
		}
		for _, l := range document.Links {
			if strings.HasPrefix(l.Href, root) {
				queue = append(queue, struct{ address, kind string }{l.Href, l.Type})
			}
		}
	}
	for _, path := range []string{
		"", "/api", "/api?f=openapi30", "/conformance", "/collections", "/collections/sample", "/collections/sample/items?f=html",
		"/collections/sample/items?f=csv", "/collections/sample/items?f=geojsonseq", "/collections/sample/items/1?f=html",
		"/collections/sample/queryables", "/collections/sample/schema",
	} {
		if !seen[root+path] {
			t.Errorf("no link leads to %s", path)
		}
	}
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 3)
	for _, tt := range []struct{ accept, parameter, want string }{
		{"", "", "application/geo+json"},
		{"*/*", "", "application/geo+json"},
		{"application/json", "", "application/geo+json"},
		{"application/geo+json, application/json", "", "application/geo+json"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", "text/html; charset=utf-8"},
		{"text/csv", "", "text/csv; charset=utf-8"},
		{"application/geo+json-seq;q=0.9, text/html;q=0.1", "", "application/geo+json-seq"},
		{"image/png", "", "application/geo+json"},
		{"nonsense", "", "application/geo+json"},
		{"text/html", "f=json", "application/geo+json"},
		{"text/html", "f=geojsonseq", "application/geo+json-seq"},
	} {
		header := map[string]string{}
		if tt.accept != "" {
			header["Accept"] = tt.accept
		}
		got := ask(t, "GET", root+"/collections/sample/items?"+tt.parameter, header)
		if kind := got.header.Get("Content-Type"); got.status != 200 || kind != tt.want || got.header.Get("Vary") != "Accept" {
			t.Errorf("Accept %q, %s: %d %s, want %s; Vary is %q", tt.accept, tt.parameter, got.status, kind, tt.want, got.header.Get("Vary"))
		}
	}
}

// The three data formats say the same.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 200)
	execute(t, conn, `UPDATE city.sample SET label = E'a\n"b",\\\u0001é' WHERE id = 7`)
	items := root + "/collections/sample/items"
	want := askItems(t, items+"?limit=1000").Features
	got := want[:0:0]
	lines := bufio.NewScanner(bytes.NewReader(ask(t, "GET", items+"?f=geojsonseq&sortby=id", nil).body))
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "\x1e")
		var f feature
		if err := json.Unmarshal([]byte(text), &f); !ok || err != nil {
			t.Fatalf("line of a sequence: %q: %v", lines.Text(), err)
		}
		got = append(got, f)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("sequence and page (-sequence +page):\n%s", diff)
	}
	records, err := csv.NewReader(bytes.NewReader(ask(t, "GET", items+"?f=csv&sortby=id", nil).body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := []string{
		"id", "code", "source", "source_id", "synthetic", "version", "updated_at", "district", "street", "village",
		"kind", "label", "floors", "height", "open", "built", "seen", "geometry",
	}
	if diff := cmp.Diff(records[0], head); diff != "" {
		t.Errorf("head (-got +want):\n%s", diff)
	}
	for i, record := range records[1:] {
		for j, name := range head[1 : len(head)-1] {
			text := ""
			switch v := want[i].Properties[name].(type) {
			case nil:
			case string:
				text = v
			default:
				data, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				text = string(data)
			}
			if record[j+1] != text {
				t.Errorf("feature %s: %s is %q in CSV, %q in JSON", record[0], name, record[j+1], text)
			}
		}
	}
	if got := records[7][11]; got != "a\n\"b\",\\\x01é" {
		t.Errorf("odd text is %q", got)
	}
	if got := want[6].Properties["seen"]; got != "2025-12-31T23:00:00.123456Z" {
		t.Errorf("time is %v", got)
	}
	if head := ask(t, "HEAD", items+"?f=geojsonseq", nil); head.status != 200 || len(head.body) != 0 {
		t.Errorf("HEAD: %d with %d bytes", head.status, len(head.body))
	}
	some := askItems(t, items+"?properties=seen,kind&limit=1").Features[0].Properties
	if diff := cmp.Diff(some, map[string]any{"kind": "b", "seen": "2025-12-31T17:00:00.123456Z"}); diff != "" {
		t.Errorf("chosen properties (-got +want):\n%s", diff)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 1000)
	execute(t, conn, "ANALYZE city.sample")
	n := func(n int64) *int64 { return &n }
	for _, tt := range []struct {
		parameters, kind string
		matched          *int64
	}{
		{"limit=5", "none", nil},
		{"limit=5&count=none", "none", nil},
		{"limit=5&count=exact", "exact", n(1000)},
		{"limit=5&count=estimated", "estimated", n(1000)},
		{"limit=5&count=exact&filter=kind='a'", "exact", n(333)},
		{"limit=5&count=estimated&filter=kind='a'", "estimated", n(333)},
		{"limit=1000", "exact", n(1000)}, // the page has them all
		{"limit=10&filter=id>995", "exact", n(5)},
		{"limit=10&offset=995", "exact", n(1000)},
		{"limit=10&offset=2000", "none", nil},
		{"limit=10&offset=2000&count=exact", "exact", n(1000)},
	} {
		got := askItems(t, root+"/collections/sample/items?"+tt.parameters)
		if got.Count != tt.kind {
			t.Errorf("%s: count is %s, want %s", tt.parameters, got.Count, tt.kind)
		}
		if diff := cmp.Diff(got.NumberMatched, tt.matched); diff != "" {
			t.Errorf("%s: numberMatched (-got +want):\n%s", tt.parameters, diff)
		}
	}
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	root, _ := newOGC(t, 0)
	type property struct {
		Type, Format string
		Role         string `json:"x-ogc-role"`
		ReadOnly     bool
	}
	var schema, queryables struct {
		ID         string `json:"$id"`
		Required   []string
		Properties map[string]property
		Additional *bool `json:"additionalProperties"`
	}
	got := ask(t, "GET", root+"/collections/sample/schema", nil)
	if err := json.Unmarshal(got.body, &schema); err != nil || got.header.Get("Content-Type") != "application/schema+json" {
		t.Fatalf("%v: %s", err, got.body)
	}
	want := map[string]property{
		"id": {Type: "integer", Role: "id", ReadOnly: true}, "geom": {Format: "geometry-point", Role: "primary-geometry"},
		"code": {Type: "string"}, "source": {Type: "string"}, "source_id": {Type: "string"}, "synthetic": {Type: "boolean"},
		"version": {Type: "integer", ReadOnly: true}, "updated_at": {Type: "string", Format: "date-time", ReadOnly: true},
		"district": {Type: "string", ReadOnly: true}, "street": {Type: "string", ReadOnly: true}, "village": {Type: "string", ReadOnly: true},
		"kind": {Type: "string"}, "label": {Type: "string"}, "floors": {Type: "integer"}, "height": {Type: "number"},
		"open": {Type: "boolean"}, "built": {Type: "string", Format: "date"}, "seen": {Type: "string", Format: "date-time"},
	}
	if diff := cmp.Diff(schema.Properties, want); diff != "" {
		t.Errorf("schema (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(schema.Required, []string{"geom", "kind"}); diff != "" {
		t.Errorf("required (-got +want):\n%s", diff)
	}
	if err := json.Unmarshal(ask(t, "GET", root+"/collections/sample/queryables", nil).body, &queryables); err != nil {
		t.Fatal(err)
	}
	if queryables.Additional == nil || *queryables.Additional || queryables.ID != root+"/collections/sample/queryables" {
		t.Errorf("queryables = %+v", queryables)
	}
	if diff := cmp.Diff(queryables.Properties, want); diff != "" {
		t.Errorf("queryables (-got +want):\n%s", diff)
	}
}

// A stream that breaks says so: the client does not take a part for the whole.
func TestBrokenStreamIsNoAnswer(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	execute(t, conn, "SET yiping.bulk = 'on'")
	execute(t, conn, `INSERT INTO city.sample (code, kind, label, geom)
		SELECT 'c' || i, 'a', repeat('x', 900), 'SRID=4326;POINT(121 31)' FROM generate_series(1, 60000) i`)
	r, err := http.NewRequestWithContext(t.Context(), "GET", root+"/collections/sample/items?f=geojsonseq", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultTransport.(*http.Transport).Clone().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	if _, err := io.ReadFull(res.Body, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	execute(t, conn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'`)
	if n, err := io.Copy(io.Discard, res.Body); err == nil {
		t.Errorf("the answer ended well after %d bytes", n)
	}
}
