package cql2

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JSON writes the expression as CQL2 JSON. ParseJSON gives the same tree back.
func (e *Expr) JSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(toJSON(e.root)); err != nil {
		return nil, fmt.Errorf("write CQL2 JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

type (
	jsonProperty struct {
		Property string `json:"property"`
	}
	jsonDate struct {
		Date string `json:"date"`
	}
	jsonTimestamp struct {
		Timestamp string `json:"timestamp"`
	}
	jsonInterval struct {
		Interval [2]any `json:"interval"`
	}
	jsonBBox struct {
		BBox []json.RawMessage `json:"bbox"`
	}
	jsonCall struct {
		Op   string `json:"op"`
		Args []any  `json:"args"`
	}
)

// toJSON gives a value that encoding/json writes.
func toJSON(n node) any {
	switch n := n.(type) {
	case *property:
		return jsonProperty{n.name}
	case *boolean:
		return n.value
	case *number:
		return json.RawMessage(n.format())
	case *text:
		return n.value
	case *instant:
		if n.date {
			return jsonDate{n.format()}
		}
		return jsonTimestamp{n.format()}
	case *interval:
		return jsonInterval{[2]any{endJSON(n.start), endJSON(n.end)}}
	case *bbox:
		box := jsonBBox{}
		for _, c := range n.format() {
			box.BBox = append(box.BBox, json.RawMessage(c))
		}
		return box
	case *geometry:
		return n.value
	case *array:
		return allJSON(n.items)
	case *call:
		return callJSON(n)
	default:
		return ".."
	}
}

// endJSON writes an end of an interval, where an instant is a plain string.
func endJSON(n node) any {
	if i, ok := n.(*instant); ok {
		return i.format()
	}
	return toJSON(n)
}

func callJSON(c *call) any {
	switch c.op {
	case opFunction:
		return jsonCall{c.name, allJSON(c.args)}
	case opIn:
		return jsonCall{c.op.String(), []any{toJSON(c.args[0]), allJSON(c.args[1:])}}
	default:
		return jsonCall{c.op.String(), allJSON(c.args)}
	}
}

func allJSON(nodes []node) []any {
	out := make([]any, len(nodes))
	for i, n := range nodes {
		out[i] = toJSON(n)
	}
	return out
}
