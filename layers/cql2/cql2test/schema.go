package cql2test

import (
	"strings"

	"github.com/paulmach/orb"

	"yiping/layers/cql2"
)

// Schema has two properties of every type, so that they can be compared, arrays,
// and a function of every type of result.
func Schema() cql2.Schema {
	var s cql2.Schema
	for name, t := range map[string]cql2.Type{
		"flag": cql2.Boolean, "word": cql2.String, "count": cql2.Integer, "size": cql2.Number,
		"day": cql2.Date, "moment": cql2.Timestamp, "shape": cql2.Geometry,
	} {
		s.Properties = append(s.Properties,
			cql2.Property{Name: name + "1", Column: name + ` "1"`, Type: t},
			cql2.Property{Name: name + "2", Column: name + `2`, Type: t})
		if t != cql2.Geometry {
			s.Properties = append(s.Properties, cql2.Property{Name: name + "s", Column: name + "s", Type: t, Array: true})
		}
	}
	s.Properties = append(s.Properties,
		cql2.Property{Name: "point1", Column: "point1", Type: cql2.Geometry},
		cql2.Property{Name: "名称", Column: "名称", Type: cql2.String})
	s.Functions = functions()
	sortProperties(s.Properties)
	return s
}

func functions() []cql2.Function {
	return []cql2.Function{
		{
			Name: "positive", Params: []cql2.Type{cql2.Number}, Result: cql2.Boolean,
			SQL:  func(args []string) string { return args[0] + " > 0" },
			Eval: func(args []any) any { return args[0].(float64) > 0 },
		},
		{
			Name: "twice", Params: []cql2.Type{cql2.String}, Result: cql2.String,
			SQL:  func(args []string) string { return args[0] + " || " + args[0] },
			Eval: func(args []any) any { return strings.Repeat(args[0].(string), 2) },
		},
		{
			Name: "bytes", Params: []cql2.Type{cql2.String}, Result: cql2.Integer,
			SQL:  func(args []string) string { return "octet_length(" + args[0] + ")::bigint" },
			Eval: func(args []any) any { return int64(len(args[0].(string))) },
		},
		{
			Name: "negative", Params: []cql2.Type{cql2.Number}, Result: cql2.Number,
			SQL:  func(args []string) string { return "-" + args[0] },
			Eval: func(args []any) any { return -args[0].(float64) },
		},
		{
			Name: "day_after", Params: []cql2.Type{cql2.Date}, Result: cql2.Date,
			SQL:  func(args []string) string { return args[0] + " + 1" },
			Eval: func(args []any) any { return args[0].(int64) + 1 },
		},
		{
			Name: "hour_after", Params: []cql2.Type{cql2.Timestamp}, Result: cql2.Timestamp,
			SQL:  func(args []string) string { return args[0] + " + interval '1 hour'" },
			Eval: func(args []any) any { return args[0].(int64) + 3600*1_000_000 },
		},
		{
			Name: "box", Params: []cql2.Type{cql2.Geometry}, Result: cql2.Geometry,
			SQL:  func(args []string) string { return "ST_Envelope(" + args[0] + ")" },
			Eval: func(args []any) any { return envelope(args[0].(orb.Geometry).Bound()) },
		},
	}
}

// envelope is what ST_Envelope makes of a bound.
func envelope(b orb.Bound) orb.Geometry {
	switch {
	case b.Min == b.Max:
		return b.Min
	case b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]:
		return orb.LineString{b.Min, b.Max}
	default:
		return b.ToPolygon()
	}
}
