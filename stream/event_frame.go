package stream

import (
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"
)

// eventMark is the mark of an EVENT stream.
type eventMark struct {
	F     string `json:"f"`
	SID   uint32 `json:"sid"`
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	Now   int64  `json:"now"`
	Lag   int64  `json:"lag_ms"`
	Idle  int64  `json:"idle_ms"`
	// Token is left out until the snapshot is complete.
	Token string `json:"token,omitempty"`
}

// appendEvent writes what an event says, as members of an object.
func (q *query) appendEvent(b []byte, e *Event, in bool) []byte {
	b = appendText(append(b, `"id":`...), e.ID)
	b = strconv.AppendInt(append(b, `,"t":`...), e.Time.UnixMilli(), 10)
	b = strconv.AppendInt(append(b, `,"tr":`...), e.Recorded.UnixMilli(), 10)
	b = appendText(append(b, `,"kind":`...), e.Kind)
	b = appendText(append(b, `,"key":`...), e.Key)
	b = strconv.AppendInt(append(b, `,"ver":`...), e.Version, 10)
	b = strconv.AppendBool(append(b, `,"in":`...), in)
	b = append(b, `,"body":`...)
	if e.Body == nil {
		return append(b, "null"...)
	}
	return q.appendItem(b, e)
}

// appendItem writes the row of the item after an event.
func (q *query) appendItem(b []byte, e *Event) []byte {
	b = appendText(append(b, `{"k":`...), e.Key)
	b = strconv.AppendInt(append(b, `,"ver":`...), e.Version, 10)
	b = strconv.AppendInt(append(b, `,"t":`...), e.Time.UnixMilli(), 10)
	if e.Is != nil {
		b = appendPlace(b, rounded(*e.Is))
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(e.Body, &values) != nil { // the table takes objects alone
		return append(b, '}')
	}
	for _, f := range q.about.fields() {
		v, ok := values[f.Name]
		if ok && !isNull(v) && q.wants(f.Name) {
			b = append(append(appendText(append(b, ','), f.Name), ':'), v...)
		}
	}
	return append(b, '}')
}

func appendPlace(b []byte, p orb.Point) []byte {
	b = strconv.AppendFloat(append(b, `,"lon":`...), p[0], 'f', -1, 64)
	return strconv.AppendFloat(append(b, `,"lat":`...), p[1], 'f', -1, 64)
}

func appendText(b []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string always marshals
	return append(b, quoted...)
}
