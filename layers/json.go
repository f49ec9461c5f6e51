package layers

import "time"

// propertyJSON renders a property's value as GeoJSON carries it: a date is its
// day alone, without a time of day that nobody stated.
func propertyJSON(p Property, v any) any {
	if t, ok := v.(time.Time); ok && p.Type == Date {
		return t.Format(time.DateOnly)
	}
	return v
}
