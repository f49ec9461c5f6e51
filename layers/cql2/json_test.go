package cql2_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/cql2"
)

func TestParseJSON(t *testing.T) {
	for _, test := range []struct{ name, filter, want string }{
		{"operators in any case", `{"op":"S_Intersects","args":[{"property":"g"},{"bbox":[1,2,3,4]}]}`, "S_INTERSECTS(g, BBOX(1, 2, 3, 4))"},
		{"odd names", `{"op":"=","args":[{"property":"a \"b\" c"},"x"]}`, `"a ""b"" c" = 'x'`},
		{"trailing backslash", `{"op":"=","args":[{"property":"a"},"x\\"]}`, `a = 'x\\'`},
		{"nested AND stays nested", `{"op":"and","args":[{"op":"and","args":[true,false]},true]}`, "(TRUE AND FALSE) AND TRUE"},
		{"one item array", `{"op":"f","args":[["a"]]}`, "f(('a'))"},
		{"function in an interval", `{"op":"t_after","args":[{"property":"a"},{"interval":[{"op":"now","args":[]},".."]}]}`, "T_AFTER(a, INTERVAL(now(), '..'))"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := cql2.ParseJSON([]byte(test.filter), cql2.DefaultLimits())
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
			if diff := cmp.Diff(again.Text(), test.want); diff != "" {
				t.Errorf("text of text (-got +want):\n%s", diff)
			}
		})
	}
}

func TestParseJSONErrors(t *testing.T) {
	const kinds = `an object with "op" and "args", "property", "date", "timestamp", "interval", "bbox", or a GeoJSON geometry`
	for _, test := range []struct{ name, filter, want string }{
		{"no JSON", `{"op":`, "line 1, column 7: the filter is not valid JSON: it ends too early"},
		{"broken JSON", "{\n\"op\" 1}", `line 2, column 7: the filter is not valid JSON: invalid character '1' after object key`},
		{"two values", `true false`, "line 1, column 11: the filter is not valid JSON: something follows the first value"},
		{"null", `null`, "at the root: expected an expression, found null"},
		{"array", `[true]`, "at the root: an array may only be an argument of a function or the list of in"},
		{"unknown object", `{"foo":1,"bar":2}`, "at the root: expected " + kinds + ", found one with bar, foo"},
		{"unknown member", `{"op":"=","args":[1,2],"x":3}`, "at the root: expected " + kinds + ", found one with args, op, x"},
		{"op is a number", `{"op":1,"args":[]}`, "at /op: expected the name of an operator or function, found the number 1"},
		{"op is no name", `{"op":"drop table","args":[]}`, "at /op: expected the name of an operator or function, found the text 'drop table'"},
		{"op is a literal's word", `{"op":"Point","args":[]}`, "at /op: expected the name of an operator or function, found the text 'Point'"},
		{"args is an object", `{"op":"=","args":{}}`, "at /args: expected an array of arguments, found an object"},
		{"too few", `{"op":"and","args":[true]}`, "at the root: and takes at least 2 arguments, here are 1"},
		{"deep inside", `{"op":"or","args":[true,{"op":"not","args":[{"op":"=","args":[{"property":""},1]}]}]}`, "at /args/1/args/0/args/0/property: expected the name of a property, found the text ''"},
		{"IN without a list", `{"op":"in","args":[{"property":"a"},1]}`, "at /args/1: expected an array with at least one value, found the number 1"},
		{"array of arrays", `{"op":"a_equals","args":[[[1]],[]]}`, "at /args/0/0: an array may only be an argument of a function or the list of in"},
		{"bad date", `{"op":"=","args":[{"date":"x"},1]}`, "at /args/0/date: expected a date such as '2026-11-21', found the text 'x'"},
		{"interval of three", `{"op":"t_after","args":[{"interval":["..","..",".."]},1]}`, "at /args/0/interval: expected an array of two instants, found an array"},
		{"box of texts", `{"op":"f","args":[{"bbox":[1,2,3,"4"]}]}`, "at /args/0/bbox/3: expected a number, found the text '4'"},
		{"box of many", `{"op":"f","args":[{"bbox":[1,2,3,4,5]}]}`, "at /args/0: a box has 4 numbers (west, south, east, north) or 6 with heights, this one has 5"},
		{"unknown geometry", `{"op":"f","args":[{"type":"Circle","coordinates":[]}]}`, "at /args/0/type: expected a GeoJSON geometry type, found the text 'Circle'"},
		{"empty geometry", `{"op":"f","args":[{"type":"Polygon","coordinates":[]}]}`, "at /args/0/coordinates: expected an array of coordinates, found an array"},
		{"open ring", `{"op":"f","args":[{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}]}`, "at /args/0/coordinates/0/3: the ring is not closed: it ends at 0 1, not at 0 0 where it began"},
		{"position of one", `{"op":"f","args":[{"type":"Point","coordinates":[1]}]}`, "at /args/0/coordinates: expected 2 or 3 numbers, found 1"},
		{"NUL", `{"op":"=","args":["\u0000",1]}`, "at /args/0: the text contains a NUL character"},
		{"too deep", strings.Repeat(`{"op":"not","args":[`, 100) + "true" + strings.Repeat("]}", 100), "at " + strings.Repeat("/args/0", 64) + ": the filter is nested deeper than 64 levels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cql2.ParseJSON([]byte(test.filter), cql2.DefaultLimits())
			if fault := new(cql2.Error); !errors.As(err, &fault) {
				t.Fatalf("got error %v (%T), want a *cql2.Error", err, err)
			}
			if diff := cmp.Diff(err.Error(), test.want); diff != "" {
				t.Errorf("error (-got +want):\n%s", diff)
			}
		})
	}
}
