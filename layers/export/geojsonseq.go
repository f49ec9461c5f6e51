package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"

	"yiping/layers"
)

// recordSeparator begins each text of a sequence (RFC 8142, section 2.2).
const recordSeparator = 0x1e

// fileBuffer is how much text is gathered before it goes to the file.
const fileBuffer = 1 << 18

// sequence writes a GeoJSON text sequence. The column id becomes the feature's
// id, the others its properties, in their order.
type sequence struct {
	w       *bufio.Writer
	columns []layers.Property
	keys    [][]byte // of each column, as JSON with its colon; nil for the id
	buf     []byte
}

func newSequence(w io.Writer, columns []layers.Property) *sequence {
	s := &sequence{w: bufio.NewWriterSize(w, fileBuffer), columns: columns}
	for _, c := range columns {
		var key []byte
		if c.Name != "id" {
			key = fmt.Appendf(nil, "%q:", c.Name) // names are letters, digits and _
		}
		s.keys = append(s.keys, key)
	}
	return s
}

// Write adds a feature.
func (s *sequence) Write(row *layers.ExportRow) error {
	g, err := wkb.Unmarshal(row.WKB)
	if err != nil {
		return fmt.Errorf("geometry: %w", err)
	}
	b := append(s.buf[:0], recordSeparator)
	b = append(b, `{"type":"Feature",`...)
	for i, key := range s.keys {
		if key == nil {
			b = fmt.Appendf(b, `"id":%d,`, row.Values[i])
		}
	}
	if b, err = appendGeometry(append(b, `"geometry":`...), g); err != nil {
		return err
	}
	b = append(b, `,"properties":{`...)
	separator := ""
	for i, key := range s.keys {
		if key == nil {
			continue
		}
		b = append(append(b, separator...), key...)
		separator = ","
		if b, err = appendValue(b, s.columns[i], row.Values[i]); err != nil {
			return err
		}
	}
	s.buf = append(b, "}}\n"...)
	_, err = s.w.Write(s.buf)
	return err
}

// appendGeometry writes points, which are nearly all features of a city, without
// the detour of the library.
func appendGeometry(b []byte, g orb.Geometry) ([]byte, error) {
	if p, ok := g.(orb.Point); ok {
		b = append(b, `{"type":"Point","coordinates":[`...)
		b = append(strconv.AppendFloat(b, p[0], 'f', -1, 64), ',')
		return append(strconv.AppendFloat(b, p[1], 'f', -1, 64), "]}"...), nil
	}
	text, err := json.Marshal(geojson.NewGeometry(g))
	if err != nil {
		return b, fmt.Errorf("geometry: %w", err)
	}
	return append(b, text...), nil
}

func appendValue(b []byte, p layers.Property, v any) ([]byte, error) {
	switch value := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		if plain(value) {
			return append(append(append(b, '"'), value...), '"'), nil
		}
	case int64:
		return strconv.AppendInt(b, value, 10), nil
	case time.Time:
		v = timeText(p, value)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return b, fmt.Errorf("property %s: %w", p.Name, err)
	}
	return append(b, text...), nil
}

// plain tells whether a text, which is valid UTF-8, stands for itself in JSON
// (RFC 8259, section 7).
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// Close flushes.
func (s *sequence) Close() error { return s.w.Flush() }
