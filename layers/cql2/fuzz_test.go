package cql2_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"yiping/layers/cql2"
	"yiping/layers/cql2/cql2test"
)

func quoteJSON(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// roomy limits let what a filter is written as be a little larger than itself.
func roomy() cql2.Limits {
	return cql2.Limits{Bytes: 1 << 24, Depth: 1000, Literals: 1 << 20, Vertices: 1 << 20}
}

// Whatever parses is written so that it parses again, to the same.
func checkRoundTrip(t *testing.T, e *cql2.Expr) {
	t.Helper()
	text, form := e.Text(), e.Canonical()
	again, err := cql2.Parse(text, roomy())
	if err != nil {
		t.Fatalf("text %s: %v", text, err)
	}
	if got := again.Text(); got != text {
		t.Fatalf("text of text: got %s, want %s", got, text)
	}
	if got := again.Canonical(); got != form {
		t.Fatalf("canonical form of text: got %s, want %s", got, form)
	}
	if again, err = cql2.Parse(form, roomy()); err != nil {
		t.Fatalf("canonical form %s: %v", form, err)
	}
	if got := again.Canonical(); got != form {
		t.Fatalf("canonical form of itself: got %s, want %s", got, form)
	}
	written, err := e.JSON()
	if err != nil {
		t.Fatalf("JSON of %s: %v", text, err)
	}
	if again, err = cql2.ParseJSON(written, roomy()); err != nil {
		t.Fatalf("JSON %s: %v", written, err)
	}
	if got := again.Text(); got != text {
		t.Fatalf("text of JSON: got %s, want %s", got, text)
	}
}

// checkAnswers: a filter that passes Check can be written as SQL and compiled.
func checkAnswers(t *testing.T, e *cql2.Expr) {
	t.Helper()
	schema := cql2test.Schema()
	f, err := e.Check(schema)
	if err != nil {
		return
	}
	f.SQL(new(cql2.SQLArgs))
	m, err := f.Compile(cql2.NewRows(schema.Properties, [][]any{make([]any, len(schema.Properties)), cql2test.New(1).Row()}))
	if err != nil {
		t.Fatal(err)
	}
	m.Match(0)
	m.Match(1)
}

// addExamples starts from the examples of the standard, if they are here.
func addExamples(f *testing.F, kind, extension string) {
	f.Helper()
	folder, ok := dataFolder(f, "cql2-examples")
	if !ok {
		return
	}
	files, err := filepath.Glob(filepath.Join(folder, kind, "*"+extension))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
}

func FuzzParse(f *testing.F) {
	addExamples(f, "text", ".txt")
	g := cql2test.New(11)
	for range 50 {
		f.Add(g.Filter())
	}
	for _, seed := range []string{`a = 'x\\' OR b = 'y\'z'`, `"a""b" = 1`, "F((1), ()) = -(x ^ 2)", "a IN (1E+21, .5, 1.)", "A_EQUALS((a), ((b)))", "((((((", "NOT NOT a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		e, err := cql2.Parse(filter, cql2.DefaultLimits())
		if err != nil {
			_ = err.Error()
			return
		}
		checkRoundTrip(t, e)
		checkAnswers(t, e)
	})
}

func FuzzParseJSON(f *testing.F) {
	addExamples(f, "json", ".json")
	g := cql2test.New(12)
	for range 50 {
		e, err := cql2.Parse(g.Filter(), cql2.DefaultLimits())
		if err != nil {
			f.Fatal(err)
		}
		b, err := e.JSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, filter string) {
		e, err := cql2.ParseJSON([]byte(filter), cql2.DefaultLimits())
		if err != nil {
			_ = err.Error()
			return
		}
		checkRoundTrip(t, e)
		checkAnswers(t, e)
	})
}
