package api

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"

	"yiping/layers"
)

// readBatch reads the operations of a body: one array of JSON, or JSON texts one
// after the other, as NDJSON has them a line each. A body that is no JSON, or
// too much, is an error; what one operation says wrongly is its own.
func readBatch(body io.Reader, features featureReader) ([]operation, error) {
	in := bufio.NewReader(body)
	d := json.NewDecoder(in)
	array, err := startsArray(in)
	if err != nil {
		return nil, err
	}
	if array {
		if _, err := d.Token(); err != nil {
			return nil, batchFault(d, 0, err)
		}
	}
	var operations []operation
	var raw json.RawMessage
	for d.More() {
		n := len(operations)
		if n == maxBatchOperations {
			return nil, Refusef(http.StatusRequestEntityTooLarge, "the batch has more than %d operations", maxBatchOperations)
		}
		if err := d.Decode(&raw); err != nil {
			return nil, batchFault(d, n, err)
		}
		if len(raw) > maxFeatureBytes {
			return nil, Refusef(http.StatusRequestEntityTooLarge, "operation %d is larger than %d bytes", n, maxFeatureBytes)
		}
		operations = append(operations, features.operation(raw))
	}
	// What More takes for the end may be a fault, or a bracket that is not ours.
	switch t, err := d.Token(); {
	case array && t == json.Delim(']'):
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return nil, layers.InputErrorf("body", "more text follows the end of the array, at byte %d", d.InputOffset())
		}
	case array || !errors.Is(err, io.EOF):
		return nil, batchFault(d, len(operations), err)
	}
	if len(operations) == 0 {
		return nil, layers.InputErrorf("body", "holds no operation")
	}
	return operations, nil
}

// startsArray looks at the first byte that is no white space.
func startsArray(in *bufio.Reader) (bool, error) {
	for {
		c, err := in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false, layers.InputErrorf("body", "is empty")
		case err != nil:
			return false, bodyFault(err)
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return c == '[', in.UnreadByte()
		}
	}
}

// batchFault says where the body is no JSON, or what kept it from being read.
func batchFault(d *json.Decoder, n int, err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return layers.InputErrorf("body", "a bracket that closes nothing, at byte %d", d.InputOffset())
	case errors.As(err, &syntax):
		return layers.InputErrorf("body", "operation %d is no JSON, at byte %d: %v", n, max(d.InputOffset(), syntax.Offset), err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return layers.InputErrorf("body", "ends within operation %d, at byte %d", n, d.InputOffset())
	}
	return bodyFault(err)
}

// operation reads one wish.
func (f featureReader) operation(raw []byte) operation {
	v, err := parseJSON(raw)
	if err != nil {
		return operation{err: err}
	}
	members, ok := v.(map[string]any)
	if !ok {
		return operation{err: layers.InputErrorf("", "is not an object with op, id, if_match and feature")}
	}
	name, _ := members["op"].(string)
	o := operation{op: layers.WriteOp(name)}
	o.write, o.err = f.wish(o.op, members)
	return o
}

func (f featureReader) wish(op layers.WriteOp, members map[string]any) (*layers.Write, error) {
	var wanted []string
	switch op {
	case layers.Insert:
		wanted = []string{"feature", "op"}
	case layers.Replace, layers.Patch:
		wanted = []string{"feature", "id", "if_match", "op"}
	case layers.Delete:
		wanted = []string{"id", "if_match", "op"}
	default:
		return nil, layers.InputErrorf("op", "%s is none of insert, replace, patch, delete", layers.Shown(string(op)))
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(wanted, name) {
			return nil, layers.InputErrorf(name, "is not a member of the operation %s; there are: %q", op, wanted)
		}
	}
	var id int64
	var match layers.Match
	if op != layers.Insert {
		var err error
		if id, err = wholeNumber(members["id"]); err != nil {
			return nil, layers.InputErrorf("id", "is missing, or not a whole number")
		}
		if match, err = wishedMatch(members["if_match"]); err != nil {
			return nil, err
		}
	}
	if op == layers.Delete {
		return &layers.Write{Op: op, ID: id, Match: match}, nil
	}
	if members["feature"] == nil {
		return nil, layers.InputErrorf("feature", "is missing")
	}
	w, err := f.write(op, id, members["feature"])
	if err != nil {
		return nil, within("feature.", err)
	}
	w.Match = match
	return w, nil
}

// wishedMatch reads the precondition of an operation: a version, or "*".
func wishedMatch(v any) (layers.Match, error) {
	if v == "*" {
		return layers.Match{Any: true}, nil
	}
	if v == nil {
		return layers.Match{}, Refusef(http.StatusPreconditionRequired, "if_match is required: the version of the feature that you mean to change, or \"*\" for any")
	}
	n, err := wholeNumber(v)
	if err != nil || n != int64(int32(n)) {
		return layers.Match{}, layers.InputErrorf("if_match", "is neither a version nor \"*\"")
	}
	return layers.Match{Versions: []int32{int32(n)}}, nil
}
