package layers

import (
	"slices"
	"strings"

	"yiping/layers/cql2"
)

// ExportQuery asks for the features of a layer as a file takes them.
type ExportQuery struct {
	Layer *Layer
	// Columns are wanted, in this order; ExportColumns makes them.
	Columns []Property
	// Filters take the features for which all are true.
	Filters []*cql2.Filter
}

// ExportRow is a feature on its way into a file.
type ExportRow struct {
	// Values are those of the query's columns, in the Go types that
	// PropertyType lists; nil is null.
	Values []any
	// WKB is the geometry as OGC well-known binary, little endian, lon, lat.
	WKB []byte
}

// ExportColumns are the columns of an export: those named, or without names the
// id and all Columns.
func (l *Layer) ExportColumns(names []string) ([]Property, error) {
	all := append([]Property{Identity()}, l.Columns()...)
	if len(names) == 0 {
		return all, nil
	}
	var columns []Property
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, InputErrorf("properties", "%s is there twice", Shown(name))
		}
		c, ok := l.Column(name)
		if !ok {
			var there []string
			for _, c := range all {
				there = append(there, c.Name)
			}
			return nil, InputErrorf("properties", "the layer %s has no property %s; there are %s", l.Name, Shown(name), strings.Join(there, ", "))
		}
		columns = append(columns, c)
	}
	return columns, nil
}
