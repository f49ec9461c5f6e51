package cql2_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/cql2"
)

func TestParseText(t *testing.T) {
	for _, test := range []struct{ name, filter, want string }{
		{"words in any case", "a=1 and not b Is nOt null", "a = 1 AND NOT b IS NOT NULL"},
		{"precedence", "a = 1 OR b = 2 AND c = 3", "a = 1 OR b = 2 AND c = 3"},
		{"needed parentheses stay", "(a = 1 OR b = 2) AND c = 3", "(a = 1 OR b = 2) AND c = 3"},
		{"needless parentheses go", "((a) = ((1)))", "a = 1"},
		{"arithmetic binds from the left", "a - b - c = a - (b - c)", "a - b - c = a - (b - c)"},
		{"products before sums", "a + b * c = (a + b) * c", "a + b * c = (a + b) * c"},
		{"minus binds before power", "-x ^ 2 = 1", "(-1 * x) ^ 2 = 1"},
		{"minus of parentheses", "-(x + 1) < 0", "-1 * (x + 1) < 0"},
		{"signs", "a IN (+1, -1, - 1)", "a IN (1, -1, -1)"},
		{"numbers", "a IN (1.0, 1., .5, 1e3, 1.5E-7, 1E+300, -0.0)", "a IN (1, 1, 0.5, 1000, 1.5E-07, 1E+300, 0)"},
		{"64-bit integers are exact", "id = 9223372036854775807", "id = 9223372036854775807"},
		{"larger integers are doubles", "id = 9223372036854775808", "id = 9.223372036854776E+18"},
		{"quote doubled", "a = 'O''Hara'", "a = 'O''Hara'"},
		{"quote escaped", `a = 'O\'Hara'`, "a = 'O''Hara'"},
		{"backslash elsewhere is plain", `a LIKE '10\%\\x'`, `a LIKE '10\%\\x'`},
		{"backslash before the end", `a = 'C:\\'`, `a = 'C:\\'`},
		{"backslash before a quote", `a = '\\'''`, `a = '\\'''`},
		{"Chinese names", "名称 = '外滩' AND 状态 <> '完好'", "名称 = '外滩' AND 状态 <> '完好'"},
		{"names with colon and dot", "eo:cloud.cover < 0.1", "eo:cloud.cover < 0.1"},
		{"names that need quotes", `"in" = 1 AND "a b" = 2 AND "say ""hi""" = 3`, `"in" = 1 AND "a b" = 2 AND "say ""hi""" = 3`},
		{"names that need none", `"value" = 1`, "value = 1"},
		{"words of literals are names too", "date = DATE('2020-02-29') AND point = 1", "date = DATE('2020-02-29') AND point = 1"},
		{"white space of all kinds", "a\t=\u30001\u00a0AND\r\nb = 2", "a = 1 AND b = 2"},
		{"timestamp with an offset", "a < TIMESTAMP('2026-11-21T08:00:00+08:00')", "a < TIMESTAMP('2026-11-21T00:00:00Z')"},
		{"timestamp below the microsecond", "a < TIMESTAMP('2026-11-21T00:00:00.1234569Z')", "a < TIMESTAMP('2026-11-21T00:00:00.123456Z')"},
		{"interval of literals with their words", "T_DURING(INTERVAL(a, b), INTERVAL(DATE('2020-01-01'), '..'))", "T_DURING(INTERVAL(a, b), INTERVAL('2020-01-01', '..'))"},
		{"multi point without inner parentheses", "S_EQUALS(g, MULTIPOINT(1 2, 3 4))", "S_EQUALS(g, MULTIPOINT((1 2),(3 4)))"},
		{"heights", "S_EQUALS(g, POINT(1 2 3))", "S_EQUALS(g, POINT Z (1 2 3))"},
		{"arrays", "A_EQUALS((), a) AND A_OVERLAPS(a, ('x')) AND F((1, 2), (3))", "A_EQUALS((), a) AND A_OVERLAPS(a, ('x')) AND F((1, 2), (3))"},
		{"condition as operand", "(a > 1) = TRUE AND (a = 1 AND b = 2) IS NULL", "(a > 1) = TRUE AND (a = 1 AND b = 2) IS NULL"},
		{"parentheses where no array can be", "S_EQUALS((g), (h)) AND CASEI(('x')) = a", "S_EQUALS(g, h) AND CASEI('x') = a"},
		{"function as condition", "NOT Foo() OR bar(a, -1, 'x', TRUE)", "NOT Foo() OR bar(a, -1, 'x', TRUE)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := cql2.Parse(test.filter, cql2.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(e.Text(), test.want); diff != "" {
				t.Errorf("text (-got +want):\n%s", diff)
			}
			again, err := cql2.Parse(e.Text(), cql2.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(again.Text(), e.Text()); diff != "" {
				t.Errorf("text of text (-got +want):\n%s", diff)
			}
			through := throughJSON(t, e)
			if diff := cmp.Diff(through.Text(), e.Text()); diff != "" {
				t.Errorf("text through JSON (-got +want):\n%s", diff)
			}
		})
	}
}

