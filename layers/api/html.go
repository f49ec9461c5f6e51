package api

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"yiping/layers"
)

//go:embed page.html
var pageHTML string

// page is what page.html shows to people.
type page struct {
	Title, Text string
	// Up is the address of the page above, if there is one.
	Up    string
	Links []link
	// JSON is the document itself.
	JSON   string
	Table  *table
	Sketch *sketch
}

type table struct {
	Head []string
	Rows [][]cell
}

type cell struct{ Text, Href string }

// pageSecurity lets pages show what is in them and load nothing.
const pageSecurity = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// document answers with v as JSON, or with p and v beneath it as HTML.
func (h handlers) document(w http.ResponseWriter, f format, mediaType string, p page, v any) error {
	if f != htmlFormat {
		return WriteJSON(w, mediaType, v)
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	p.JSON = string(data)
	return h.page(w, p)
}

func (h handlers) page(w http.ResponseWriter, p page) error {
	var b bytes.Buffer
	if err := h.html.Execute(&b, p); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", htmlFormat.mediaType())
	header.Set("Content-Security-Policy", pageSecurity)
	header.Set("Cache-Control", "no-cache")
	_, _ = w.Write(b.Bytes()) // a client that has gone is nobody's error
	return nil
}

// itemsTable answers with one page of features as a table and a drawing.
func (h handlers) itemsTable(ctx context.Context, w http.ResponseWriter, r *http.Request, q *layers.Query, limit int) error {
	q.CRS = layers.CRS84 // its map is drawn as it is stored
	at := root(r) + "/collections/" + q.Layer.Name
	t := &table{Head: []string{"id"}}
	for _, c := range q.Columns {
		t.Head = append(t.Head, c.Title.Zh)
	}
	var drawing drawing
	size := 0
	got, err := h.read(ctx, q, limit, func(item *layers.Item) bool {
		id := strconv.FormatInt(item.ID, 10)
		row := []cell{{Text: id, Href: at + "/items/" + id + "?f=html"}}
		for i, v := range item.Values {
			row = append(row, cell{Text: shownValue(q.Columns[i].Type, v)})
			size += len(row[i+1].Text)
		}
		t.Rows = append(t.Rows, row)
		size += len(item.Geometry)
		drawing.add(item.Geometry)
		return size < maxPageBytes
	})
	if err != nil {
		return err
	}
	text, err := h.mark(ctx, q.Layer)
	if err != nil {
		return err
	}
	p := page{Title: q.Layer.Title.Zh + " " + q.Layer.Title.En, Text: text, Up: at, Table: t, Sketch: drawing.sketch()}
	next, err := got.nextLink(r, q, htmlFormat)
	if err != nil {
		return err
	}
	p.Links = append(next, selfLinks(r, htmlFormat, itemFormats()...)[1:]...)
	return h.page(w, p)
}

// itemTable answers with one feature, a column a line.
func (h handlers) itemTable(w http.ResponseWriter, r *http.Request, l *layers.Layer, item *layers.Item) error {
	t := &table{Head: []string{"项 Property", "值 Value"}}
	for i, c := range l.Columns() {
		text := shownValue(c.Type, item.Values[i])
		if region := item.Regions[c.Name]; region != nil {
			text += " " + region.Name
		}
		if c.Unit != "" && text != "" {
			text += " " + c.Unit
		}
		t.Rows = append(t.Rows, []cell{{Text: c.Title.Zh + " " + c.Title.En}, {Text: text}})
	}
	var drawing drawing
	drawing.add(item.Geometry)
	text, err := h.mark(r.Context(), l)
	if err != nil {
		return err
	}
	return h.page(w, page{
		Title:  fmt.Sprintf("%s %d", l.Title.Zh, item.ID),
		Text:   text,
		Up:     root(r) + "/collections/" + l.Name + "/items",
		Table:  t,
		Sketch: drawing.sketch(),
		Links:  selfLinks(r, htmlFormat, geoJSONFormat)[1:],
	})
}

// mark is what a picture of a layer must say about its truth.
func (h handlers) mark(ctx context.Context, l *layers.Layer) (string, error) {
	sources, err := h.store.Sources(ctx)
	if err != nil {
		return "", err
	}
	return mark([]collection{{Sources: sources[l.Name]}}), nil
}

func shownValue(t layers.PropertyType, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return string(appendTime(nil, t, v))
	default:
		return string(appendPlain(nil, v))
	}
}
