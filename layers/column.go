package layers

import (
	"slices"

	"yiping/layers/cql2"
)

// Columns are what a feature says beside its id and its geometry: the columns
// that every layer has, then the layer's own properties. They are the properties
// of GeoJSON and the columns of CSV, in that order.
func (l *Layer) Columns() []Property {
	return append([]Property{
		{Name: "code", Title: Text{"编码", "Code"}, Type: String, Required: true},
		{Name: "source", Title: Text{"来源", "Source"}, Type: String, Required: true},
		{Name: "source_id", Title: Text{"来源内编号", "Key in the source"}, Type: String},
		{Name: "synthetic", Title: Text{"合成数据", "Synthetic"}, Type: Boolean, Required: true},
		{Name: "version", Title: Text{"版本", "Version"}, Type: Integer, Required: true},
		{Name: "updated_at", Title: Text{"更新时间", "Updated at"}, Type: DateTime, Required: true},
		{Name: "district", Title: Text{"区", "District"}, Type: String},
		{Name: "street", Title: Text{"街道", "Street"}, Type: String},
		{Name: "village", Title: Text{"居村", "Village"}, Type: String},
	}, l.Properties...)
}

// Identity is the key of a feature as a column that can be filtered and sorted.
func Identity() Property {
	return Property{Name: "id", Title: Text{"标识", "Id"}, Type: Integer, Required: true}
}

// Column finds a column by name, id included.
func (l *Layer) Column(name string) (Property, bool) {
	all := append(l.Columns(), Identity())
	i := slices.IndexFunc(all, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return all[i], true
}

// Queryables are what filters of the layer may name: id, geom and Columns.
func (l *Layer) Queryables() cql2.Schema {
	s := cql2.Schema{Properties: []cql2.Property{
		{Name: "id", Type: cql2.Integer},
		{Name: "geom", Type: cql2.Geometry},
	}}
	for _, p := range l.Columns() {
		s.Properties = append(s.Properties, cql2.Property{Name: p.Name, Type: filterType(p.Type)})
	}
	return s
}

func filterType(t PropertyType) cql2.Type {
	switch t {
	case Integer:
		return cql2.Integer
	case Number:
		return cql2.Number
	case Boolean:
		return cql2.Boolean
	case Date:
		return cql2.Date
	case DateTime:
		return cql2.Timestamp
	default:
		return cql2.String
	}
}