func throughJSON(t *testing.T, e *cql2.Expr) *cql2.Expr {
	t.Helper()
	written, err := e.JSON()
	if err != nil {
		t.Fatal(err)
	}
	through, err := cql2.ParseJSON(written, cql2.DefaultLimits())
	if err != nil {
		t.Fatalf("%s: %v", written, err)
	}
	return through
}

func TestParseErrors(t *testing.T) {
	const operand = "a property, a literal, a function or ("
	for _, test := range []struct{ name, filter, want string }{
		{"empty", "", "line 1, column 1: expected " + operand + ", found the end of the filter"},
		{"no operator", "a 1", "line 1, column 3: expected AND, OR or the end of the filter, found the number 1"},
		{"second line", "a = 1 AND\n  = 2", `line 2, column 3: expected ` + operand + `, found "="`},
		{"column counts characters", "名称 = '外滩' x", `line 1, column 11: expected AND, OR or the end of the filter, found "x"`},
		{"open text", "a = 'x", "line 1, column 5: the text that begins here has no closing quote '"},
		{"text closed by an escape", `a = 'x\'`, "line 1, column 5: the text that begins here has no closing quote '"},
		{"open name", `"a = 1`, `line 1, column 1: the name that begins here has no closing quote "`},
		{"empty name", `"" = 1`, "line 1, column 1: the name between the quotes is empty"},
		{"C's not equal", "a != 1", `line 1, column 3: CQL2 writes "not equal" as <>, not !=`},
		{"odd character", "a = 1 ; DROP TABLE x", "line 1, column 7: the character ';' has no meaning here"},
		{"name begins with a digit", "2nd = 1", `line 1, column 1: "2n" is no number; a name that begins with a digit stands in double quotes`},
		{"infinite number", "a = 1e999", "line 1, column 5: the number 1e999 is too large for a double"},
		{"reserved word", "in = 1", `line 1, column 1: expected ` + operand + `; a property of that name stands in double quotes, found "in"`},
		{"open parenthesis", "(a = 1", "line 1, column 7: expected ) after the expression, found the end of the filter"},
		{"chained comparison", "1 < a < 2", `line 1, column 7: expected AND, OR or the end of the filter, found "<"`},
		{"chained power", "a ^ b ^ c = 1", "line 1, column 7: a second ^ needs parentheses to say which power comes first"},
		{"list without IN", "(1, 2) = a", "line 1, column 3: a list may only be an argument of a function or follow IN"},
		{"empty IN", "a IN ()", `line 1, column 7: expected ` + operand + `, found ")"`},
		{"half BETWEEN", "a BETWEEN 1 OR 2", `line 1, column 13: expected AND between the bounds of BETWEEN, found "OR"`},
		{"IS what", "a IS TRUE", `line 1, column 6: expected NULL, found "TRUE"`},
		{"NOT what", "a NOT = 1", `line 1, column 7: expected LIKE, BETWEEN or IN, found "="`},
		{"bad date", "a = DATE('2026-02-30')", "line 1, column 10: expected a date such as '2026-11-21', found the text '2026-02-30'"},
		{"time without zone", "a = TIMESTAMP('2026-01-01T00:00:00')", "line 1, column 15: expected a timestamp such as '2026-11-21T08:30:00Z', found the text '2026-01-01T00:00:00'"},
		{"interval with one end", "T_AFTER(a, INTERVAL('2020-01-01'))", `line 1, column 33: expected , between the ends of the interval, found ")"`},
		{"interval of numbers", "T_AFTER(a, INTERVAL(1, 2))", "line 1, column 21: an interval begins and ends with a date such as '2026-11-21', a timestamp such as '2026-11-21T08:30:00Z' or '..', a property or a function"},
		{"spatial with one argument", "S_INTERSECTS(geom)", "line 1, column 1: s_intersects takes 2 arguments, here are 1"},
		{"operator as function", "div(a, b) = 1", `line 1, column 1: expected ` + operand + `; a property of that name stands in double quotes, found "div"`},
		{"quoted function", `"f"(a)`, "line 1, column 1: the name of a function stands without quotes"},
		{"box of five", "S_WITHIN(g, BBOX(1, 2, 3, 4, 5))", "line 1, column 13: a box has 4 numbers (west, south, east, north) or 6 with heights, this one has 5"},
		{"line of one", "S_WITHIN(g, LINESTRING(1 2))", "line 1, column 23: a line has at least 2 positions, this one has 1"},
		{"ring of three", "S_WITHIN(g, POLYGON((0 0, 1 1, 0 0)))", "line 1, column 21: a ring of a polygon has at least 4 positions, this one has 3"},
		{"open ring", "S_WITHIN(g, POLYGON((0 0, 1 0, 1 1, 0 1)))", "line 1, column 37: the ring is not closed: it ends at 0 1, not at 0 0 where it began"},
		{"mixed heights", "S_WITHIN(g, LINESTRING(0 0, 1 1 1))", "line 1, column 29: some positions of the geometry have a height and some have none"},
		{"point of one number", "S_WITHIN(g, POINT(1))", `line 1, column 20: expected a number, found ")"`},
		{"empty geometry", "S_WITHIN(g, POINT EMPTY)", `line 1, column 19: expected ) or , in the arguments, found "EMPTY"`},
		{"nested collection", "S_WITHIN(g, GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 2))))", `line 1, column 32: expected POINT, LINESTRING, POLYGON or their MULTI forms, found "GEOMETRYCOLLECTION"`},
		{"NUL", "a = 'x\x00'", "line 1, column 7: the filter contains a NUL character"},
		{"not UTF-8", "a = '\xff'", "line 1, column 6: the filter is not valid UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cql2.Parse(test.filter, cql2.DefaultLimits())
			if fault := new(cql2.Error); !errors.As(err, &fault) {
				t.Fatalf("got error %v (%T), want a *cql2.Error", err, err)
			}
			if diff := cmp.Diff(err.Error(), test.want); diff != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
}

func TestErrorForPrograms(t *testing.T) {
	_, err := cql2.Parse("名称 = AND", cql2.DefaultLimits())
	fault := new(cql2.Error)
	if !errors.As(err, &fault) {
		t.Fatalf("got error %v, want a *cql2.Error", err)
	}
	if fault.Offset != 9 || fault.Line != 1 || fault.Column != 6 || fault.Found != `"AND"` {
		t.Errorf("got offset %d, line %d, column %d, found %s; want 9, 1, 6, \"AND\"", fault.Offset, fault.Line, fault.Column, fault.Found)
	}
}

func TestLimits(t *testing.T) {
	limits := cql2.Limits{Bytes: 300, Depth: 5, Literals: 4, Vertices: 6}
	for _, test := range []struct{ name, filter, want string }{
		{"just enough literals", "a IN (1, 2, 3, 4)", ""},
		{"literals", "a IN (1, 2, 3, 4, 5)", "line 1, column 19: the filter has more than 4 literal values; ask for less at once"},
		{"just deep enough", "((((a))))", ""},
		{"depth", "(((((a)))))", "line 1, column 6: the filter is nested deeper than 5 levels"},
		{"depth of NOT", "NOT NOT NOT NOT NOT a", "line 1, column 21: the filter is nested deeper than 5 levels"},
		{"depth of functions", "f(f(f(f(f(a)))))", "line 1, column 11: the filter is nested deeper than 5 levels"},
		{"depth of intervals", "INTERVAL(INTERVAL(INTERVAL(INTERVAL(INTERVAL(a,b),b),b),b),b)", "line 1, column 46: the filter is nested deeper than 5 levels"},
		{"depth of a chain", "a + a + a + a + a + a", "line 1, column 21: the filter is nested deeper than 5 levels"},
		{"AND is flat", "a AND a AND a AND a AND a AND a AND a", ""},
		{"vertices", "S_WITHIN(g, MULTIPOINT(1 1, 2 2, 3 3, 4 4, 5 5, 6 6, 7 7))", "line 1, column 54: the geometries of the filter have more than 6 vertices; simplify them"},
		{"bytes", strings.Repeat(" ", 301), "line 1, column 301: the filter has 301 bytes, more than the 300 allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cql2.Parse(test.filter, limits)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
}
