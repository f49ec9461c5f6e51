package cql2_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/layers/cql2"
	"yiping/layers/cql2/cql2test"
)

// building is a row of buildingSchema.
func building() []any {
	return []any{
		"Straße 5", "office", int64(61), 270.5, true,
		time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 23, 59, 59, 999_999_000, time.UTC),
		orb.Point{121.5, 31.25},
		[]any{"tall", "glass"},
		[]any{int64(2000), nil},
	}
}

func TestMatch(t *testing.T) {
	schema := buildingSchema()
	nulls := make([]any, len(schema.Properties))
	for _, test := range []struct {
		filter       string
		row, allNull cql2.Truth
	}{
		{"floors = 61", cql2.True, cql2.Unknown},
		{"NOT floors = 61", cql2.False, cql2.Unknown},
		{"floors IS NULL", cql2.False, cql2.True},
		{"tags IS NOT NULL", cql2.True, cql2.False},
		{"floors = 61 OR TRUE", cql2.True, cql2.True},
		{"floors = 61 AND FALSE", cql2.False, cql2.False},
		{"floors = 61 AND TRUE", cql2.True, cql2.Unknown},
		{"(floors = 61) = TRUE", cql2.True, cql2.Unknown},
		{"(floors = 61) IS NULL", cql2.False, cql2.True},
		{"listed", cql2.True, cql2.Unknown},
		{"floors BETWEEN 60.5 AND 61", cql2.True, cql2.Unknown},
		{"floors NOT IN (1, 61.0)", cql2.False, cql2.Unknown},
		{"name < 'a'", cql2.True, cql2.Unknown}, // bytes, not letters
		{"name LIKE 'Stra_e%'", cql2.True, cql2.Unknown},
		{"name LIKE 'stra%'", cql2.False, cql2.Unknown},
		{"CASEI(name) = CASEI('STRASSE 5')", cql2.True, cql2.Unknown},
		{"CASEI(name) LIKE CASEI('%STRAẞE%')", cql2.True, cql2.Unknown},
		{"ACCENTI('Débárquér') = 'Debarquer'", cql2.True, cql2.True},
		{"CASEI('ΟΔΟΣ') = CASEI('οδος')", cql2.True, cql2.True},
		{"height_metres / floors > 4.4", cql2.True, cql2.Unknown},
		{"height_metres / (floors - 61) IS NULL", cql2.True, cql2.True},
		{"floors % 2 = 1 AND floors div 2 = 30 AND -floors div 2 = -30 AND -floors % 2 = -1", cql2.True, cql2.Unknown},
		{"2 ^ 10 = 1024 AND 2 ^ 0.5 = 1.41421356237 AND (-8) ^ (1 / 3) IS NULL AND 0 ^ 0 = 1", cql2.True, cql2.True},
		{"1e300 * 1e300 IS NULL AND 1e-300 * 1e-300 IS NULL", cql2.True, cql2.True},
		{"built = DATE('2000-02-29')", cql2.True, cql2.Unknown},
		{"updated_at = DATE('2026-11-21')", cql2.True, cql2.Unknown},
		{"updated_at > DATE('2026-11-21')", cql2.False, cql2.Unknown},
		{"updated_at > TIMESTAMP('2026-11-21T23:59:59.999998Z')", cql2.True, cql2.Unknown},
		{"S_INTERSECTS(geom, BBOX(121, 31, 122, 32))", cql2.True, cql2.Unknown},
		{"S_INTERSECTS(geom, BBOX(122, 31, 121, 32))", cql2.False, cql2.Unknown}, // round the world
		{"S_INTERSECTS(geom, BBOX(121.5, 31.25, 130, 40))", cql2.True, cql2.Unknown},
		{"S_WITHIN(geom, BBOX(121.5, 31.25, 130, 40))", cql2.False, cql2.Unknown},
		{"S_TOUCHES(geom, BBOX(121.5, 31.25, 130, 40))", cql2.True, cql2.Unknown},
		{"S_EQUALS(geom, BBOX(121.5, 31.25, 121.5, 31.25))", cql2.True, cql2.Unknown},
		{"S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(121 31, 122 31.5)))", cql2.True, cql2.Unknown},
		{"S_WITHIN(POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (2 0, 3 1, 2 1, 2 0)), BBOX(0, 0, 4, 4))", cql2.True, cql2.True}, // the hole touches the shell
		{"S_CROSSES(LINESTRING(0 0, 2 2), LINESTRING(0 2, 2 0))", cql2.True, cql2.True},
		{"A_CONTAINS(tags, ('glass'))", cql2.True, cql2.Unknown},
		{"A_EQUALS(tags, ('glass', 'tall', 'glass'))", cql2.True, cql2.Unknown},
		{"A_CONTAINEDBY(tags, ('glass'))", cql2.False, cql2.Unknown},
		{"A_OVERLAPS(years, (1999, 2000.0))", cql2.True, cql2.Unknown},
		{"A_CONTAINS(tags, (name, 'glass'))", cql2.False, cql2.Unknown},
		{"A_CONTAINEDBY(years, (2000, 2001))", cql2.False, cql2.Unknown}, // a null is in no set
		{"A_CONTAINS((), ())", cql2.True, cql2.True},
		{"length(name) = 8", cql2.True, cql2.Unknown},
	} {
		t.Run(test.filter, func(t *testing.T) {
			m, err := compile(test.filter, schema, cql2.NewRows(schema.Properties, [][]any{building(), nulls}))
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Match(0); got != test.row {
				t.Errorf("for the building got %v, want %v", got, test.row)
			}
			if got := m.Match(1); got != test.allNull {
				t.Errorf("for nulls got %v, want %v", got, test.allNull)
			}
		})
	}
}

