package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"yiping/layers"
)

// maxJSONDepth bounds how deep a body nests. A feature of nested collections
// needs a dozen levels.
const maxJSONDepth = 32

// parseJSON reads one JSON text into nil, bool, string, json.Number, []any and
// map[string]any. What encoding/json lets pass and a client can only have meant
// wrongly is refused: bytes that are not UTF-8, a name given twice, more text
// behind the end. An error is an InputError with the line and the column, both
// from 1, the column in characters.
func parseJSON(data []byte) (any, error) {
	if !utf8.Valid(data) {
		n := 0
		for r, size := utf8.DecodeRune(data); r != utf8.RuneError || size != 1; r, size = utf8.DecodeRune(data[n:]) {
			n += size
		}
		return nil, jsonFault(data, int64(n), "not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	r := jsonReader{data: data, tokens: d}
	v, err := r.value(0)
	if err == nil {
		if _, more := d.Token(); more == nil || !errors.Is(more, io.EOF) {
			return nil, jsonFault(data, d.InputOffset(), "more text follows the end of the document")
		}
	}
	return v, err
}

func jsonFault(data []byte, offset int64, reason string) error {
	before := data[:min(max(offset, 0), int64(len(data)))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return layers.InputErrorf("body", "line %d, column %d: %s", line, column, reason)
}

type jsonReader struct {
	data   []byte
	tokens *json.Decoder
}

func (r *jsonReader) token() (json.Token, error) {
	t, err := r.tokens.Token()
	if err == nil {
		return t, nil
	}
	offset := r.tokens.InputOffset()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, jsonFault(r.data, max(offset, syntax.Offset-1), syntax.Error())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, jsonFault(r.data, int64(len(r.data)), "the text ends too early")
	}
	return nil, fmt.Errorf("read body: %w", err)
}

func (r *jsonReader) value(depth int) (any, error) {
	t, err := r.token()
	if err != nil {
		return nil, err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth == maxJSONDepth {
		return nil, jsonFault(r.data, r.tokens.InputOffset(), fmt.Sprintf("nested more than %d levels deep", maxJSONDepth))
	}
	if open == '[' {
		return r.array(depth)
	}
	return r.object(depth)
}

func (r *jsonReader) array(depth int) ([]any, error) {
	list := []any{}
	for r.tokens.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := r.token()
	return list, err
}

func (r *jsonReader) object(depth int) (map[string]any, error) {
	members := map[string]any{}
	for r.tokens.More() {
		t, err := r.token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, jsonFault(r.data, r.tokens.InputOffset(), "a name is not a string")
		}
		if _, twice := members[name]; twice {
			return nil, jsonFault(r.data, r.tokens.InputOffset(), fmt.Sprintf("the name %s is given twice", layers.Shown(name)))
		}
		if members[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := r.token()
	return members, err
}

// within puts the step that leads to a value before the path of its fault.
func within(step string, err error) error {
	if fault, ok := errors.AsType[*layers.InputError](err); ok {
		fault.Field = step + fault.Field
	}
	return err
}
