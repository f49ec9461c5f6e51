package cql2_test

import (
	"fmt"

	"yiping/layers/cql2"
)

func Example() {
	schema := cql2.Schema{Properties: []cql2.Property{
		{Name: "use", Type: cql2.String},
		{Name: "floors", Type: cql2.Integer},
	}}
	e, err := cql2.Parse("floors>5 and (use = 'public' or use = 'office')", cql2.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Canonical())

	f, err := e.Check(schema)
	if err != nil {
		fmt.Println(err)
		return
	}
	var args cql2.SQLArgs
	fmt.Println("SELECT count(*) FROM building WHERE", f.SQL(&args))
	fmt.Println(args.Values...)

	rows := cql2.NewRows(schema.Properties, [][]any{{"office", int64(61)}, {"office", nil}, {"residential", int64(6)}})
	m, err := f.Compile(rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	for row := range 3 {
		fmt.Println(row, m.Match(row))
	}
	// Output:
	// floors > 5 AND use IN ('office', 'public')
	// SELECT count(*) FROM building WHERE (("floors" > $1::bigint) AND ("use" = ANY($2::text[])))
	// 5 [office public]
	// 0 true
	// 1 unknown
	// 2 false
}

func ExampleExpr_Check() {
	e, err := cql2.Parse("height > 20 AND\nflors > 5", cql2.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = e.Check(cql2.Schema{Properties: []cql2.Property{
		{Name: "floors", Type: cql2.Integer},
		{Name: "height", Type: cql2.Number},
	}})
	fmt.Println(err)
	// Output:
	// line 2, column 1: there is no property "flors"; did you mean "floors"?
}
