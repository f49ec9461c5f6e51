package cql2

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// ParseJSON reads a filter in CQL2 JSON. Faults are of type *Error, those of
// the JSON itself with a line, all others with a JSON pointer.
func ParseJSON(filter []byte, limits Limits) (*Expr, error) {
	s := source{text: string(filter), json: true}
	if err := checkText(s, limits); err != nil {
		return nil, err
	}
	value, err := decodeJSON(s)
	if err != nil {
		return nil, err
	}
	r := jsonReader{budget{source: s, limits: limits}}
	root, err := r.node(value, place{}, 1)
	if err != nil {
		return nil, err
	}
	return &Expr{root: root, source: s}, nil
}

// decodeJSON reads one JSON value, keeping numbers as they are written.
func decodeJSON(s source) (any, error) {
	d := json.NewDecoder(strings.NewReader(s.text))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return value, nil
		}
		err = errors.New("something follows the first value")
	}
	offset := d.InputOffset()
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset, err = int64(len(s.text)), errors.New("it ends too early")
	}
	return nil, source{text: s.text}.errorf(place{offset: int(offset)}, "the filter is not valid JSON: %v", err)
}

// jsonReader turns decoded JSON into nodes.
type jsonReader struct{ budget budget }

func (p place) child(key string) place {
	return place{pointer: p.pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)}
}

func (p place) item(i int) place { return p.child(strconv.Itoa(i)) }

// describeJSON names a value in an error.
func describeJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return token{kind: tokenNumber, value: v.String()}.describe()
	case string:
		return token{kind: tokenText, value: v}.describe()
	case []any:
		return "an array"
	default:
		return "an object"
	}
}

// node reads anything but an array.
func (r *jsonReader) node(v any, at place, depth int) (node, error) {
	if err := r.budget.depth(at, depth); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case bool:
		return &boolean{at, v}, r.budget.literal(at)
	case string:
		return r.text(v, at)
	case json.Number:
		n, ok := parseNumber(v.String())
		if !ok {
			return nil, r.budget.source.errorf(at, "the number %s is too large for a double", clip(v.String()))
		}
		return n.literal(at), r.budget.literal(at)
	case map[string]any:
		return r.object(v, at, depth)
	case []any:
		return nil, r.budget.source.errorf(at, "an array may only be an argument of a function or the list of in")
	default:
		return nil, r.budget.source.expected(at, "an expression", describeJSON(v))
	}
}

func (r *jsonReader) text(v string, at place) (node, error) {
	if strings.ContainsRune(v, 0) {
		return nil, r.budget.source.errorf(at, "the text contains a NUL character")
	}
	return &text{at, v}, r.budget.literal(at)
}

func (r *jsonReader) object(v map[string]any, at place, depth int) (node, error) {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	switch strings.Join(keys, ",") {
	case "property":
		return r.property(v["property"], at)
	case "date":
		return r.instant(v["date"], at.child("date"), true)
	case "timestamp":
		return r.instant(v["timestamp"], at.child("timestamp"), false)
	case "interval":
		return r.interval(v["interval"], at, depth)
	case "bbox":
		return r.bbox(v["bbox"], at)
	case "coordinates,type", "geometries,type":
		if err := r.budget.literal(at); err != nil {
			return nil, err
		}
		g, err := r.geometry(v, at, true)
		if err != nil {
			return nil, err
		}
		return &geometry{at, g}, nil
	case "args,op":
		return r.call(v["op"], v["args"], at, depth)
	default:
		return nil, r.budget.source.expected(at,
			`an object with "op" and "args", "property", "date", "timestamp", "interval", "bbox", or a GeoJSON geometry`,
			"one with "+clip(strings.Join(keys, ", ")))
	}
}

func (r *jsonReader) property(v any, at place) (node, error) {
	name, ok := v.(string)
	if !ok || name == "" || strings.ContainsRune(name, 0) {
		return nil, r.budget.source.expected(at.child("property"), "the name of a property", describeJSON(v))
	}
	return &property{at, name}, nil
}

