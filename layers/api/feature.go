package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"yiping/layers"
)

// featureReader turns GeoJSON features, and merge patches of them, into writes to
// a layer. Paths of its faults start at the feature.
type featureReader struct {
	layer    *layers.Layer
	writable []layers.Property
	// crs is that of the coordinates.
	crs layers.CRS
}

func newFeatureReader(l *layers.Layer, crs layers.CRS) featureReader {
	return featureReader{layer: l, writable: l.WritableColumns(), crs: crs}
}

// write reads the feature of an insert or a replace, or the changes of a patch;
// id is the feature's, 0 for an insert. A patch is one of RFC 7396 on the
// feature: what it does not name stays, null removes.
func (f featureReader) write(op layers.WriteOp, id int64, body any) (*layers.Write, error) {
	members, ok := body.(map[string]any)
	if !ok {
		return nil, layers.InputErrorf("", "is not a GeoJSON feature, which is an object")
	}
	if err := f.checkMembers(op, id, members); err != nil {
		return nil, err
	}
	w := &layers.Write{Op: op, ID: id}
	if err := f.properties(w, members); err != nil {
		return nil, err
	}
	shape, named := members["geometry"]
	if op == layers.Patch && !named {
		return w, nil
	}
	if shape == nil {
		return nil, layers.InputErrorf("geometry", "is required and missing")
	}
	if op == layers.Patch {
		shape = f.patchedGeometry(shape)
	}
	var err error
	w.Geometry, err = parseGeometry(shape, f.layer, f.crs)
	return w, within("geometry", err)
}

// checkMembers refuses all that would be lost, or that says something else than
// the address. The members that only answers of ours have may come back.
func (f featureReader) checkMembers(op layers.WriteOp, id int64, members map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		switch name {
		case "geometry", "properties", "bbox", "links", "regions":
		case "type":
			if kind, _ := members["type"].(string); kind != "Feature" {
				return layers.InputErrorf("type", "is not \"Feature\"; many features at once go to the batch address")
			}
		case "id":
			if op == layers.Insert {
				return layers.InputErrorf("id", "is given by the database; leave it out, and name the feature by its code")
			}
			if n, err := wholeNumber(members["id"]); err != nil || n != id {
				return layers.InputErrorf("id", "is not that of the feature, %d, and cannot change", id)
			}
		case "crs", "coordRefSys":
			return layers.InputErrorf(name, "is not read here; say the system in the header Content-Crs")
		default:
			return layers.InputErrorf(name, "is not a member of a feature here; what it is goes into properties")
		}
	}
	if op != layers.Patch && members["type"] == nil {
		return layers.InputErrorf("type", "is missing; it is \"Feature\"")
	}
	return nil
}

// properties sets the columns of a write. An insert and a replace set all of the
// layer's own, to null where the feature says nothing; of those that name a
// feature and its origin they set what the feature says.
func (f featureReader) properties(w *layers.Write, members map[string]any) error {
	v, named := members["properties"]
	given, ok := v.(map[string]any)
	if !ok && (v != nil || named && w.Op == layers.Patch) {
		return layers.InputErrorf("properties", "is not an object; to clear a property, name it with null")
	}
	if err := f.checkNames(given); err != nil {
		return err
	}
	for _, c := range f.writable {
		value, named := given[c.Name]
		identity := slices.Contains(layers.IdentityColumns(), c.Name)
		if c.Name == "source_id" && value == "" {
			value = nil // no column here tells them apart
		}
		switch {
		case w.Op == layers.Insert && c.Name == "source" && value == nil:
			value = layers.DefaultSource
		case identity && w.Op != layers.Patch && c.Required && value == nil, (identity || w.Op == layers.Patch) && !named:
			continue
		}
		coerced, err := c.CoerceJSON(value)
		if err != nil {
			return within("properties.", err)
		}
		w.Columns = append(w.Columns, c)
		w.Values = append(w.Values, coerced)
	}
	return nil
}

func (f featureReader) checkNames(given map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.ContainsFunc(f.writable, func(c layers.Property) bool { return c.Name == name }) {
			continue
		}
		if slices.Contains(layers.SystemColumns(), name) {
			return layers.InputErrorf("properties."+name, "is read-only: the database fills it")
		}
		names := make([]string, len(f.writable))
		for i, c := range f.writable {
			names[i] = c.Name
		}
		return layers.InputErrorf("properties."+name, "is not a property of the layer %s; there are: %s", f.layer.Name, strings.Join(names, ", "))
	}
	return nil
}

// patchedGeometry adds the type to a patch that brings coordinates alone: in a
// layer of one type it is the stored one.
func (f featureReader) patchedGeometry(shape any) any {
	members, ok := shape.(map[string]any)
	if _, typed := members["type"]; !ok || typed || f.layer.Geometry == layers.AnyGeometry {
		return shape
	}
	members = maps.Clone(members)
	members["type"] = string(f.layer.Geometry)
	return members
}

// wholeNumber reads a JSON number that int64 holds.
func wholeNumber(v any) (int64, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, errKey
	}
	return n.Int64()
}
