package main

import (
	"strings"
	"testing"
)

// What fences take and answer, faults too, is what the document says.
func TestOpenAPIFences(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	const all, one = "/fences", "/fences/{id}"
	body, schema := a.body(t, all, "post", geoJSON)
	a.valid(t, schema, []byte(body))
	bow := strings.Replace(body, "[121.487,31.239],[121.487,31.241]", "[121.487,31.241],[121.487,31.239]", 1)
	for _, test := range []struct {
		name, method, path, parameters, kind, body string
		header                                     []string
		status                                     int
	}{
		{"add", "post", all, "", geoJSON, body, nil, 201},
		{"add as JSON", "post", all, "", "application/json", body, nil, 201},
		{"add what is wrong", "post", all, "", geoJSON, `{"type":"Feature"}`, nil, 400},
		{"add what crosses itself", "post", all, "", geoJSON, bow, nil, 400},
		{"add for a stream that is none", "post", all, "", geoJSON, strings.Replace(body, "patrols", "dragons", 1), nil, 400},
		{"add with a filter that is wrong", "post", all, "", geoJSON, strings.Replace(body, "st = 2", "colour = 2", 1), nil, 400},
		{"add from another site", "post", all, "", geoJSON, body, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"add too much", "post", all, "", geoJSON, strings.Repeat(" ", 2<<20) + body, nil, 413},
		{"add as text", "post", all, "", "text/plain", body, nil, 415},
		{"replace", "put", one, "", geoJSON, body, []string{"If-Match", `"1"`}, 200},
		{"replace what is stale", "put", one, "", geoJSON, body, []string{"If-Match", `"1"`}, 412},
		{"replace the unseen", "put", one, "", geoJSON, body, nil, 428},
		{"replace by text", "put", one, "", "text/plain", body, []string{"If-Match", "*"}, 415},
		{"replace with what is wrong", "put", one, "", geoJSON, `[]`, []string{"If-Match", "*"}, 400},
		{"delete the unseen", "delete", one, "", "", "", nil, 428},
		{"delete what is stale", "delete", one, "", "", "", []string{"If-Match", `"1"`}, 412},
		{"delete with what is wrong", "delete", one, "?force=1", "", "", []string{"If-Match", "*"}, 400},
		{"delete", "delete", one, "", "", "", []string{"If-Match", `"2"`}, 204},
		{"delete what is gone", "delete", one, "", "", "", []string{"If-Match", "*"}, 404},
		{"replace what is gone", "put", one, "", geoJSON, body, []string{"If-Match", "*"}, 404},
		{"read what is gone", "get", one, "", "", "", nil, 404},
		{"the state of what is gone", "get", "/fences/{id}/state", "", "", "", nil, 404},
	} {
		t.Run(test.name, func(t *testing.T) { // one after another: they change the same fence
			address := a.address(test.path, a.operation(t, test.path, test.method)) + test.parameters
			header := test.header
			if test.kind != "" {
				header = append([]string{"Content-Type", test.kind}, header...)
			}
			got := send(t, strings.ToUpper(test.method), address, test.body, header...)
			got.wantStatus(t, test.status)
			a.described(t, test.method, test.path, address, got)
		})
	}
}
