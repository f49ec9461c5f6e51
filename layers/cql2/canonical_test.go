package cql2_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/cql2"
	"yiping/layers/cql2/cql2test"
)

func TestCanonical(t *testing.T) {
	for _, test := range []struct {
		name, want string
		filters    []string
	}{
		{"order of AND", "a = 1 AND b = 2 AND c = 3", []string{"b = 2 AND (c = 3 AND a = 1)", "(c=3.0) and b=2 and a=1 AND b = 2"}},
		{"literal on the right", "a > 5", []string{"5 < a", "a > 5.0", "NOT a <= 5", "NOT 5 >= a"}},
		{"no > between properties", "a < b", []string{"a < b", "b > a"}},
		{"equality of properties", "a = b", []string{"a = b", "b = a"}},
		{"NOT twice", "a LIKE 'x'", []string{"NOT NOT a LIKE 'x'", "NOT (NOT (a LIKE 'x'))", "NOT a NOT LIKE 'x'"}},
		{"neutral constants", "a = 1", []string{"a = 1 AND TRUE", "FALSE OR a = 1", "a = 1 OR a = 1", "NOT FALSE AND a = 1"}},
		{"only constants", "TRUE", []string{"TRUE AND TRUE", "NOT FALSE", "TRUE"}},
		{"lists", "a IN (1, 2, 3)", []string{"a IN (3, 2, 1, 2.0)", "a = 1 OR a = 2 OR a = 3", "a IN (2) OR (3 = a OR a IN (1, 2))"}},
		{"list of one", "a = 1", []string{"a IN (1)", "a IN (1, 1.0)", "1 = a"}},
		{"negated list of one", "a <> 1", []string{"a NOT IN (1)", "NOT a = 1"}},
		{"BETWEEN", "a <= 2 AND a >= 1", []string{"a BETWEEN 1 AND 2", "a >= 1 AND 2 >= a"}},
		{"folding twice", "CASEI(a) = CASEI('X')", []string{"CASEI('X') = CASEI(CASEI(a))"}},
		{"sets", "A_CONTAINS(a, ('x', 'y'))", []string{"A_CONTAINS(a, ('y', 'x', 'y'))"}},
		{"symmetric functions", "S_INTERSECTS(g, BBOX(1, 2, 3, 4))", []string{"s_intersects(bbox(1,2,3,4), g)", "S_INTERSECTS(g, BBOX(1.0, 2e0, +3, 4))"}},
		{"instants", "a < TIMESTAMP('2020-01-01T00:00:00Z')", []string{"a < TIMESTAMP('2020-01-01T08:00:00.000+08:00')"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, filter := range append(test.filters, test.want) {
				e, err := cql2.Parse(filter, cql2.DefaultLimits())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(e.Canonical(), test.want); diff != "" {
					t.Errorf("%s (-got +want):\n%s", filter, diff)
				}
				if diff := cmp.Diff(throughJSON(t, e).Canonical(), test.want); diff != "" {
					t.Errorf("%s through JSON (-got +want):\n%s", filter, diff)
				}
			}
		})
	}
}

func TestCanonicalKeepsDifferences(t *testing.T) {
	for _, pair := range [][2]string{
		{"a < b", "a <= b"},
		{"a = 'x'", "a = 'X'"},
		{"a = 1", "a = '1'"},
		{"a AND NOT a", "FALSE"}, // unknown where a is
		{"NOT a IS NULL", "a"},
		{"S_WITHIN(a, b)", "S_WITHIN(b, a)"},
		{"a - b = 0", "b - a = 0"},
		{"T_AFTER(a, b)", "T_BEFORE(a, b)"},
		{"a = 1 OR b = 1", "a = 1 OR a = 1"},
	} {
		a, errA := cql2.Parse(pair[0], cql2.DefaultLimits())
		b, errB := cql2.Parse(pair[1], cql2.DefaultLimits())
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Canonical() == b.Canonical() {
			t.Errorf("%s and %s have one canonical form, %s", pair[0], pair[1], a.Canonical())
		}
	}
}

// The canonical form is its own, survives both encodings, and changes no answer.
func TestCanonicalOfRandomFilters(t *testing.T) {
	g := cql2test.New(7)
	schema := cql2test.Schema()
	rows := make([][]any, 100)
	for i := range rows {
		rows[i] = g.Row()
	}
	columns := cql2.NewRows(schema.Properties, rows)
	for range 500 {
		text := g.Filter()
		e := parse(t, text)
		form := e.Canonical()
		for name, again := range map[string]*cql2.Expr{"text": parse(t, form), "JSON": throughJSON(t, parse(t, form)), "written": parse(t, e.Text())} {
			if diff := cmp.Diff(again.Canonical(), form); diff != "" {
				t.Fatalf("%s\ncanonical form of its %s (-got +want):\n%s", text, name, diff)
			}
		}
		written, err := e.CheckAsWritten(schema)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		checked, err := e.Check(schema)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(truths(t, checked, columns, len(rows)), truths(t, written, columns, len(rows))); diff != "" {
			t.Fatalf("%s\nas %s (-canonical +written):\n%s", text, form, diff)
		}
		var first, second cql2.SQLArgs
		again, err := parse(t, form).Check(schema)
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if diff := cmp.Diff(again.SQL(&second), checked.SQL(&first)); diff != "" {
			t.Fatalf("%s\nSQL of the canonical form (-got +want):\n%s", text, diff)
		}
	}
}

func parse(t *testing.T, filter string) *cql2.Expr {
	t.Helper()
	e, err := cql2.Parse(filter, cql2.DefaultLimits())
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return e
}

func truths(t *testing.T, f *cql2.Filter, columns cql2.Columns, rows int) []cql2.Truth {
	t.Helper()
	m, err := f.Compile(columns)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]cql2.Truth, rows)
	for i := range out {
		out[i] = m.Match(i)
	}
	return out
}
