package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/postgis/postgistest"
)

type batchAnswer struct {
	Atomic  bool
	Written int
	Refused int
	Results []struct {
		Index   int
		Op      string
		Status  int
		ID      int64
		Version int
		Problem *problem
	}
}

// summary is status, id and version of each operation, and its problem's field.
func (b *batchAnswer) summary() []string {
	var lines []string
	for i, r := range b.Results {
		line := fmt.Sprintf("%d %s %d id %d v%d", r.Index, r.Op, r.Status, r.ID, r.Version)
		if r.Problem != nil {
			line = fmt.Sprintf("%d %s %d %s", r.Index, r.Op, r.Status, r.Problem.Field)
		}
		if r.Index != i || r.Problem != nil && r.Problem.Status != r.Status {
			line += " (inconsistent)"
		}
		lines = append(lines, line)
	}
	return lines
}

const ndjson = "application/x-ndjson"

func sendBatch(t *testing.T, root, parameters, kind, body string) (answer, *batchAnswer) {
	t.Helper()
	got := send(t, "POST", root+"/collections/sample/batch"+parameters, body, "Content-Type", kind)
	var b batchAnswer
	if err := json.Unmarshal(got.body, &b); err != nil {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return got, &b
}

// operations has one of each kind, on the features 1 to 4 of fillSample.
func operations() []string {
	return []string{
		`{"op":"insert","feature":` + sampleFeature(`"kind":"a","code":"new-1"`) + `}`,
		`{"op":"replace","id":1,"if_match":1,"feature":` + sampleFeature(`"kind":"b"`) + `}`,
		`{"op":"patch","id":2,"if_match":"*","feature":{"properties":{"floors":7}}}`,
		`{"op":"patch","id":2,"if_match":2,"feature":{"properties":{"floors":8}}}`,
		`{"op":"delete","id":3,"if_match":1}`,
	}
}

// bad has one of each fault.
func bad() []string {
	return []string{
		`{"op":"insert","feature":` + sampleFeature(`"kind":"z"`) + `}`,
		`{"op":"insert","feature":` + sampleFeature(`"kind":"a","code":"c4"`) + `}`,
		`{"op":"patch","id":4,"if_match":9,"feature":{}}`,
		`{"op":"delete","id":4}`,
		`{"op":"delete","id":999,"if_match":1}`,
		`{"op":"patch","id":4,"if_match":"*","feature":{"properties":{"code":"c5"}}}`,
		`{"op":"upsert","id":4}`,
		`7`,
		`{"op":"insert","id":4,"feature":{}}`,
		`{"op":"patch","id":4.5,"if_match":1,"feature":{}}`,
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	newSample := func(t *testing.T) (string, func(string) []int64) {
		t.Helper()
		root, conn := newOGC(t, 0)
		fillSample(t, conn, 1, 5)
		execute(t, conn, "SELECT setval('city.sample_id_seq', 5)")
		return root, func(where string) []int64 { return idsInSQL(t, conn, where+" ORDER BY id") }
	}
	done := []string{"0 insert 201 id 6 v1", "1 replace 200 id 1 v2", "2 patch 200 id 2 v2", "3 patch 200 id 2 v3", "4 delete 204 id 3 v1"}
	for name, tt := range map[string]struct{ parameters, kind, body string }{
		"lines":             {"", ndjson, strings.Join(operations(), "\n") + "\n"},
		"lines, each alone": {"?atomic=false", ndjson, strings.Join(operations(), "\r\n\r\n")},
		"array":             {"?atomic=true", "application/json", "\n [" + strings.Join(operations(), ",\n") + "]\n"},
		"array, each alone": {"?atomic=false", "application/json; charset=utf-8", "[" + strings.Join(operations(), ",") + "]"},
	} {
		t.Run(name, func(t *testing.T) {
			root, ids := newSample(t)
			got, b := sendBatch(t, root, tt.parameters, tt.kind, tt.body)
			if got.status != 200 || b.Written != 5 || b.Refused != 0 || b.Atomic == strings.Contains(tt.parameters, "false") {
				t.Errorf("%d %s", got.status, got.body)
			}
			if diff := cmp.Diff(b.summary(), done); diff != "" {
				t.Errorf("results (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(ids("WHERE floors = 8 OR code = 'new-1' OR kind = 'b' AND label IS NULL AND id = 1"), []int64{1, 2, 6}); diff != "" {
				t.Errorf("features (-got +want):\n%s", diff)
			}
		})
	}
	t.Run("each alone, with faults between", func(t *testing.T) {
		root, ids := newSample(t)
		var all []string
		for i, wrong := range bad() {
			all = append(all, wrong)
			if i < len(operations()) {
				all = append(all, operations()[i])
			}
		}
		got, b := sendBatch(t, root, "?atomic=false", ndjson, strings.Join(all, "\n"))
		want := []string{
			"0 insert 400 feature.properties.kind", "1 insert 201 id 6 v1",
			"2 insert 409 ", "3 replace 200 id 1 v2",
			"4 patch 412 If-Match", "5 patch 200 id 2 v2",
			"6 delete 428 ", "7 patch 200 id 2 v3",
			"8 delete 404 ", "9 delete 204 id 3 v1",
			"10 patch 409 ", "11 upsert 400 op", "12  400 ", "13 insert 400 id", "14 patch 400 id",
		}
		if diff := cmp.Diff(b.summary(), want); got.status != 200 || b.Written != 5 || b.Refused != 10 || diff != "" {
			t.Errorf("%d %s (-got +want):\n%s", got.status, got.body, diff)
		}
		if diff := cmp.Diff(ids(""), []int64{1, 2, 4, 5, 6}); diff != "" {
			t.Errorf("features (-got +want):\n%s", diff)
		}
	})
	for i, wrong := range bad() {
		t.Run(fmt.Sprintf("all or nothing, with fault %d", i), func(t *testing.T) {
			root, ids := newSample(t)
			_, alone := sendBatch(t, root, "?atomic=false", ndjson, wrong)
			got, _ := sendBatch(t, root, "", ndjson, strings.Join(slices.Insert(operations(), 3, wrong), "\n"))
			var p problem
			if err := json.Unmarshal(got.body, &p); err != nil {
				t.Fatal(err)
			}
			if got.status != alone.Results[0].Status || !strings.Contains(p.Detail, "nothing was written") || len(p.Errors) != 1 || p.Errors[0].Index != 3 || !strings.HasPrefix(p.Field, "[3]") {
				t.Errorf("%d %s, want %d", got.status, got.body, alone.Results[0].Status)
			}
			if diff := cmp.Diff(ids("WHERE version = 1"), []int64{1, 2, 3, 4, 5}); diff != "" {
				t.Errorf("features (-got +want):\n%s", diff)
			}
		})
	}
	t.Run("many faults", func(t *testing.T) {
		root, _ := newSample(t)
		got, _ := sendBatch(t, root, "", ndjson, strings.Repeat(bad()[0]+"\n", 150))
		var p problem
		if err := json.Unmarshal(got.body, &p); err != nil || len(p.Errors) != 100 || !strings.Contains(p.Detail, "150 operations were refused") {
			t.Errorf("%d, %d faults: %s %v", got.status, len(p.Errors), p.Detail, err)
		}
	})
}

func TestBatchInputFaults(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	one := operations()[0]
	tests := []struct {
		name, body, detail string
		status             int
	}{
		{"empty", "", "is empty", 400},
		{"white space", " \n ", "is empty", 400},
		{"no operation", "[]", "holds no operation", 400},
		{"no JSON", one + "\nnonsense", "operation 1 is no JSON, at byte", 400},
		{"half an operation", one + "\n" + one[:20], "operation 1", 400},
		{"array without end", "[" + one, "ends within operation 1", 400},
		{"array without comma", "[" + one + one + "]", "operation 1 is no JSON", 400},
		{"comma at the end", "[" + one + ",]", "operation 1 is no JSON", 400},
		{"two arrays", "[" + one + "][" + one + "]", "more text follows", 400},
		{"bracket", one + "]", "body", 400},
		{"too many", strings.Repeat("{}", 10_001), "more than 10000 operations", 413},
		{"too large", strings.Repeat(" ", 32<<20) + one, "larger than 33554432 bytes", 413},
		{"one too large", `{"op":"` + strings.Repeat("x", 9<<20) + `"}`, "operation 0 is larger", 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := sendBatch(t, root, "?atomic=false", ndjson, tt.body)
			field := "body"
			if tt.status == 413 {
				field = ""
			}
			got.wantProblem(t, tt.status, field, tt.detail)
		})
	}
	got, _ := sendBatch(t, root, "?atomic=maybe", ndjson, one)
	got.wantProblem(t, 400, "atomic", "neither true nor false")
	if ids := idsInSQL(t, conn, ""); len(ids) != 0 {
		t.Errorf("features %v after all refusals", ids)
	}
}

// BenchmarkBatch sends 5,000 inserts a request, from the address to the commit.
// Run: go test ./cmd/yiping -run '^$' -bench Batch
func BenchmarkBatch(b *testing.B) {
	address := postgistest.URL(b)
	log := slog.New(slog.DiscardHandler)
	db := &database{store: postgistest.Open(b, address)}
	server := httptest.NewServer(newService(db, newImages(db, log), log))
	b.Cleanup(server.Close)
	const operations = 5000
	feature := `{"op":"insert","feature":{"type":"Feature","geometry":{"type":"Point","coordinates":[121.5,31.2]},"properties":{"class":"01001","state":"完好","owner":"市政"}}}` + "\n"
	body := strings.Repeat(feature, operations)
	for _, parameters := range []string{"?atomic=true", "?atomic=false"} {
		b.Run(parameters, func(b *testing.B) {
			for b.Loop() {
				r, err := http.NewRequestWithContext(b.Context(), "POST", server.URL+"/ogc/collections/component/batch"+parameters, strings.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Content-Type", ndjson)
				res, err := server.Client().Do(r)
				if err != nil {
					b.Fatal(err)
				}
				text, err := io.ReadAll(res.Body)
				if err := errors.Join(err, res.Body.Close()); err != nil || !strings.Contains(string(text), `"refused":0`) {
					b.Fatalf("%d %.300s %v", res.StatusCode, text, err)
				}
			}
			b.ReportMetric(float64(b.N*operations)/b.Elapsed().Seconds(), "operations/s")
		})
	}
}