// The relations of OWL-Time, each on a pair of intervals of which it holds; it
// must hold of no other pair.
func TestTemporalRelations(t *testing.T) {
	exclusive := []struct{ function, a, b string }{
		{"T_BEFORE", "'2020-01-01', '2020-01-02'", "'2020-01-03', '2020-01-04'"},
		{"T_AFTER", "'2020-01-03', '2020-01-04'", "'2020-01-01', '2020-01-02'"},
		{"T_MEETS", "'2020-01-01', '2020-01-03'", "'2020-01-03', '2020-01-05'"},
		{"T_METBY", "'2020-01-03', '2020-01-05'", "'2020-01-01', '2020-01-03'"},
		{"T_OVERLAPS", "'2020-01-01', '2020-01-03'", "'2020-01-02', '2020-01-05'"},
		{"T_OVERLAPPEDBY", "'2020-01-02', '2020-01-05'", "'2020-01-01', '2020-01-03'"},
		{"T_STARTS", "'2020-01-01', '2020-01-03'", "'2020-01-01', '2020-01-05'"},
		{"T_STARTEDBY", "'2020-01-01', '2020-01-05'", "'2020-01-01', '2020-01-03'"},
		{"T_DURING", "'2020-01-02', '2020-01-03'", "'2020-01-01', '2020-01-05'"},
		{"T_CONTAINS", "'2020-01-01', '2020-01-05'", "'2020-01-02', '2020-01-03'"},
		{"T_FINISHES", "'2020-01-03', '2020-01-05'", "'2020-01-01', '2020-01-05'"},
		{"T_FINISHEDBY", "'2020-01-01', '2020-01-05'", "'2020-01-03', '2020-01-05'"},
		{"T_EQUALS", "'2020-01-01', '2020-01-05'", "'2020-01-01', '2020-01-05'"},
	}
	holds := func(function, a, b string) cql2.Truth {
		filter := function + "(INTERVAL(" + a + "), INTERVAL(" + b + "))"
		m, err := compile(filter, cql2.Schema{}, cql2.NewRows(nil, [][]any{{}}))
		if err != nil {
			t.Fatalf("%s: %v", filter, err)
		}
		return m.Match(0)
	}
	for _, relation := range exclusive {
		for _, pair := range exclusive {
			want := cql2.False
			if relation == pair {
				want = cql2.True
			}
			if got := holds(relation.function, pair.a, pair.b); got != want {
				t.Errorf("%s of the intervals of %s: got %v, want %v", relation.function, pair.function, got, want)
			}
		}
		disjoint := relation.function == "T_BEFORE" || relation.function == "T_AFTER"
		if got := holds("T_DISJOINT", relation.a, relation.b); (got == cql2.True) != disjoint {
			t.Errorf("T_DISJOINT of the intervals of %s: got %v", relation.function, got)
		}
		if got := holds("T_INTERSECTS", relation.a, relation.b); (got == cql2.False) != disjoint {
			t.Errorf("T_INTERSECTS of the intervals of %s: got %v", relation.function, got)
		}
	}
}

