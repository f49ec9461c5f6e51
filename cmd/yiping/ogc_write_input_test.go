package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written wrongly is refused with its path, and leaves nothing.
func TestWriteInputFaults(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	at := func(geometry string) string {
		return `{"type":"Feature","geometry":` + geometry + `,"properties":{"kind":"a"}}`
	}
	area := func(geometry string) string {
		return `{"type":"Feature","geometry":` + geometry + `,"properties":{"name":"x"}}`
	}
	tests := []struct {
		name, layer, body string
		field, detail     string
	}{
		{"no JSON", "sample", `{"type":` + "\n" + `  nothing}`, "body", "line 2, column 3"},
		{"empty body", "sample", ``, "body", "line 1, column 1: the text ends too early"},
		{"half a body", "sample", `{"type":"Feature","geometry":{"type":"Po`, "body", "ends too early"},
		{"more behind the end", "sample", sampleFeature(`"kind":"a"`) + ` {}`, "body", "more text follows"},
		{"not UTF-8", "sample", sampleFeature(`"kind":"` + "\xff" + `"`), "body", "not UTF-8"},
		{"name twice", "sample", sampleFeature(`"kind":"a","kind":"b"`), "body", `the name "kind" is given twice`},
		{"deep", "sample", strings.Repeat("[", 5000), "body", "nested more than 32 levels"},
		{"a list", "sample", `[]`, "", "is not a GeoJSON feature"},
		{"a collection", "sample", `{"type":"FeatureCollection","features":[]}`, "features", "not a member of a feature"},
		{"collection by type", "sample", `{"type":"FeatureCollection"}`, "type", "batch address"},
		{"no type", "sample", `{"geometry":null,"properties":{}}`, "type", "is missing"},
		{"old crs member", "sample", `{"type":"Feature","crs":{},"geometry":null,"properties":{}}`, "crs", "Content-Crs"},
		{"JSON-FG place", "sample", `{"type":"Feature","place":{},"geometry":null,"properties":{}}`, "place", "not a member of a feature"},
		{"properties as a list", "sample", `{"type":"Feature","geometry":null,"properties":[]}`, "properties", "is not an object"},
		{"unknown property", "sample", sampleFeature(`"kind":"a","colour":"red"`), "properties.colour", "there are: code, source, source_id, synthetic, kind"},
		{"SQL as a property", "sample", sampleFeature(`"kind":"a","x\";DROP TABLE city.sample;--":1`), `properties.x";DROP TABLE city.sample;--`, "is not a property"},
		{"required missing", "sample", sampleFeature(`"floors":1`), "properties.kind", "is required and missing"},
		{"none of the enum", "sample", sampleFeature(`"kind":"z"`), "properties.kind", "is none of a, b, c"},
		{"below the minimum", "sample", sampleFeature(`"kind":"a","floors":-1`), "properties.floors", "below the minimum 0"},
		{"text for a number", "sample", sampleFeature(`"kind":"a","floors":"3"`), "properties.floors", "is not a whole number"},
		{"half a floor", "sample", sampleFeature(`"kind":"a","floors":3.5`), "properties.floors", "is not a whole number"},
		{"object as a value", "sample", sampleFeature(`"kind":"a","label":{}`), "properties.label", "an object or a list is not a string"},
		{"NUL", "sample", sampleFeature(`"kind":"a","label":"a\u0000"`), "properties.label", "NUL"},
		{"year zero", "sample", sampleFeature(`"kind":"a","built":"0000-01-01"`), "properties.built", "is not a date"},
		{"time without zone", "sample", sampleFeature(`"kind":"a","seen":"2026-11-21T20:00:00"`), "properties.seen", "is not a time"},
		{"long code", "sample", sampleFeature(`"kind":"a","code":"` + strings.Repeat("码", 201) + `"`), "properties.code", "201 characters"},
		{"blank code", "sample", sampleFeature(`"kind":"a","code":" "`), "properties.code", "is required and empty"},
		{"region", "sample", sampleFeature(`"kind":"a","street":"x"`), "properties.street", "read-only"},
		{"no geometry", "sample", at(`null`), "geometry", "is required and missing"},
		{"geometry as text", "sample", at(`"POINT(1 2)"`), "geometry", "is not a GeoJSON geometry"},
		{"unknown geometry", "sample", at(`{"type":"Circle","coordinates":[1,2]}`), "geometry.type", `"Circle" is not a type`},
		{"other type", "sample", at(`{"type":"LineString","coordinates":[[1,2],[3,4]]}`), "geometry", "is a LineString; the layer sample holds Point"},
		{"many for one", "sample", at(`{"type":"MultiPoint","coordinates":[[1,2]]}`), "geometry", "is a MultiPoint"},
		{"crs in the geometry", "sample", at(`{"type":"Point","coordinates":[1,2],"crs":{}}`), "geometry.crs", "is not a member"},
		{"no coordinates", "sample", at(`{"type":"Point"}`), "geometry.coordinates", "is missing"},
		{"empty point", "sample", at(`{"type":"Point","coordinates":[]}`), "geometry.coordinates", "has 0 numbers"},
		{"height", "sample", at(`{"type":"Point","coordinates":[121,31,4]}`), "geometry.coordinates", "no heights"},
		{"letters", "sample", at(`{"type":"Point","coordinates":[121,"31"]}`), "geometry.coordinates[1]", "is not a number"},
		{"infinite", "sample", at(`{"type":"Point","coordinates":[1e999,31]}`), "geometry.coordinates[0]", "out of range"},
		{"lat, lon", "sample", at(`{"type":"Point","coordinates":[31,121]}`), "geometry.coordinates", "longitude, latitude"},
		{"open ring", "compound", area(`{"type":"Polygon","coordinates":[[[121,31],[122,31],[122,32],[121,32]]]}`), "geometry.coordinates[0]", "not closed"},
		{"short ring", "compound", area(`{"type":"Polygon","coordinates":[[[121,31],[122,31],[121,31]]]}`), "geometry.coordinates[0]", "3 positions, the least is 4"},
		{"no part", "compound", area(`{"type":"MultiPolygon","coordinates":[]}`), "geometry.coordinates", "is empty"},
		{"nested wrongly", "compound", area(`{"type":"MultiPolygon","coordinates":[[[121,31],[122,31],[122,32],[121,31]]]}`), "geometry.coordinates[0][0][0]", "nested wrongly"},
		{"crosses itself", "compound", area(`{"type":"Polygon","coordinates":[[[121,31],[122,32],[122,31],[121,32],[121,31]]]}`), "geometry", "Self-intersection at lon, lat 121.5000000, 31.5000000"},
		{"hole outside", "compound", area(`{"type":"Polygon","coordinates":[[[121,31],[122,31],[122,32],[121,31]],[[1,1],[2,1],[2,2],[1,1]]]}`), "geometry", "Hole lies outside shell"},
		{"too many positions", "compound", area(`{"type":"Polygon","coordinates":[[` + strings.Repeat("[121,31],", 100_001) + `[121,31]]]}`), "geometry.coordinates[0][100000]", "more than 100000 positions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			send(t, "POST", root+"/collections/"+tt.layer+"/items", tt.body, "Content-Type", geoJSON).wantProblem(t, 400, tt.field, tt.detail)
		})
	}
	t.Run("media types", func(t *testing.T) {
		items := root + "/collections/sample/items"
		for _, tt := range []struct{ method, address, kind, header, accepts string }{
			{"POST", items, "text/plain", "Accept-Post", "application/geo+json, application/json"},
			{"POST", items, "application/x-www-form-urlencoded", "Accept-Post", "application/geo+json, application/json"},
			{"PATCH", items + "/1", "application/json-patch+json", "Accept-Patch", mergePatch},
			{"POST", root + "/collections/sample/batch", geoJSON, "Accept-Post", "application/x-ndjson, application/json"},
		} {
			got := send(t, tt.method, tt.address, `{}`, "Content-Type", tt.kind)
			got.wantProblem(t, 415, "", "is not read here")
			if got.header.Get(tt.header) != tt.accepts {
				t.Errorf("%s is %q, want %q", tt.header, got.header.Get(tt.header), tt.accepts)
			}
		}
		send(t, "POST", items, `{}`, "Content-Type", geoJSON, "Content-Encoding", "gzip").wantProblem(t, 415, "", "Content-Encoding")
	})
	t.Run("body over the limit", func(t *testing.T) {
		large := sampleFeature(`"kind":"a","label":"` + strings.Repeat("x", 9<<20) + `"`)
		send(t, "POST", root+"/collections/sample/items", large, "Content-Type", geoJSON).wantProblem(t, 413, "", "larger than 8388608 bytes")
	})
	t.Run("parameters", func(t *testing.T) {
		send(t, "POST", root+"/collections/sample/items?x=1", sampleFeature(`"kind":"a"`), "Content-Type", geoJSON).wantProblem(t, 400, "x", "not a parameter")
		send(t, "DELETE", root+"/collections/sample/items/1?x=1", "").wantProblem(t, 400, "x", "not a parameter")
		send(t, "POST", root+"/collections/dragon/items", `{}`, "Content-Type", geoJSON).wantStatus(t, 404)
	})
	for _, layer := range []string{"sample", "compound"} {
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM city."+layer).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s has %d features after all refusals (%v)", layer, n, err)
		}
	}
}

