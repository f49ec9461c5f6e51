package main

import (
	"strings"
	"testing"
)

// What places and alarms take and answer, faults too, is what the document says.
func TestOpenAPIAlarms(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	const place, acknowledgement = "/heat/places/{id}", "/heat/alarms/{id}/acknowledgement"
	body, schema := a.body(t, place, "put", geoJSON)
	a.valid(t, schema, []byte(body))
	by, schema := a.body(t, acknowledgement, "post", "application/json")
	a.valid(t, schema, []byte(by))
	bow := strings.Replace(body, "[121.487,31.239],[121.487,31.241]", "[121.487,31.241],[121.487,31.239]", 1)
	for _, test := range []struct {
		name, method, path, parameters, kind, body string
		header                                     []string
		status                                     int
	}{
		{"add what is there", "put", place, "", geoJSON, body, nil, 409},
		{"replace", "put", place, "", geoJSON, body, []string{"If-Match", `"1"`}, 200},
		{"replace what is stale", "put", place, "", geoJSON, body, []string{"If-Match", `"1"`}, 412},
		{"replace by text", "put", place, "", "text/plain", body, []string{"If-Match", "*"}, 415},
		{"replace with what is wrong", "put", place, "", geoJSON, `[]`, []string{"If-Match", "*"}, 400},
		{"replace with what crosses itself", "put", place, "", geoJSON, bow, []string{"If-Match", "*"}, 400},
		{"replace with too much", "put", place, "", geoJSON, strings.Repeat(" ", 256<<10) + body, []string{"If-Match", "*"}, 413},
		{"replace from another site", "put", place, "", geoJSON, body, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"delete the unseen", "delete", place, "", "", "", nil, 428},
		{"delete what is stale", "delete", place, "", "", "", []string{"If-Match", `"1"`}, 412},
		{"delete with what is wrong", "delete", place, "?force=1", "", "", []string{"If-Match", "*"}, 400},
		{"delete", "delete", place, "", "", "", []string{"If-Match", `"2"`}, 204},
		{"delete what is gone", "delete", place, "", "", "", []string{"If-Match", "*"}, 404},
		{"read what is gone", "get", place, "", "", "", nil, 404},
		{"replace what is gone", "put", place, "", geoJSON, body, []string{"If-Match", "*"}, 404},
		{"add", "put", place, "", "application/json", body, nil, 201},
		{"list", "get", "/heat/alarms", "?run=bund-2019&state=all", "", "", nil, 200},
		{"acknowledge for nobody", "post", acknowledgement, "", "application/json", `{"note":"?"}`, nil, 400},
		{"acknowledge from another site", "post", acknowledgement, "", "application/json", by, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"acknowledge", "post", acknowledgement, "", "application/json", by, nil, 200},
		{"acknowledge again", "post", acknowledgement, "", "application/json", by, nil, 200},
		{"acknowledge for another", "post", acknowledgement, "", "application/json", `{"by":"他人"}`, nil, 409},
		{"list what is acknowledged", "get", "/heat/alarms", "?run=bund-2019&state=all", "", "", nil, 200},
		{"list too many", "get", "/heat/alarms", "?limit=1001", "", "", nil, 400},
	} {
		t.Run(test.name, func(t *testing.T) { // one after another: they change the same
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
