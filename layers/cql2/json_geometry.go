package cql2

import (
	"fmt"

	"github.com/peterstace/simplefeatures/geom"
)

// geometry reads a GeoJSON geometry. Collections hold no collections.
func (r *jsonReader) geometry(v map[string]any, at place, collections bool) (geom.Geometry, error) {
	name, _ := v["type"].(string)
	kind, ok := geometryType(name)
	if !ok || kind.String() != name || kind == geom.TypeGeometryCollection && !collections {
		return geom.Geometry{}, r.budget.source.expected(at.child("type"), "a GeoJSON geometry type", describeJSON(v["type"]))
	}
	if kind == geom.TypeGeometryCollection {
		return r.collection(v["geometries"], at.child("geometries"))
	}
	inside := at.child("coordinates")
	s, err := r.shape(v["coordinates"], inside, levels(kind))
	if err != nil {
		return geom.Geometry{}, err
	}
	return s.build(r.budget.source, kind)
}

func (r *jsonReader) collection(v any, at place) (geom.Geometry, error) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return geom.Geometry{}, r.budget.source.expected(at, "an array of at least one geometry", describeJSON(v))
	}
	members := make([]geom.Geometry, len(list))
	for i, v := range list {
		member, ok := v.(map[string]any)
		if !ok {
			return geom.Geometry{}, r.budget.source.expected(at.item(i), "a GeoJSON geometry", describeJSON(v))
		}
		g, err := r.geometry(member, at.item(i), false)
		if err != nil {
			return geom.Geometry{}, err
		}
		members[i] = g
	}
	return collect(members), nil
}

// shape reads arrays of the given depth around positions.
func (r *jsonReader) shape(v any, at place, level int) (shape, error) {
	s := shape{place: at}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return s, r.budget.source.expected(at, "an array of coordinates", describeJSON(v))
	}
	if level == 0 {
		return r.position(list, at)
	}
	for i, v := range list {
		part, err := r.shape(v, at.item(i), level-1)
		if err != nil {
			return s, err
		}
		s.parts = append(s.parts, part)
	}
	return s, nil
}

func (r *jsonReader) position(list []any, at place) (shape, error) {
	s := shape{place: at}
	if err := r.budget.vertex(at); err != nil {
		return s, err
	}
	if len(list) != 2 && len(list) != 3 {
		return s, r.budget.source.expected(at, "2 or 3 numbers", fmt.Sprint(len(list)))
	}
	for i, v := range list {
		f, err := r.coordinate(v, at.item(i))
		if err != nil {
			return s, err
		}
		s.position = append(s.position, f)
	}
	return s, nil
}
