package api

import (
	"bufio"
	"encoding/csv"
	"io"
	"net/http"
	"time"

	"yiping/layers"
)

const (
	// streamBuffer is what is gathered before it is sent. A fault that comes
	// earlier still becomes a problem document.
	streamBuffer = 64 << 10
	// streamStall is how long a client may take to read one buffer before it is
	// cut off: it holds a connection to the database.
	streamStall = 30 * time.Second
)

// stream answers with all features of a query, one in memory at a time.
func (h handlers) stream(w http.ResponseWriter, r *http.Request, f format, q *layers.Query) error {
	q.WKT = f == csvFormat
	header := w.Header()
	header.Set("Content-Type", f.mediaType())
	header.Set("Content-Crs", "<"+q.CRS.URI()+">")
	header.Set("Cache-Control", "no-cache")
	if r.Method == http.MethodHead {
		return nil
	}
	out := bufio.NewWriterSize(patientWriter{w, http.NewResponseController(w)}, streamBuffer)
	write := sequenceWriter(out, q)
	if f == csvFormat {
		write = csvWriter(out, q)
	}
	for item, err := range h.store.Items(r.Context(), q) {
		if err != nil {
			return err
		}
		if write(item) != nil {
			return nil // the client has gone, which is nobody's error
		}
	}
	_ = out.Flush() // as above
	return nil
}

// sequenceWriter writes GeoJSON text sequences (RFC 8142).
func sequenceWriter(out *bufio.Writer, q *layers.Query) func(*layers.Item) error {
	e := newFeatureEncoder(q.Columns)
	var line []byte
	return func(item *layers.Item) error {
		line = append(line[:0], 0x1e)
		line = append(e.append(line, item), '\n')
		_, err := out.Write(line)
		return err
	}
}

// csvWriter writes a header, then id, the columns, and the geometry as
// well-known text. An empty field is null.
func csvWriter(out *bufio.Writer, q *layers.Query) func(*layers.Item) error {
	c := csv.NewWriter(out) // uses out itself, because it is large enough
	record := []string{"id"}
	for _, column := range q.Columns {
		record = append(record, column.Name)
	}
	record = append(record, "geometry")
	_ = c.Write(record) // into the buffer, which cannot fail yet
	var scratch []byte
	text := func(t layers.PropertyType, v any) string {
		switch v := v.(type) {
		case nil:
			return ""
		case string:
			return v
		case time.Time:
			scratch = appendTime(scratch[:0], t, v)
		default:
			scratch = appendPlain(scratch[:0], v)
		}
		return string(scratch)
	}
	return func(item *layers.Item) error {
		record = append(record[:0], text(layers.Integer, item.ID))
		for i, v := range item.Values {
			record = append(record, text(q.Columns[i].Type, v))
		}
		record = append(record, string(item.Geometry))
		return c.Write(record)
	}
}

// patientWriter gives each write its own deadline, and takes it off again for
// the next request of the connection.
type patientWriter struct {
	out     io.Writer
	control *http.ResponseController
}

// Write writes within streamStall.
func (w patientWriter) Write(p []byte) (int, error) {
	// A writer without deadlines is one of a test's, or in front of a proxy.
	_ = w.control.SetWriteDeadline(time.Now().Add(streamStall))
	n, err := w.out.Write(p)
	if err == nil {
		_ = w.control.SetWriteDeadline(time.Time{})
	}
	return n, err
}
