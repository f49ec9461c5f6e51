package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"yiping/layers"
)

// A cursor is the Place behind which a next page starts, and the order that it
// is a place in. It says nothing that a client could not say in a filter, so it
// is checked like any other input and not signed.
type cursor struct {
	Sort string `json:"s,omitempty"`
	Keys []any  `json:"k,omitempty"`
	ID   int64  `json:"i"`
}

// maxCursor bounds a cursor in bytes: a few sort keys of MaxStringLength.
const maxCursor = 32 << 10

// encodeCursor writes a place in an order for a link.
func encodeCursor(order []layers.SortKey, p layers.Place) (string, error) {
	c := cursor{Sort: sortText(order), Keys: p.Keys, ID: p.ID}
	data, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(data), nil
}

// decodeCursor reads what encodeCursor wrote for the same order.
func decodeCursor(order []layers.SortKey, text string) (*layers.Place, error) {
	const reason = "is not a cursor of this query; follow the next links as they are"
	if len(text) > maxCursor {
		return nil, layers.InputErrorf("cursor", reason)
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, layers.InputErrorf("cursor", reason)
	}
	var c cursor
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil || d.More() {
		return nil, layers.InputErrorf("cursor", reason)
	}
	if c.Sort != sortText(order) || len(c.Keys) != len(order) {
		return nil, layers.InputErrorf("cursor", "belongs to another order of the features; start again without it")
	}
	for i, key := range order {
		if c.Keys[i], err = stored(&key.Column, c.Keys[i]); err != nil {
			return nil, layers.InputErrorf("cursor", reason)
		}
	}
	return &layers.Place{Keys: c.Keys, ID: c.ID}, nil
}

// sortText writes an order as the sortby parameter does.
func sortText(order []layers.SortKey) string {
	words := make([]string, len(order))
	for i, key := range order {
		words[i] = key.Column.Name
		if key.Descending {
			words[i] = "-" + words[i]
		}
	}
	return strings.Join(words, ",")
}

var errKey = errors.New("not a value of the column")

// stored reads a value of a property from JSON. Unlike Coerce it takes exactly
// what is stored, and nothing else.
func stored(p *layers.Property, v any) (any, error) {
	if v == nil && !p.Required {
		return nil, nil //nolint:nilnil // null is the value
	}
	switch v := v.(type) {
	case bool:
		if p.Type == layers.Boolean {
			return v, nil
		}
	case json.Number:
		switch p.Type {
		case layers.Integer:
			return v.Int64()
		case layers.Number:
			return v.Float64()
		default:
		}
	case string:
		switch p.Type {
		case layers.String:
			return v, layers.CheckText(v)
		case layers.Date, layers.DateTime:
			return time.Parse(time.RFC3339Nano, v)
		default:
		}
	}
	return nil, errKey
}
