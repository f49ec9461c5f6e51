package api

import (
	"net/http"

	"yiping/layers"
)

// schemaType is the media type of JSON Schema.
const schemaType = "application/schema+json"

// queryables answers with what filters may name (OGC API Features, part 3).
func (h handlers) queryables(w http.ResponseWriter, r *http.Request) error {
	return h.columnSchema(w, r, "可查询项 Queryables", func(s *layers.ObjectSchema) {
		s.Required = nil
		s.Additional = new(bool)
	})
}

// schema answers with what features say (OGC API Features, part 5).
func (h handlers) schema(w http.ResponseWriter, r *http.Request) error {
	return h.columnSchema(w, r, "结构 Schema", func(*layers.ObjectSchema) {})
}

func (h handlers) columnSchema(w http.ResponseWriter, r *http.Request, title string, finish func(*layers.ObjectSchema)) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	f, err := documentFormat(w, r)
	if err != nil {
		return err
	}
	s := l.FeatureSchema()
	s.ID = self(r, map[string]string{"f": ""})
	finish(&s)
	p := page{Title: l.Title.Zh + " " + title, Up: root(r) + "/collections/" + l.Name}
	return h.document(w, f, schemaType, p, s)
}