func (r *jsonReader) instant(v any, at place, date bool) (node, error) {
	s, _ := v.(string)
	i, expected := instant{place: at, date: date}, wantTimestamp
	var ok bool
	if date {
		expected = wantDate
		i.value, ok = parseDate(s)
	} else {
		i.value, ok = parseTimestamp(s)
	}
	if !ok {
		return nil, r.budget.source.expected(at, expected, describeJSON(v))
	}
	return &i, r.budget.literal(at)
}

func (r *jsonReader) interval(v any, at place, depth int) (node, error) {
	inside := at.child("interval")
	ends, ok := v.([]any)
	if !ok || len(ends) != 2 {
		return nil, r.budget.source.expected(inside, "an array of two instants", describeJSON(v))
	}
	start, err := r.intervalEnd(ends[0], inside.item(0), depth+1)
	if err != nil {
		return nil, err
	}
	end, err := r.intervalEnd(ends[1], inside.item(1), depth+1)
	if err != nil {
		return nil, err
	}
	return &interval{at, start, end}, nil
}

func (r *jsonReader) intervalEnd(v any, at place, depth int) (node, error) {
	s, ok := v.(string)
	switch {
	case !ok:
		n, err := r.node(v, at, depth)
		if err != nil {
			return nil, err
		}
		return n, r.budget.intervalEnd(n)
	case s == "..":
		return &openEnd{at}, nil
	}
	i, ok := parseInstant(s)
	if !ok {
		return nil, r.budget.source.expected(at, wantInstant, describeJSON(v))
	}
	i.place = at
	return &i, r.budget.literal(at)
}

func (r *jsonReader) bbox(v any, at place) (node, error) {
	inside := at.child("bbox")
	corners, ok := v.([]any)
	if !ok {
		return nil, r.budget.source.expected(inside, "an array of 4 or 6 numbers", describeJSON(v))
	}
	box := &bbox{place: at}
	for i, c := range corners {
		if len(box.corners) == 6 {
			break
		}
		f, err := r.coordinate(c, inside.item(i))
		if err != nil {
			return nil, err
		}
		box.corners = append(box.corners, f)
	}
	return box, r.budget.box(box)
}

func (r *jsonReader) coordinate(v any, at place) (float64, error) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, r.budget.source.expected(at, "a number", describeJSON(v))
	}
	n, ok := parseNumber(number.String())
	if !ok {
		return 0, r.budget.source.errorf(at, "the number %s is too large for a double", clip(number.String()))
	}
	return n.float, nil
}

// call reads an operator or a function. Operators are known whatever their case.
func (r *jsonReader) call(opValue, argsValue any, at place, depth int) (node, error) {
	name, ok := opValue.(string)
	if !ok {
		return nil, r.budget.source.expected(at.child("op"), "the name of an operator or function", describeJSON(opValue))
	}
	args, ok := argsValue.([]any)
	if !ok {
		return nil, r.budget.source.expected(at.child("args"), "an array of arguments", describeJSON(argsValue))
	}
	n := &call{place: at}
	if n.op, ok = operator(name); !ok {
		if !isIdentifier(name) || reserved(name) || literalWord(name) {
			return nil, r.budget.source.expected(at.child("op"), "the name of an operator or function", describeJSON(name))
		}
		n.name = name
	}
	if lowest, highest := n.op.arity(); len(args) < lowest || highest > 0 && len(args) > highest {
		n.args = make([]node, len(args))
		return nil, r.budget.arity(n)
	}
	for i, v := range args {
		items, err := r.argument(n.op, i, v, at.child("args").item(i), depth+1)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, items...)
	}
	return n, nil
}

// argument reads the i-th argument of an operator; the list of IN gives its
// items, all others give one node.
func (r *jsonReader) argument(o op, i int, v any, at place, depth int) ([]node, error) {
	list, isList := v.([]any)
	switch {
	case o == opIn && i == 1:
		if !isList || len(list) == 0 {
			return nil, r.budget.source.expected(at, "an array with at least one value", describeJSON(v))
		}
		return r.nodes(list, at, depth)
	case isList && (o == opFunction || o.array()):
		items, err := r.nodes(list, at, depth)
		return []node{&array{at, items}}, err
	default:
		n, err := r.node(v, at, depth)
		return []node{n}, err
	}
}

func (r *jsonReader) nodes(values []any, at place, depth int) ([]node, error) {
	var nodes []node
	for i, v := range values {
		n, err := r.node(v, at.item(i), depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}