// However rows are asked for, each gets the same answer.
func TestBlocks(t *testing.T) {
	g := cql2test.New(3)
	schema := cql2test.Schema()
	rows := make([][]any, 2*cql2.BlockRows+77)
	for i := range rows {
		rows[i] = g.Row()
	}
	for range 30 {
		text := g.Filter()
		m, err := compile(text, schema, cql2test.NewPacked(rows))
		if err != nil {
			t.Fatal(err)
		}
		var want []int
		for i := range rows {
			if m.Match(i) == cql2.True {
				want = append(want, i)
			}
		}
		if diff := cmp.Diff(slices.Collect(m.Rows(0, len(rows))), want); diff != "" {
			t.Fatalf("%s\nall rows (-got +want):\n%s", text, diff)
		}
		if got := m.Count(0, len(rows)); got != len(want) {
			t.Fatalf("%s\ncount: got %d, want %d", text, got, len(want))
		}
		low, high := 700, 1900
		part := slices.DeleteFunc(slices.Clone(want), func(i int) bool { return i < low || i >= high })
		if got := slices.Collect(m.Rows(low, high)); !slices.Equal(got, part) {
			t.Fatalf("%s\nrows %d to %d: got %v, want %v", text, low, high, got, part)
		}
		for row := range m.Rows(0, len(rows)) { // a loop may end early
			if row != want[0] {
				t.Fatalf("%s\nfirst row: got %d, want %d", text, row, want[0])
			}
			break
		}
	}
}

func TestBlockClearsOtherBits(t *testing.T) {
	m, err := compile("TRUE", cql2.Schema{}, cql2.NewRows(nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	var matched cql2.Bits
	matched.Set(100)
	m.Block(0, 3, &matched)
	if matched != (cql2.Bits{7}) {
		t.Errorf("got %b, want the first three bits", matched[:2])
	}
}

// A budget: scalar and point filters allocate nothing for rows.
func TestMatcherAllocates(t *testing.T) {
	columns := newBenchColumns()
	for _, filter := range []string{
		"class = '10117' AND state IN ('破损', '丢失')",
		"CASEI(class) LIKE CASEI('1011%') OR floors IS NULL",
		"floors BETWEEN 10 AND 20 AND height > 3 AND height / floors > 3",
		"floors IN (1, 2, 3) AND S_WITHIN(geom, " + circle(20) + ")",
	} {
		m, err := compile(filter, benchSchema(), columns)
		if err != nil {
			t.Fatal(err)
		}
		// A call may have to make its buffers, if the pool lost them.
		if got := testing.AllocsPerRun(3, func() { m.Count(0, 100*cql2.BlockRows) }); got > 50 {
			t.Errorf("%s: got %v allocations for %d rows, want none for a row", filter, got, 100*cql2.BlockRows)
		}
	}
}

// like is LIKE by another way: a regular expression.
func like(pattern string) *regexp.Regexp {
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '%':
			b.WriteString(".*")
		case !escaped && r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
		escaped = false
	}
	return regexp.MustCompile(`(?s)\A(?:` + b.String() + `)\z`)
}

func FuzzLike(f *testing.F) {
	for _, seed := range [][2]string{{"", ""}, {"abc", "a%c"}, {"aab", "%a_"}, {"北京路", "_京%"}, {"a%b", `a\%b`}, {"xyxyz", "%xyz"}, {"ab", "%a%b%"}, {"a", "a_%"}} {
		f.Add(seed[0], seed[1])
	}
	schema := cql2.Schema{Properties: []cql2.Property{{Name: "s", Type: cql2.String}}}
	f.Fuzz(func(t *testing.T, text, pattern string) {
		literal, err := cql2.ParseJSON([]byte(`{"op":"like","args":[{"property":"s"},`+quoteJSON(t, pattern)+`]}`), cql2.DefaultLimits())
		if err != nil || strings.ContainsRune(text, '\uFFFD') || text != strings.ToValidUTF8(text, "") {
			t.Skip()
		}
		checked, err := literal.Check(schema)
		if err != nil {
			t.Skip()
		}
		m, err := checked.Compile(cql2.NewRows(schema.Properties, [][]any{{text}}))
		if err != nil {
			t.Fatal(err)
		}
		want := cql2.False
		if like(strings.ToValidUTF8(pattern, "\uFFFD")).MatchString(text) {
			want = cql2.True
		}
		if got := m.Match(0); got != want {
			t.Errorf("%q LIKE %q: got %v, want %v", text, pattern, got, want)
		}
	})
}

func TestCompileErrors(t *testing.T) {
	schema := cql2.Schema{Properties: []cql2.Property{{Name: "height", Type: cql2.String}, {Name: "gone", Type: cql2.Boolean}}}
	for _, test := range []struct{ filter, want string }{
		{"height = 'x'", "column of property height: got a cql2_test.floatSlice, which cannot read a text"},
		{"gone", "column of property gone: no column gone"},
	} {
		_, err := compile(test.filter, schema, benchColumns{"height": floatSlice{1}})
		if fault := new(cql2.Error); err == nil || errors.As(err, &fault) || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.filter, err, test.want)
		}
	}
}
