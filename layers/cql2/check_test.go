package cql2_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/cql2"
)

// buildingSchema is a layer as an analyst knows it.
func buildingSchema() cql2.Schema {
	return cql2.Schema{
		Properties: []cql2.Property{
			{Name: "name", Type: cql2.String},
			{Name: "use", Type: cql2.String},
			{Name: "floors", Type: cql2.Integer},
			{Name: "height_metres", Type: cql2.Number},
			{Name: "listed", Type: cql2.Boolean},
			{Name: "built", Type: cql2.Date},
			{Name: "updated_at", Type: cql2.Timestamp},
			{Name: "geom", Type: cql2.Geometry},
			{Name: "tags", Type: cql2.String, Array: true},
			{Name: "years", Type: cql2.Integer, Array: true},
		},
		Functions: []cql2.Function{{
			Name: "length", Params: []cql2.Type{cql2.String}, Result: cql2.Integer,
			SQL:  func(args []string) string { return "length(" + args[0] + ")::bigint" },
			Eval: func(args []any) any { return int64(len([]rune(args[0].(string)))) },
		}},
	}
}

func TestCheckErrors(t *testing.T) {
	for _, test := range []struct{ name, filter, want string }{
		{"mistyped property", "flors > 5", `line 1, column 1: there is no property "flors"; did you mean "floors"?`},
		{"unknown property", "x > 5", `line 1, column 1: there is no property "x"; there are name, use, floors, height_metres, listed, built, updated_at, geom, tags, years`},
		{"first fault first", "zzz = 1 AND aaa = 1", `line 1, column 1: there is no property "zzz"; there are name, use, floors, height_metres, listed, built, updated_at, geom, tags, years`},
		{"no condition", "floors + 1", "line 1, column 1: expected a condition that is true or false, found a number"},
		{"operand of AND", "listed AND floors", "line 1, column 12: expected a condition that is true or false, found floors, which is an integer"},
		{"number in quotes", "floors = '5'", "line 1, column 10: floors, an integer, cannot be compared with a text; write it without quotes"},
		{"text without quotes", "name = 5", "line 1, column 8: name, a text, cannot be compared with an integer; write it in single quotes"},
		{"literal on the left", "'5' = floors", "line 1, column 1: floors, an integer, cannot be compared with a text; write it without quotes"},
		{"date in quotes", "built > '2020-01-01'", "line 1, column 9: built, a date, cannot be compared with a text; write a date as DATE('2026-11-21')"},
		{"timestamp in quotes", "updated_at > '2020-01-01'", "line 1, column 14: updated_at, a timestamp, cannot be compared with a text; write a timestamp as TIMESTAMP('2026-11-21T08:30:00Z')"},
		{"order of booleans", "listed > FALSE", "line 1, column 10: booleans compare with = and <> only, not with >"},
		{"geometry compared", "geom = POINT(1 2)", "line 1, column 1: a geometry cannot be compared; use a spatial function such as S_EQUALS or S_INTERSECTS"},
		{"array compared", "tags = 'a'", `line 1, column 1: "tags" is an array; it may only stand in an array function such as A_CONTAINS, or before IS NULL`},
		{"wrong type in a list", "floors IN (1, 'b')", "line 1, column 15: floors, an integer, cannot be compared with a text; write it without quotes"},
		{"arithmetic on text", "name + 1 = 2", "line 1, column 1: expected a number before +, found name, which is a text"},
		{"LIKE on a number", "floors LIKE '1%'", "line 1, column 1: expected a text before LIKE, found floors, which is an integer"},
		{"pattern is no literal", "name LIKE use", "line 1, column 11: expected a literal text as pattern of LIKE, found use, which is a text"},
		{"pattern ends with escape", `name LIKE '10\\'`, `line 1, column 11: the pattern ends with a single \, which escapes nothing; double it to mean the character`},
		{"CASEI of a number", "CASEI(floors) = 'x'", "line 1, column 7: expected a text in CASEI, found floors, which is an integer"},
		{"spatial function of text", "S_WITHIN(name, geom)", "line 1, column 10: expected a geometry in S_WITHIN, found name, which is a text"},
		{"temporal function of number", "T_AFTER(floors, built)", "line 1, column 9: expected a date, a timestamp or an interval, found floors, which is an integer"},
		{"instant in an interval function", "T_DURING(updated_at, INTERVAL('..', '2020-01-01'))", "line 1, column 10: T_DURING compares two intervals and this is an instant; use T_INTERSECTS, T_BEFORE or T_AFTER"},
		{"interval backwards", "T_AFTER(built, INTERVAL('2020-01-02', '2020-01-01'))", "line 1, column 16: the interval ends before it starts"},
		{"interval alone", "INTERVAL('..', '..') = built", "line 1, column 1: an interval may only stand in a temporal function such as T_INTERSECTS"},
		{"array function of a scalar", "A_CONTAINS(name, ('a'))", "line 1, column 12: expected an array property or a list in parentheses, found name, which is a text"},
		{"array of another type", "A_CONTAINS(tags, (1, 2))", "line 1, column 18: an array of integers cannot be compared with an array of texts"},
		{"mixed array", "A_CONTAINS(tags, ('a', 2))", "line 1, column 24: expected values of one scalar type in the array, found an integer"},
		{"unknown function", "S_INTERSECT(geom, geom)", `line 1, column 1: there is no function "S_INTERSECT"; did you mean S_INTERSECTS?`},
		{"function with too many arguments", "length(name, 1) > 2", "line 1, column 1: the function length takes 1 arguments, here are 2"},
		{"function of a wrong type", "length(floors) > 2", "line 1, column 8: expected a text as argument of length, found floors, which is an integer"},
		{"longitude", "S_WITHIN(geom, POINT(181 0))", "line 1, column 16: the longitude 181 is outside -180 to 180; coordinates are longitude, then latitude, in degrees"},
		{"axes exchanged", "S_WITHIN(geom, POINT(31.2 121.5))", "line 1, column 16: the latitude 121.5 is outside -90 to 90; coordinates are longitude, then latitude, in degrees"},
		{"box upside down", "S_WITHIN(geom, BBOX(1, 4, 2, 3))", "line 1, column 16: the south of the box, 4, is above its north, 3; a box is west, south, east, north"},
		{"collection in S_EQUALS", "S_EQUALS(geom, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4)))", "line 1, column 16: S_EQUALS does not take a collection of mixed geometries; only S_INTERSECTS and S_DISJOINT do"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(t, test.filter).Check(buildingSchema())
			if fault := new(cql2.Error); !errors.As(err, &fault) {
				t.Fatalf("got error %v (%T), want a *cql2.Error", err, err)
			}
			if diff := cmp.Diff(err.Error(), test.want); diff != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
}

// A self-crossing polygon is refused with the reason and the place of the library
// that found it.
func TestCheckInvalidGeometry(t *testing.T) {
	_, err := parse(t, "floors > 1 AND S_WITHIN(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))").Check(buildingSchema())
	fault := new(cql2.Error)
	if !errors.As(err, &fault) || fault.Column != 31 {
		t.Fatalf("got %v, want a fault at column 31", err)
	}
}

func TestCheckErrorInJSON(t *testing.T) {
	e, err := cql2.ParseJSON([]byte(`{"op":"and","args":[true,{"op":">","args":[{"property":"flors"},5]}]}`), cql2.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Check(buildingSchema())
	want := `at /args/1/args/0: there is no property "flors"; did you mean "floors"?`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestProperties(t *testing.T) {
	e := parse(t, "floors > 5 AND (name = 'x' OR floors < 3) AND A_CONTAINS(tags, ('a')) AND T_AFTER(INTERVAL(built, '..'), updated_at)")
	want := []string{"built", "floors", "name", "tags", "updated_at"}
	if diff := cmp.Diff(e.Properties(), want); diff != "" {
		t.Errorf("names in the expression (-got +want):\n%s", diff)
	}
	f, err := e.Check(buildingSchema())
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(f.Properties()))
	for i, p := range f.Properties() {
		names[i] = p.Name
	}
	if diff := cmp.Diff(names, want); diff != "" {
		t.Errorf("names in the filter (-got +want):\n%s", diff)
	}
}

func TestTransform(t *testing.T) {
	swap := func(x, y float64) (float64, float64, error) {
		if x > 90 {
			return 0, 0, errors.New("too far")
		}
		return y, x, nil
	}
	e, err := parse(t, "S_WITHIN(g, POLYGON Z ((1 2 9, 3 2 9, 3 4 9, 1 2 9))) AND S_WITHIN(g, BBOX(1, 2, 9, 3, 4, 9))").Transform(swap)
	if err != nil {
		t.Fatal(err)
	}
	want := "S_WITHIN(g, POLYGON Z ((2 1 9,2 3 9,4 3 9,2 1 9))) AND S_WITHIN(g, BBOX(2, 1, 9, 4, 3, 9))"
	if diff := cmp.Diff(e.Text(), want); diff != "" {
		t.Errorf("transformed (-got +want):\n%s", diff)
	}
	_, err = parse(t, "a = 1 AND S_WITHIN(g, POINT(91 2))").Transform(swap)
	want = "line 1, column 23: the coordinates cannot be transformed: too far"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
