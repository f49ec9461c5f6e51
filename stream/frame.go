package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
)

// maxInteger is the greatest integer that JSON numbers hold exactly everywhere.
const maxInteger = 1<<53 - 1

// request is a frame of a client, of any kind: the fields of all of them.
type request struct {
	F      string  `json:"f"`
	Ref    *uint32 `json:"ref"`
	SID    *uint32 `json:"sid"`
	Stream string  `json:"stream"`
	Area   *region `json:"area"`
	// Where is CQL2: a string of text, or JSON.
	Where      json.RawMessage `json:"where"`
	Fields     []string        `json:"fields"`
	LOD        string          `json:"lod"`
	MaxHz      *float64        `json:"max_hz"`
	MaxObjects *int            `json:"max_objects"`
	View       bool            `json:"view"`
	Zoom       *float64        `json:"zoom"`
	As         string          `json:"as"`
	Zooms      []int           `json:"tz"`
	Init       string          `json:"init"`
	Sync       bool            `json:"sync"`
	Enc        string          `json:"enc"`
	Resume     string          `json:"resume"`
	BBox       []float64       `json:"bbox"`
	Acks       [][]uint64      `json:"a"`
}

// region is an area as it is written; one of its fields is there.
type region struct {
	BBox    []float64       `json:"bbox"`
	Polygon json.RawMessage `json:"polygon"`
	H3      json.RawMessage `json:"h3"`
	Region  string          `json:"region"`
	Fence   string          `json:"fence"`
}

// decode reads a frame. What it returns beside a fault holds the ref, if that
// could be read. Unknown fields are ignored.
func decode(data []byte) (*request, *RequestError) {
	r := &request{}
	if fault := r.unmarshal(data); fault != nil {
		return r, fault
	}
	return r, r.check()
}

func (r *request) unmarshal(data []byte) *RequestError {
	err := json.Unmarshal(data, r)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return faultf(BadJSON, "a frame is a JSON object")
		}
		return faultf(BadFrame, "%.60s: a %s does not fit", wrong.Field, wrong.Value)
	}
	return faultf(BadJSON, "%.200s", err)
}

func (r *request) check() *RequestError {
	switch r.F {
	case "sub":
		if r.Area == nil {
			return faultf(BadFrame, "area is missing")
		}
	case "unsub", "view":
		if r.SID == nil {
			return faultf(BadFrame, "sid is missing")
		}
	case "ack":
		return r.checkAcks()
	default:
		return faultf(BadFrame, "f: %.40q is not a frame that a client sends: sub, unsub, view, ack", r.F)
	}
	if r.Ref == nil {
		return faultf(BadFrame, "ref is missing")
	}
	return nil
}

func (r *request) checkAcks() *RequestError {
	for _, a := range r.Acks {
		if len(a) != 2 && len(a) != 3 || a[0] > math.MaxUint32 || a[1] > maxInteger {
			return faultf(BadFrame, "a: an entry is [sid, P] or [sid, cut, part]")
		}
	}
	return nil
}

// isNull reports whether a field was left out or is null.
func isNull(raw json.RawMessage) bool { return len(raw) == 0 || bytes.Equal(raw, []byte("null")) }

// hello is the first frame of a connection.
type hello struct {
	F         string          `json:"f"`
	Proto     string          `json:"proto"`
	Now       int64           `json:"now"`
	Boot      string          `json:"boot"`
	Build     string          `json:"build"`
	Heartbeat int64           `json:"hb_ms"`
	Scope     []string        `json:"scope"`
	Limits    Limits          `json:"limits"`
	Streams   json.RawMessage `json:"streams"`
}

// accepted is the frame ok.
type accepted struct {
	F       string      `json:"f"`
	Ref     uint32      `json:"ref"`
	SID     uint32      `json:"sid"`
	Epoch   string      `json:"epoch,omitempty"`
	Seq     uint64      `json:"seq"`
	Resumed bool        `json:"resumed"`
	LOD     string      `json:"lod,omitempty"`
	BBox    *[4]float64 `json:"bbox,omitempty"`
	Clipped bool        `json:"clipped"`
}

type tileFrame struct {
	F     string      `json:"f"`
	SID   uint32      `json:"sid"`
	From  uint64      `json:"from"`
	To    uint64      `json:"to"`
	Tick  uint32      `json:"tick"`
	Layer string      `json:"layer"`
	Tiles [][3]uint32 `json:"tiles,omitempty"`
	All   bool        `json:"all,omitempty"`
}

type tickFrame struct {
	F string `json:"f"`
	N uint32 `json:"n"`
}

type markFrame struct {
	F        string   `json:"f"`
	SID      uint32   `json:"sid"`
	Epoch    string   `json:"epoch"`
	Seq      uint64   `json:"seq"`
	Now      int64    `json:"now"`
	Lag      int64    `json:"lag_ms"`
	Idle     int64    `json:"idle_ms"`
	Hz       float64  `json:"hz"`
	LOD      string   `json:"lod"`
	Degraded rung     `json:"degraded"`
	Why      []string `json:"why"`
	// Token is left out until the snapshot is complete.
	Token string `json:"token,omitempty"`
}

type resetFrame struct {
	F     string `json:"f"`
	SID   uint32 `json:"sid"`
	Epoch string `json:"epoch"`
	Why   string `json:"why"`
}

type errFrame struct {
	F     string  `json:"f"`
	Ref   *uint32 `json:"ref,omitempty"`
	SID   *uint32 `json:"sid,omitempty"`
	Code  Code    `json:"code"`
	Msg   string  `json:"msg"`
	Retry int64   `json:"retry_ms"`
}

type byeFrame struct {
	F      string            `json:"f"`
	Code   int               `json:"code"`
	Why    string            `json:"why"`
	Retry  int64             `json:"retry_ms"`
	Tokens map[uint32]string `json:"tokens"`
}
