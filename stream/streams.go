package stream

import (
	"encoding/json"
	"slices"

	"yiping/layers"
)

// info describes a stream.
type info struct {
	Name    string   `json:"name"`
	Class   string   `json:"class"`
	Durable bool     `json:"durable"`
	Schema  int      `json:"schema"`
	Agg     bool     `json:"agg"`
	Metrics []string `json:"metrics"`
	Fields  []field  `json:"fields"`
}

// field is a property that rows have.
type field struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Format string `json:"format,omitempty"`
	Unit   string `json:"unit,omitempty"`
	// Optional fields are those that a slow connection goes without.
	Optional bool `json:"opt,omitempty"`
}

// listing is what hello says of the streams, which is as long as all other frames of a
// quiet connection together. It is kept as long as the tables are the same.
type listing struct {
	tables  []Table
	streams json.RawMessage
}

// streams lists all streams, as JSON.
func (h *Hub) streams() json.RawMessage {
	tables := h.Tables()
	if l := h.listed.Load(); l != nil && slices.Equal(l.tables, tables) {
		return l.streams
	}
	data, err := json.Marshal(h.describe(tables))
	if err != nil { // they are numbers and texts alone
		panic(err)
	}
	h.listed.Store(&listing{tables, data})
	return data
}

func (h *Hub) describe(tables []Table) []info {
	all := make([]info, 0, len(tables))
	for _, t := range tables {
		d := t.Describe()
		all = append(all, d.info("STATE"))
	}
	for _, l := range h.Logs {
		d := l.Describe()
		all = append(all, d.info("EVENT"))
	}
	return all
}

// info is the description as hello has it.
func (d *Description) info(class string) info {
	i := info{Name: d.Name, Class: class, Durable: d.Durable, Schema: d.Schema, Agg: d.Aggregates, Metrics: append([]string{}, d.Metrics...), Fields: []field{}}
	for _, p := range d.fields() {
		f := field{Name: p.Name, Type: string(p.Type), Unit: p.Unit, Optional: slices.Contains(d.Lean, p.Name)}
		if p.Type == layers.Date || p.Type == layers.DateTime {
			f.Type, f.Format = "string", string(p.Type)
		}
		i.Fields = append(i.Fields, f)
	}
	return i
}

// fields are what rows have.
func (d *Description) fields() []layers.Property {
	if d.Fields == nil && d.Rows != nil {
		return d.Rows.Properties
	}
	return d.Fields
}

// field is the one of a name.
func (d *Description) field(name string) (layers.Property, bool) {
	all := d.fields()
	i := slices.IndexFunc(all, func(p layers.Property) bool { return p.Name == name })
	if i < 0 {
		return layers.Property{}, false
	}
	return all[i], true
}

// has reports whether rows have a field.
func (d *Description) has(name string) bool {
	_, ok := d.field(name)
	return ok
}

// table is the one of a stream; nil if it is not known.
func (h *Hub) table(stream string) Table {
	for _, t := range h.Tables() {
		if t.Describe().Name == stream {
			return t
		}
	}
	return nil
}
