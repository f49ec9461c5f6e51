package postgis

import (
	"strings"

	"yiping/layers"
)

// featureColumns lists the columns of a layer that a bulk load brings, in the
// order in which encodeFeature writes them.
func featureColumns(l *layers.Layer) []string {
	columns := []string{"id", "code", "source", "source_id", "synthetic", "district", "street", "village"}
	for _, p := range l.Properties {
		columns = append(columns, p.Name)
	}
	return append(columns, "geom")
}

func quoteAll(names []string) string { return strings.Join(quotedEach(names), ", ") }

func quotedEach(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return quoted
}

// featureEncoder writes features of one layer as COPY rows.
type featureEncoder struct {
	layer   *layers.Layer
	narrow  []bool // the property's column is a 32-bit integer
	columns int
	srid    int
	source  string
}

func newFeatureEncoder(l *layers.Layer, source string, srid int) *featureEncoder {
	e := &featureEncoder{layer: l, columns: len(featureColumns(l)), source: source, srid: srid}
	for _, p := range l.Properties {
		e.narrow = append(e.narrow, columnType(p) == "integer")
	}
	return e
}

// encode appends a feature as a row of its own.
func (e *featureEncoder) encode(b *rowBuffer, f *layers.Feature, r layers.Regions) error {
	b.startRow(e.columns)
	return e.appendFields(b, f, r)
}

// appendFields appends the columns of a feature to a row. The buffer may hold
// part of a row after an error.
func (e *featureEncoder) appendFields(b *rowBuffer, f *layers.Feature, r layers.Regions) error {
	source := f.Source
	if source == "" {
		source = e.source
	}
	code := f.Code
	if code == "" && f.SourceID != "" {
		code = source + ":" + f.SourceID
	}
	b.int64(f.ID)
	b.textOrNull(code)
	b.text(source)
	b.textOrNull(f.SourceID)
	b.bool(f.Synthetic)
	b.textOrNull(r.District)
	b.textOrNull(r.Street)
	b.textOrNull(r.Village)
	for i, p := range e.layer.Properties {
		if err := b.property(p, e.narrow[i], f.Properties[i]); err != nil {
			return err
		}
	}
	return b.geometry(promote(f.Geometry, e.layer.Geometry), e.srid)
}
