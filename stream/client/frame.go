package client

import (
	"encoding/json"
	"fmt"
)

// Query is what a subscription asks for; zero fields are left to the server.
type Query struct {
	Stream     string   `json:"stream"`
	Area       Area     `json:"area"`
	Where      string   `json:"where,omitempty"` // CQL2 text
	Fields     []string `json:"fields,omitempty"`
	LOD        string   `json:"lod,omitempty"`
	MaxHz      float64  `json:"max_hz,omitempty"`
	MaxObjects int      `json:"max_objects,omitempty"`
	As         string   `json:"as,omitempty"` // rows or tiles
	TileZooms  []int    `json:"tz,omitempty"`
	Init       string   `json:"init,omitempty"`
}

// Area is where; one of its fields is set.
type Area struct {
	// BBox is west, south, east, north.
	BBox    *[4]float64     `json:"bbox,omitempty"`
	Polygon json.RawMessage `json:"polygon,omitempty"`
	H3      []string        `json:"h3,omitempty"`
	Region  string          `json:"region,omitempty"`
}

// Frame is a frame of the server, of any kind: the fields of all of them.
type Frame struct {
	F   string  `json:"f"`
	Ref *uint32 `json:"ref"`
	SID *uint32 `json:"sid"`

	Epoch   string      `json:"epoch"`
	Seq     uint64      `json:"seq"`
	Resumed bool        `json:"resumed"`
	LOD     string      `json:"lod"`
	BBox    *[4]float64 `json:"bbox"`
	Cut     uint64      `json:"cut"`
	Part    int         `json:"part"`
	Of      int         `json:"of"`
	From    uint64      `json:"from"`
	To      uint64      `json:"to"`
	Rows    []Row       `json:"rows"`
	Up      []Row       `json:"up"`
	Leave   []string    `json:"leave"`
	Del     []string    `json:"del"`
	// Layer and Tiles of a frame tiles; All says that any may have changed.
	Layer string      `json:"layer"`
	Tiles [][3]uint32 `json:"tiles"`
	All   bool        `json:"all"`

	// The fields of an event.
	Prev     uint64          `json:"prev"`
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	Key      string          `json:"key"`
	Version  int64           `json:"ver"`
	Time     int64           `json:"t"`
	Recorded int64           `json:"tr"`
	In       bool            `json:"in"`
	Body     json.RawMessage `json:"body"`

	// The fields of a mark.
	Now      int64  `json:"now"`
	Lag      int64  `json:"lag_ms"`
	Degraded int    `json:"degraded"`
	Token    string `json:"token"`

	// Why is a text or a list, Code that of an err or a bye.
	Why   json.RawMessage `json:"why"`
	Code  json.RawMessage `json:"code"`
	Msg   string          `json:"msg"`
	Retry int64           `json:"retry_ms"`

	// The fields of hello.
	Proto   string   `json:"proto"`
	Boot    string   `json:"boot"`
	Streams []Stream `json:"streams"`
}

// Stream is one that the server has.
type Stream struct {
	Name    string `json:"name"`
	Class   string `json:"class"` // STATE or EVENT
	Durable bool   `json:"durable"`
	Schema  int    `json:"schema"`
}

// Row is a row of a stream.
type Row struct {
	Key     string  `json:"k"`
	Version uint64  `json:"ver"`
	Time    int64   `json:"t"`
	Lon     float64 `json:"lon"`
	Lat     float64 `json:"lat"`
	// Raw is all of it.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that all rows have, and keeps the text.
func (r *Row) UnmarshalJSON(data []byte) error {
	type plain Row
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	r.Raw = append(json.RawMessage(nil), data...)
	return nil
}

// Read reads the row's other fields into v, as JSON.
func (r *Row) Read(v any) error { return json.Unmarshal(r.Raw, v) }

// ServerError is what a server says against a request, or a subscription that it
// ends.
type ServerError struct {
	Code, Msg string
	Retry     int64 // milliseconds
}

// Error has the code and the words.
func (e *ServerError) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Msg) }

func (f *Frame) fault() *ServerError {
	var code string
	_ = json.Unmarshal(f.Code, &code) // that of a bye is a number
	return &ServerError{code, f.Msg, f.Retry}
}