// Codes and the keys of sources are unique; who takes one twice hears which.
func TestWriteConflicts(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	items := root + "/collections/sample/items"
	post := func(properties string) answer {
		return send(t, "POST", items, sampleFeature(`"kind":"a",`+properties), "Content-Type", geoJSON)
	}
	post(`"code":"外滩-1","source":"survey","source_id":"7"`).wantStatus(t, 201)
	post(`"code":"外滩-1"`).wantProblem(t, 409, "", "has (code)=(外滩-1)")
	post(`"source":"survey","source_id":"7","code":"x"`).wantProblem(t, 409, "", "(source_id, source)=(7, survey)")
	post(`"code":"外滩-2"`).wantStatus(t, 201)
	second := idsInSQL(t, conn, "WHERE code = '外滩-2'")[0]
	send(t, "PATCH", items+"/"+jsonText(t, second), `{"properties":{"code":"外滩-1"}}`, "Content-Type", mergePatch, "If-Match", "*").wantProblem(t, 409, "", "外滩-1")
	if codes := idsInSQL(t, conn, "ORDER BY id"); len(codes) != 2 {
		t.Errorf("%d features, want 2", len(codes))
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A synthetic feature stays one unless its writer says otherwise, and its source
// is marked wherever the layer is described.
func TestWrittenSyntheticIsMarked(t *testing.T) {
	t.Parallel()
	root, _ := newOGC(t, 0)
	items := root + "/collections/sample/items"
	sources := func() string {
		var c struct {
			Sources []struct {
				Name      string
				Synthetic bool
			}
		}
		if err := json.Unmarshal(send(t, "GET", root+"/collections/sample", "").body, &c); err != nil {
			t.Fatal(err)
		}
		return jsonText(t, c.Sources)
	}
	if got := sources(); got != "null" && got != "[]" {
		t.Fatalf("sources before: %s", got)
	}
	real := send(t, "POST", items, sampleFeature(`"kind":"a"`), "Content-Type", geoJSON)
	real.wantStatus(t, 201)
	if diff := cmp.Diff(sources(), `[{"Name":"api","Synthetic":false}]`); diff != "" {
		t.Error(diff)
	}
	made := send(t, "POST", items, sampleFeature(`"kind":"a","source":"made","synthetic":true`), "Content-Type", geoJSON)
	made.wantStatus(t, 201)
	at := made.header.Get("Location")
	for _, write := range [][3]string{{"PUT", sampleFeature(`"kind":"b"`), geoJSON}, {"PATCH", `{"properties":{"kind":"c"}}`, mergePatch}} {
		got := send(t, write[0], at, write[1], "Content-Type", write[2], "If-Match", "*")
		if p := got.feature(t).Properties; got.status != 200 || p["synthetic"] != true || p["source"] != "made" {
			t.Errorf("%s: %d %s", write[0], got.status, got.body)
		}
	}
	if diff := cmp.Diff(sources(), `[{"Name":"api","Synthetic":false},{"Name":"made","Synthetic":true}]`); diff != "" {
		t.Error(diff)
	}
	send(t, "PATCH", real.header.Get("Location"), `{"properties":{"synthetic":true}}`, "Content-Type", mergePatch, "If-Match", "*").wantStatus(t, 200)
	if diff := cmp.Diff(sources(), `[{"Name":"api","Synthetic":true},{"Name":"made","Synthetic":true}]`); diff != "" {
		t.Error(diff)
	}
	send(t, "PATCH", at, `{"properties":{"synthetic":null}}`, "Content-Type", mergePatch, "If-Match", "*").wantProblem(t, 400, "properties.synthetic", "is required")
	if got := send(t, "PATCH", at, `{"properties":{"synthetic":false}}`, "Content-Type", mergePatch, "If-Match", "*"); got.feature(t).Properties["synthetic"] != false {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestItemIsConditional(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 1)
	at := root + "/collections/sample/items/1"
	etag := send(t, "GET", at, "").header.Get("ETag")
	for _, tt := range []struct {
		address, tag string
		status       int
	}{
		{at, etag, 304},
		{at, `"x", W/` + etag, 304},
		{at, "*", 304},
		{at, `"1"`, 200},
		{at, "broken", 200},
		{at + "?crs=gcj02", etag, 200}, // other bytes, another tag
	} {
		got := send(t, "GET", tt.address, "", "If-None-Match", tt.tag)
		if got.status != tt.status || got.header.Get("ETag") == "" || tt.status == 304 && len(got.body) > 0 {
			t.Errorf("%s with %s: %d %v", tt.address, tt.tag, got.status, got.header)
		}
	}
	execute(t, conn, "UPDATE city.sample SET label = 'new'")
	if got := send(t, "GET", at, "", "If-None-Match", etag); got.status != 200 || !strings.HasPrefix(got.header.Get("ETag"), `"2-`) {
		t.Errorf("after a change: %d %s", got.status, got.header.Get("ETag"))
	}
	for preference, want := range map[string]int{"return=minimal": 204, "return=representation": 200, "respond-async": 200} {
		got := send(t, "PATCH", at, `{"properties":{"floors":1}}`, "Content-Type", mergePatch, "If-Match", "*", "Prefer", preference)
		if got.status != want || (len(got.body) == 0) != (want == 204) || got.header.Get("ETag") == "" {
			t.Errorf("Prefer: %s: %d %s", preference, got.status, got.body)
		}
		if applied := got.header.Get("Preference-Applied"); strings.HasPrefix(preference, "return") != (applied == preference) {
			t.Errorf("Prefer: %s: Preference-Applied is %q", preference, applied)
		}
	}
}

// A page of another site may not write, whatever the user of the browser may.
func TestCrossOriginWrites(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 1)
	at := root + "/collections/sample/items/1"
	own := strings.TrimSuffix(root, "/ogc")
	for _, tt := range []struct {
		method string
		header []string
		status int
	}{
		{"DELETE", []string{"Origin", "https://evil.example"}, 403},
		{"PATCH", []string{"Origin", "null"}, 403},
		{"PUT", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", []string{"Sec-Fetch-Site", "same-site", "Origin", own}, 403},
		{"GET", []string{"Origin", "https://evil.example"}, 200},
		{"OPTIONS", []string{"Origin", "https://evil.example"}, 200},
		{"PATCH", []string{"Origin", own}, 400}, // without a body, but let in
		{"PATCH", []string{"Sec-Fetch-Site", "same-origin", "Origin", own}, 400},
		{"PATCH", nil, 400},
	} {
		got := send(t, tt.method, at, "", tt.header...)
		if got.status != tt.status || got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s with %v: %d %s %v", tt.method, tt.header, got.status, got.body, got.header)
		}
		if tt.status == 403 {
			got.wantProblem(t, 403, "Origin", "other sites")
		}
	}
}

// Methods that a path does not take are answered with those that it does.
func TestAllowedMethods(t *testing.T) {
	t.Parallel()
	root, _ := newOGC(t, 0)
	for path, want := range map[string]string{
		"/collections/sample/items":   "GET, HEAD, OPTIONS, POST",
		"/collections/sample/items/1": "DELETE, GET, HEAD, OPTIONS, PATCH, PUT",
		"/collections/sample":         "GET, HEAD",
	} {
		got := send(t, "TRACE", root+path, "")
		got.wantProblem(t, 405, "", "method not allowed")
		if allow := got.header.Get("Allow"); allow != want {
			t.Errorf("%s: Allow is %q, want %q", path, allow, want)
		}
	}
}

// A client that goes away while its write waits leaves nothing, and no
// connection that is taken.
func TestWriterThatGoesAway(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 4)
	fillSample(t, conn, 1, 1)
	execute(t, conn, "BEGIN")
	execute(t, conn, "UPDATE city.sample SET label = 'held' WHERE id = 1")
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "PATCH", root+"/collections/sample/items/1", strings.NewReader(`{"properties":{"label":"lost"}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", mergePatch)
	r.Header.Set("If-Match", "*")
	gone := make(chan error, 1)
	go func() {
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			err = res.Body.Close()
		}
		gone <- err
	}()
	watch := func(want int) {
		t.Helper()
		for n := -1; n != want; {
			err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()").Scan(&n)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	watch(1) // it waits for the row
	leave()
	if err := <-gone; err == nil {
		t.Error("the client got an answer")
	}
	watch(0) // its statement has ended
	execute(t, conn, "COMMIT")
	f := send(t, "GET", root+"/collections/sample/items/1", "").feature(t)
	if f.Properties["label"] != "held" || f.Properties["version"] != 2.0 {
		t.Errorf("stored: %v", f.Properties)
	}
}

// A body that breaks off writes nothing.
func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	host := strings.TrimSuffix(strings.TrimPrefix(root, "http://"), "/ogc")
	var dial net.Dialer
	c, err := dial.DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Write([]byte("POST /ogc/collections/sample/batch?atomic=false HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 5000\r\n\r\n" +
		`{"op":"insert","feature":` + sampleFeature(`"kind":"a"`) + "}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	var answer [4096]byte
	if n, err := c.Read(answer[:]); !strings.Contains(string(answer[:n]), " 400 ") {
		t.Errorf("answer: %s (%v)", answer[:n], err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if ids := idsInSQL(t, conn, ""); len(ids) != 0 {
		t.Errorf("features %v of half a batch", ids)
	}
}
