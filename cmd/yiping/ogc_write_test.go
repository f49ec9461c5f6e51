package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
)

// send makes a request with a body; an empty one is none.
func send(t *testing.T, method, address, body string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, data}
}

// wantStatus ends the test unless the answer has a status.
func (a answer) wantStatus(t *testing.T, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("%d %s, want %d", a.status, a.body, status)
	}
}

// wantProblem checks an answer that is a problem document.
func (a answer) wantProblem(t *testing.T, status int, field, detail string) {
	t.Helper()
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	if a.status != status || p.Status != status || p.Field != field || !strings.Contains(p.Detail, detail) {
		t.Errorf("%d %s, want %d of %q with %q", a.status, a.body, status, field, detail)
	}
}

func (a answer) feature(t *testing.T) feature {
	t.Helper()
	var f feature
	if err := json.Unmarshal(a.body, &f); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return f
}

const (
	geoJSON    = "application/geo+json"
	mergePatch = "application/merge-patch+json"
)

// sampleFeature is a feature of the layer sample with these properties.
func sampleFeature(properties string) string {
	return `{"type":"Feature","geometry":{"type":"Point","coordinates":[121.5,31.2]},"properties":{` + properties + `}}`
}

// The abstract tests of OGC 20-002r1 (draft) for the classes that are declared,
// in its order; If-Match stands where the class optimistic-locking-etags lets
// a server ask for it.
func TestPart4AbstractTests(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	items := root + "/collections/sample/items"
	fillSample(t, conn, 1, 5)
	execute(t, conn, "SELECT setval('city.sample_id_seq', 5)")

	t.Run("create-replace-delete and update: options", func(t *testing.T) {
		all := send(t, "OPTIONS", items, "")
		one := send(t, "OPTIONS", items+"/1", "")
		if all.status != 200 || all.header.Get("Allow") != "GET, HEAD, OPTIONS, POST" || all.header.Get("Accept-Post") == "" {
			t.Errorf("%d %v", all.status, all.header)
		}
		if one.status != 200 || one.header.Get("Allow") != "DELETE, GET, HEAD, OPTIONS, PATCH, PUT" || one.header.Get("Accept-Patch") != mergePatch {
			t.Errorf("%d %v", one.status, one.header)
		}
		send(t, "OPTIONS", root+"/collections/dragon/items", "").wantStatus(t, 404)
	})
	t.Run("create", func(t *testing.T) {
		got := send(t, "POST", items, sampleFeature(`"kind":"a","floors":3,"height":9.5,"open":true,"built":"2001-02-03","seen":"2026-11-21T20:00:00+08:00","label":"外滩"`), "Content-Type", geoJSON)
		got.wantStatus(t, 201)
		f := got.feature(t)
		if want := fmt.Sprintf("%s/%d", items, f.ID); got.header.Get("Location") != want {
			t.Errorf("Location is %q, want %q", got.header.Get("Location"), want)
		}
		stored := send(t, "GET", got.header.Get("Location"), "")
		if stored.status != 200 || string(stored.body) != string(got.body) || stored.header.Get("ETag") != got.header.Get("ETag") {
			t.Errorf("GET answers %d %s %s,\nPOST answered %s %s", stored.status, stored.header.Get("ETag"), stored.body, got.header.Get("ETag"), got.body)
		}
		delete(f.Properties, "updated_at")
		want := map[string]any{
			"code": fmt.Sprintf("sample:%d", f.ID), "source": "api", "source_id": nil, "synthetic": false, "version": 1.0,
			"district": nil, "street": nil, "village": nil, "kind": "a", "floors": 3.0, "height": 9.5, "open": true,
			"built": "2001-02-03", "seen": "2026-11-21T12:00:00Z", "label": "外滩",
		}
		if diff := cmp.Diff(f.Properties, want); diff != "" {
			t.Errorf("properties (-got +want):\n%s", diff)
		}
		withID := strings.Replace(sampleFeature(`"kind":"a"`), "{", `{"id":99,`, 1)
		before := len(idsInSQL(t, conn, ""))
		send(t, "POST", items, withID, "Content-Type", geoJSON).wantProblem(t, 400, "id", "database")
		if after := len(idsInSQL(t, conn, "")); after != before {
			t.Errorf("%d features, want %d", after, before)
		}
	})
	t.Run("content type", func(t *testing.T) {
		for _, method := range []string{"POST " + items, "PUT " + items + "/1", "PATCH " + items + "/1"} {
			verb, address, _ := strings.Cut(method, " ")
			send(t, verb, address, sampleFeature(`"kind":"a"`)).wantProblem(t, 400, "Content-Type", "missing")
		}
	})
	t.Run("replace", func(t *testing.T) {
		etag := send(t, "GET", items+"/1", "").header.Get("ETag")
		body := `{"type":"Feature","geometry":{"type":"Point","coordinates":[121.6,31.3]},"properties":{"kind":"b"}}`
		send(t, "PUT", items+"/1", body, "Content-Type", geoJSON, "If-Match", etag).wantStatus(t, 200)
		f := send(t, "GET", items+"/1", "").feature(t)
		if string(f.Geometry) != `{"type":"Point","coordinates":[121.6,31.3]}` || f.Properties["kind"] != "b" || f.Properties["label"] != nil || f.Properties["built"] != nil {
			t.Errorf("stored is %s %v", f.Geometry, f.Properties)
		}
		if f.Properties["code"] != "c1" || f.Properties["version"] != 2.0 {
			t.Errorf("the identity has changed: %v", f.Properties)
		}
	})
	t.Run("replace with another id", func(t *testing.T) {
		body := strings.Replace(sampleFeature(`"kind":"c"`), "{", `{"id":2,`, 1)
		send(t, "PUT", items+"/1", body, "Content-Type", geoJSON, "If-Match", "*").wantProblem(t, 400, "id", "cannot change")
	})
	t.Run("replace without a feature", func(t *testing.T) {
		for _, header := range [][]string{{"Content-Type", geoJSON}, {"Content-Type", geoJSON, "If-Match", `"xyz"`}} {
			send(t, "PUT", items+"/777", sampleFeature(`"kind":"a"`), header...).wantProblem(t, 404, "", "no feature 777")
		}
		send(t, "GET", items+"/777", "").wantStatus(t, 404)
	})
	t.Run("delete", func(t *testing.T) {
		etag := send(t, "GET", items+"/2", "").header.Get("ETag")
		if got := send(t, "DELETE", items+"/2", "", "If-Match", etag); got.status != 204 || len(got.body) > 0 {
			t.Errorf("%d %s", got.status, got.body)
		}
		send(t, "GET", items+"/2", "").wantStatus(t, 404)
		send(t, "DELETE", items+"/2", "", "If-Match", etag).wantStatus(t, 404)
	})
	t.Run("update by merge patch", func(t *testing.T) {
		before := send(t, "GET", items+"/3", "").feature(t)
		etag := send(t, "GET", items+"/3", "").header.Get("ETag")
		got := send(t, "PATCH", items+"/3", `{"properties":{"floors":9,"label":null},"geometry":{"type":"Point","coordinates":[121.7,31.4]}}`, "Content-Type", mergePatch, "If-Match", etag)
		got.wantStatus(t, 200)
		after := got.feature(t)
		before.Properties["floors"], before.Properties["label"], before.Properties["version"] = 9.0, nil, 2.0
		before.Properties["updated_at"] = after.Properties["updated_at"]
		if diff := cmp.Diff(after.Properties, before.Properties); diff != "" || string(after.Geometry) != `{"type":"Point","coordinates":[121.7,31.4]}` {
			t.Errorf("geometry %s, properties (-got +want):\n%s", after.Geometry, diff)
		}
		send(t, "PATCH", items+"/3", `{"id":4}`, "Content-Type", mergePatch, "If-Match", "*").wantProblem(t, 400, "id", "cannot change")
		// RFC 7396 merges objects: the stored type stays.
		got = send(t, "PATCH", items+"/3", `{"geometry":{"coordinates":[121,31]}}`, "Content-Type", mergePatch, "If-Match", "*")
		if got.status != 200 || string(got.feature(t).Geometry) != `{"type":"Point","coordinates":[121,31]}` {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := send(t, "PATCH", items+"/3", `{}`, "Content-Type", mergePatch, "If-Match", "*"); got.status != 200 || got.feature(t).Properties["floors"] != 9.0 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
	t.Run("optimistic locking", func(t *testing.T) {
		for _, tt := range []struct{ method, body, kind string }{
			{"PUT", sampleFeature(`"kind":"a"`), geoJSON},
			{"PATCH", `{"properties":{"kind":"a"}}`, mergePatch},
			{"DELETE", "", ""},
		} {
			address := items + "/4"
			got := send(t, "GET", address, "")
			etag := got.header.Get("ETag")
			version := versionOf(t, got)
			stale := send(t, tt.method, address, tt.body, "Content-Type", tt.kind, "If-Match", `"0"`)
			stale.wantProblem(t, 412, "If-Match", fmt.Sprintf("has version %d by now", version))
			if stale.header.Get("ETag") != fmt.Sprintf(`"%d"`, version) {
				t.Errorf("%s: 412 with ETag %s, want that of version %d", tt.method, stale.header.Get("ETag"), version)
			}
			for _, none := range []string{"W/" + etag, `"xyz"`, `"-1"`, `"99999999999"`} {
				if got := send(t, tt.method, address, tt.body, "Content-Type", tt.kind, "If-Match", none); got.status != 412 {
					t.Errorf("%s with If-Match %s: %d", tt.method, none, got.status)
				}
			}
			send(t, tt.method, address, tt.body, "Content-Type", tt.kind, "If-Match", "7").wantProblem(t, 400, "If-Match", "quotation marks")
			send(t, tt.method, address, tt.body, "Content-Type", tt.kind).wantProblem(t, 428, "", "If-Match is required")
			if now := versionOf(t, send(t, "GET", address, "")); now != version {
				t.Fatalf("%s that was refused made version %d of %d", tt.method, now, version)
			}
			done := send(t, tt.method, address, tt.body, "Content-Type", tt.kind, "If-Match", `"x", `+etag)
			if done.status/100 != 2 || done.header.Get("ETag") == etag {
				t.Errorf("%s with its tag: %d %v", tt.method, done.status, done.header)
			}
		}
	})
	t.Run("features: crs", func(t *testing.T) {
		var last string
		for _, crs := range layers.CRSs() {
			lonLat := send(t, "POST", items, sampleFeature(`"kind":"a"`), "Content-Type", geoJSON)
			lonLat.wantStatus(t, 201)
			want := send(t, "GET", lonLat.header.Get("Location")+query("crs", crs.URI()), "").feature(t)
			body := fmt.Sprintf(`{"type":"Feature","geometry":%s,"properties":{"kind":"a"}}`, want.Geometry)
			for _, header := range []string{"<" + crs.URI() + ">", crs.URI()} {
				got := send(t, "POST", items+query("crs", crs.URI()), body, "Content-Type", geoJSON, "Content-Crs", header)
				got.wantStatus(t, 201)
				var a, b struct{ Coordinates [2]float64 }
				if err := json.Unmarshal(want.Geometry, &a); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal(got.feature(t).Geometry, &b); err != nil {
					t.Fatal(err)
				}
				near := 2e-7 // degrees
				if crs == layers.EPSG3857 {
					near = 0.02 // metres
				}
				if dx, dy := a.Coordinates[0]-b.Coordinates[0], a.Coordinates[1]-b.Coordinates[1]; dx*dx+dy*dy > near*near {
					t.Errorf("%s: %v came back as %v", crs.URI(), a, b)
				}
				if got.header.Get("Content-Crs") != "<"+crs.URI()+">" {
					t.Errorf("Content-Crs is %s", got.header.Get("Content-Crs"))
				}
			}
			last = body
		}
		send(t, "POST", items, last, "Content-Type", geoJSON, "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/99999>").wantProblem(t, 400, "Content-Crs", "none of the systems")
	})
	t.Run("features: schema", func(t *testing.T) {
		for _, readOnly := range []string{`"version":7`, `"updated_at":"2026-11-21T00:00:00Z"`, `"district":"x"`} {
			name := strings.Split(readOnly, `"`)[1]
			send(t, "POST", items, sampleFeature(`"kind":"a",`+readOnly), "Content-Type", geoJSON).wantProblem(t, 400, "properties."+name, "read-only")
		}
	})
}

// versionOf reads the version of a feature that was answered.
func versionOf(t *testing.T, a answer) int {
	t.Helper()
	v, _ := a.feature(t).Properties["version"].(float64)
	return int(v)
}
