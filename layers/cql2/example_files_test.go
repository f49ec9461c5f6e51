package cql2_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/cql2"
)

// dataFolder finds a folder of the shared test data; false if it is not here.
func dataFolder(tb testing.TB, name string) (string, bool) {
	tb.Helper()
	root := os.Getenv("YIPING_TEST_DATA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			tb.Fatal(err)
		}
		for ; ; dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			if dir == filepath.Dir(dir) {
				tb.Fatal("no go.mod above the working directory")
			}
		}
		root = filepath.Join(dir, "..", "shared", "data")
	}
	folder := filepath.Join(root, name)
	_, err := os.Stat(folder)
	return folder, err == nil
}

// The examples of the standard: every text parses, every JSON parses, each
// converts into the other, and both mean the same.
func TestStandardExamples(t *testing.T) {
	folder, ok := dataFolder(t, "cql2-examples")
	if !ok {
		t.Skip("the examples of the standard are not here; set YIPING_TEST_DATA to the folder that holds cql2-examples")
	}
	texts, err := filepath.Glob(filepath.Join(folder, "text", "*.txt"))
	if err != nil || len(texts) != 120 {
		t.Fatalf("got %d text examples, want 120 (%v)", len(texts), err)
	}
	jsons := 0
	for _, file := range texts {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fromText, err := cql2.Parse(string(text), cql2.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			// An alternative spelling has no JSON of its own, but means the same.
			base, _, _ := strings.Cut(name, "-alt")
			exampleJSON, err := os.ReadFile(filepath.Join(folder, "json", base+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if base == name {
				jsons++
			}
			fromJSON, err := cql2.ParseJSON(exampleJSON, cql2.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fromText.Canonical(), fromJSON.Canonical()); diff != "" {
				t.Errorf("canonical form of text and of JSON (-text +json):\n%s", diff)
			}
			written, err := fromText.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, written), decode(t, exampleJSON)); diff != "" {
				t.Errorf("JSON written from text (-got +want):\n%s", diff)
			}
			again, err := cql2.Parse(fromJSON.Text(), cql2.DefaultLimits())
			if err != nil {
				t.Fatalf("text written from JSON, %s: %v", fromJSON.Text(), err)
			}
			if diff := cmp.Diff(again.Text(), fromJSON.Text()); diff != "" {
				t.Errorf("text written from JSON, read and written again (-got +want):\n%s", diff)
			}
		})
	}
	if jsons != 109 {
		t.Errorf("got %d JSON examples, want 109", jsons)
	}
}

func decode(t *testing.T, b []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return v
}
