package main

import (
	"strings"
	"testing"
)

// body is what a write of the document sends as a media type, by its example,
// and the place of its schema.
func (a *apiUnderTest) body(t *testing.T, path, method, kind string) (example, schema string) {
	t.Helper()
	b := a.operation(t, path, method).RequestBody
	place := []string{"paths", path, method, "requestBody"}
	if name, ok := strings.CutPrefix(b.Ref, "#/components/requestBodies/"); ok {
		b, place = a.document.Components.RequestBodies[name], []string{"components", "requestBodies", name}
	}
	content, ok := b.Content[kind]
	if !ok || content.Example == nil {
		t.Fatalf("%s %s: %s is not in the document, or has no example", method, path, kind)
	}
	return string(content.Example), pointer(append(place, "content", kind, "schema")...)
}

// What writes take and answer, faults too, is what the document says.
func TestOpenAPIWrites(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	const (
		items, item, batch = "/ogc/collections/{layer}/items", "/ogc/collections/{layer}/items/{id}", "/ogc/collections/{layer}/batch"
		objects, along     = "/streams/{stream}", "/streams/{stream}/along"
		json               = "application/json"
	)
	feature, _ := a.body(t, items, "post", geoJSON)
	patch, _ := a.body(t, item, "patch", mergePatch)
	operations, _ := a.body(t, batch, "post", json)
	report, _ := a.body(t, objects, "post", json)
	route, _ := a.body(t, along, "post", json)
	taken := strings.Replace(feature, `"properties":{`, `"properties":{"code":"k2",`, 1)
	unwritten := `[{"op":"insert","feature":` + feature + `},{"op":"delete","id":1,"if_match":9999},{"op":"delete","id":2},{"op":"burn"}]`
	tests := []struct {
		name, method, path, parameters, kind, body string
		header                                     []string
		status                                     int
	}{
		{"create", "post", items, "", geoJSON, feature, nil, 201},
		{"create as JSON", "post", items, "?crs=gcj02", json, feature, []string{"Content-Crs", "gcj02"}, 201},
		{"create minimal", "post", items, "", geoJSON, feature, []string{"Prefer", "return=minimal"}, 201},
		{"create what is wrong", "post", items, "", geoJSON, `{"type":"Feature"}`, nil, 400},
		{"create from another site", "post", items, "", geoJSON, feature, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"create a code that is taken", "post", items, "", geoJSON, taken, nil, 409},
		{"create too much", "post", items, "", geoJSON, strings.Repeat(" ", 8<<20) + feature, nil, 413},
		{"create as text", "post", items, "", "text/plain", feature, nil, 415},
		{"options of items", "options", items, "", "", "", nil, 200},
		{"replace", "put", item, "", geoJSON, feature, []string{"If-Match", `"1"`}, 200},
		{"replace minimal", "put", item, "", geoJSON, feature, []string{"If-Match", `"2"`, "Prefer", "return=minimal"}, 204},
		{"replace in a system that is none", "put", item, "?crs=x", geoJSON, feature, []string{"If-Match", "*"}, 400},
		{"replace what is stale", "put", item, "", geoJSON, feature, []string{"If-Match", `"1"`}, 412},
		{"replace by text", "put", item, "", "text/plain", feature, []string{"If-Match", "*"}, 415},
		{"replace the unseen", "put", item, "", geoJSON, feature, nil, 428},
		{"patch", "patch", item, "", mergePatch, patch, []string{"If-Match", "*"}, 200},
		{"patch minimal", "patch", item, "", mergePatch, patch, []string{"If-Match", "*", "Prefer", "return=minimal"}, 204},
		{"patch with what is wrong", "patch", item, "", mergePatch, `{"properties":{"state":1}}`, []string{"If-Match", "*"}, 400},
		{"patch what is stale", "patch", item, "", mergePatch, patch, []string{"If-Match", `"1"`}, 412},
		{"patch as JSON", "patch", item, "", json, patch, []string{"If-Match", "*"}, 415},
		{"patch the unseen", "patch", item, "", mergePatch, patch, nil, 428},
		{"options of an item", "options", item, "", "", "", nil, 200},
		{"batch", "post", batch, "", json, operations, nil, 200},
		{"batch of lines", "post", batch, "?atomic=false", ndjson, "{\"op\":\"delete\",\"id\":29,\"if_match\":\"*\"}\n", nil, 200},
		{"batch in parts", "post", batch, "?atomic=false", json, unwritten, nil, 200},
		{"batch that is none", "post", batch, "?atomic=true", json, unwritten, nil, 428},
		{"batch with what is stale", "post", batch, "", json, `[{"op":"delete","id":1,"if_match":9999}]`, nil, 412},
		{"batch with a code that is taken", "post", batch, "", json, `[{"op":"insert","feature":` + taken + `}]`, nil, 409},
		{"batch of nothing", "post", batch, "", json, `[]`, nil, 400},
		{"batch as text", "post", batch, "", "text/plain", `[]`, nil, 415},
		{"report", "post", objects, "?datum=gcj02", json, report, nil, 200},
		{"report many", "post", objects, "", json, "[" + report + "]", nil, 200},
		{"report lines", "post", objects, "", ndjson, report + "\n{}\n", nil, 200},
		{"report what is no JSON", "post", objects, "", ndjson, "<html>", nil, 400},
		{"report from another site", "post", objects, "", json, report, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"report too much", "post", objects, "", json, strings.Repeat(" ", 8<<20) + report, nil, 413},
		{"report as text", "post", objects, "", "text/plain", report, nil, 415},
		{"along", "post", along, "", json, route, nil, 200},
		{"along nothing", "post", along, "", json, "{}", nil, 400},
		{"along too much", "post", along, "", json, strings.Repeat(" ", 1<<20) + route, nil, 413},
		{"delete the unseen", "delete", item, "", "", "", nil, 428},
		{"delete what is stale", "delete", item, "", "", "", []string{"If-Match", `"1"`}, 412},
		{"delete with what is wrong", "delete", item, "?force=1", "", "", []string{"If-Match", "*"}, 400},
		{"delete", "delete", item, "", "", "", []string{"If-Match", "*"}, 204},
		{"delete what is gone", "delete", item, "", "", "", []string{"If-Match", "*"}, 404},
	}
	for _, test := range tests { // one after another: they change the same feature
		t.Run(test.name, func(t *testing.T) {
			address := a.address(test.path, a.operation(t, test.path, test.method)) + test.parameters
			header := test.header
			if test.kind != "" {
				header = append([]string{"Content-Type", test.kind}, header...)
			}
			got := send(t, strings.ToUpper(test.method), address, test.body, header...)
			got.wantStatus(t, test.status)
			a.described(t, test.method, test.path, address, got)
			if test.status < 300 && test.body != "" && test.kind != ndjson && test.parameters != "?atomic=false" {
				_, schema := a.body(t, test.path, test.method, test.kind)
				a.valid(t, schema, []byte(test.body))
			}
		})
	}
}
