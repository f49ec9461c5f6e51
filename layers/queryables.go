package layers

import (
	"net/http"
	"slices"
	"strings"
)

// schemaType is the media type of JSON Schema.
const schemaType = "application/schema+json"

// queryables answers with what filters may name (OGC API Features, part 3).
func (h handlers) queryables(w http.ResponseWriter, r *http.Request) error {
	return h.columnSchema(w, r, "可查询项 Queryables", func(s *objectSchema) {
		s.Required = nil
		s.Additional = new(bool)
	})
}

// schema answers with what features say (OGC API Features, part 5).
func (h handlers) schema(w http.ResponseWriter, r *http.Request) error {
	return h.columnSchema(w, r, "结构 Schema", func(*objectSchema) {})
}

func (h handlers) columnSchema(w http.ResponseWriter, r *http.Request, title string, finish func(*objectSchema)) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	s := describeColumns(l)
	s.ID = self(r, map[string]string{"f": ""})
	finish(&s)
	p := page{Title: l.Title.Zh + " " + title, Up: root(r) + "/collections/" + l.Name}
	return h.document(w, f, schemaType, p, s)
}

// describeColumns is the JSON Schema of id, geom and all columns. What the
// database fills by itself is read-only.
func describeColumns(l *Layer) objectSchema {
	id := describeProperty(identity(), 0)
	id.Role, id.ReadOnly = "id", true
	kind := "any"
	if l.Geometry != AnyGeometry {
		kind = strings.ToLower(string(l.Geometry))
	}
	s := objectSchema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		Type:   "object",
		Title:  l.Title.Zh,
		Properties: map[string]propertySchema{
			"id":   id,
			"geom": {Format: "geometry-" + kind, Title: "几何", Titles: &Text{"几何", "Geometry"}, Role: "primary-geometry", Seq: 1},
		},
		Required: []string{"geom"},
	}
	own := append([]string{"version", "updated_at"}, RegionColumns()...)
	for i, c := range l.Columns() {
		p := describeProperty(c, i+2)
		p.ReadOnly = slices.Contains(own, c.Name)
		s.Properties[c.Name] = p
		if c.Required && !slices.Contains(SystemColumns(), c.Name) {
			s.Required = append(s.Required, c.Name)
		}
	}
	return s
}
