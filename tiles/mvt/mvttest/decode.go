package mvttest

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"yiping/tiles/mvt"
)

// Tile is a decoded tile.
type Tile struct{ Layers []Layer }

// Layer is a decoded layer.
type Layer struct {
	Name     string
	Version  uint64 // 1 or 2
	Extent   uint32
	Keys     []string
	Values   []any // string, float32, float64, int64, uint64 or bool
	Features []Feature

	values []string // as on the wire
}

// Feature is a decoded feature.
type Feature struct {
	ID         uint64
	HasID      bool
	Type       mvt.GeometryType
	Properties map[string]any
	// Parts are the points (one part), the lines, or the rings without their
	// closing point.
	Parts [][]mvt.Point

	tags []uint32
}

// Layer finds a layer by name.
func (t *Tile) Layer(name string) (Layer, bool) {
	for _, l := range t.Layers {
		if l.Name == name {
			return l, true
		}
	}
	return Layer{}, false
}

// field is one field of a message: bytes, or a number by the wire type.
type field struct {
	number protowire.Number
	kind   protowire.Type
	bytes  []byte
	value  uint64
}

// fields splits a message.
func fields(b []byte) ([]field, error) {
	var all []field
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		b = b[n:]
		f := field{number: number, kind: kind}
		switch kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.value = uint64(v)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			return nil, fmt.Errorf("field %d has wire type %d", number, kind)
		}
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		b = b[n:]
		all = append(all, f)
	}
	return all, nil
}

// want is an error unless the field has the wire type.
func (f field) want(kind protowire.Type) error {
	if f.kind != kind {
		return fmt.Errorf("field %d has wire type %d, not %d", f.number, f.kind, kind)
	}
	return nil
}

// Decode reads a tile. The error is the first thing in it that the
// specification forbids.
func Decode(data []byte) (*Tile, error) {
	all, err := fields(data)
	if err != nil {
		return nil, err
	}
	t := &Tile{}
	for _, f := range all {
		if f.number != 3 {
			return nil, fmt.Errorf("tile has field %d", f.number)
		}
		if err := f.want(protowire.BytesType); err != nil {
			return nil, err
		}
		l, err := decodeLayer(f.bytes)
		if err != nil {
			return nil, fmt.Errorf("layer %q: %w", l.Name, err)
		}
		if _, twice := t.Layer(l.Name); twice {
			return nil, fmt.Errorf("two layers %q", l.Name)
		}
		t.Layers = append(t.Layers, l)
	}
	return t, nil
}

func decodeLayer(b []byte) (Layer, error) {
	l := Layer{Extent: 4096}
	all, err := fields(b)
	if err != nil {
		return l, err
	}
	var named int
	var features [][]byte
	for _, f := range all {
		kind := protowire.BytesType
		if f.number == 5 || f.number == 15 {
			kind = protowire.VarintType
		}
		if err := f.want(kind); err != nil {
			return l, err
		}
		switch f.number {
		case 1:
			l.Name, named = string(f.bytes), named+1
		case 2:
			features = append(features, f.bytes)
		case 3:
			l.Keys = append(l.Keys, string(f.bytes))
		case 4:
			v, err := decodeValue(f.bytes)
			if err != nil {
				return l, err
			}
			l.Values, l.values = append(l.Values, v), append(l.values, string(f.bytes))
		case 5:
			l.Extent = uint32(f.value)
		case 15:
			l.Version = f.value
		default:
			return l, fmt.Errorf("layer has field %d", f.number)
		}
	}
	switch {
	case named != 1 || l.Name == "" || !utf8.ValidString(l.Name):
		return l, errors.New("layer has no one name")
	case l.Version != 1 && l.Version != 2:
		return l, fmt.Errorf("layer has version %d", l.Version)
	case l.Extent == 0:
		return l, errors.New("layer has no extent")
	}
	for i, b := range features {
		f, err := decodeFeature(&l, b)
		if err != nil {
			return l, fmt.Errorf("feature %d (%d): %w", i, f.ID, err)
		}
		l.Features = append(l.Features, f)
	}
	return l, nil
}

func decodeValue(b []byte) (any, error) {
	all, err := fields(b)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, fmt.Errorf("value has %d fields", len(all))
	}
	f := all[0]
	var v any
	kind := protowire.VarintType
	switch f.number {
	case 1:
		v, kind = string(f.bytes), protowire.BytesType
		if !utf8.Valid(f.bytes) {
			return nil, errors.New("value is not UTF-8")
		}
	case 2:
		v, kind = math.Float32frombits(uint32(f.value)), protowire.Fixed32Type
	case 3:
		v, kind = math.Float64frombits(f.value), protowire.Fixed64Type
	case 4:
		v = int64(f.value)
	case 5:
		v = f.value
	case 6:
		v = protowire.DecodeZigZag(f.value)
	case 7:
		v = f.value != 0
	default:
		return nil, fmt.Errorf("value has field %d", f.number)
	}
	return v, f.want(kind)
}

func decodeFeature(l *Layer, b []byte) (Feature, error) {
	f := Feature{Properties: map[string]any{}}
	all, err := fields(b)
	if err != nil {
		return f, err
	}
	seen := map[protowire.Number]int{}
	var geometry []byte
	for _, part := range all {
		kind := protowire.VarintType
		if part.number == 2 || part.number == 4 {
			kind = protowire.BytesType
		}
		if err := part.want(kind); err != nil {
			return f, err
		}
		seen[part.number]++
		switch part.number {
		case 1:
			f.ID, f.HasID = part.value, true
		case 2:
			if f.tags, err = numbers(part.bytes); err != nil {
				return f, err
			}
		case 3:
			f.Type = mvt.GeometryType(part.value)
			if part.value > uint64(mvt.Polygons) {
				return f, fmt.Errorf("geometry type %d", part.value)
			}
		case 4:
			geometry = part.bytes
		default:
			return f, fmt.Errorf("feature has field %d", part.number)
		}
	}
	if seen[3] != 1 || seen[4] != 1 || seen[1] > 1 || seen[2] > 1 {
		return f, fmt.Errorf("fields by number and occurrence: %v", seen)
	}
	if err := f.resolve(l); err != nil {
		return f, err
	}
	commands, err := numbers(geometry)
	if err != nil {
		return f, err
	}
	f.Parts, err = decodeGeometry(f.Type, commands)
	return f, err
}

// resolve turns tags into properties.
func (f *Feature) resolve(l *Layer) error {
	if len(f.tags)%2 != 0 {
		return errors.New("odd number of tags")
	}
	for i := 0; i < len(f.tags); i += 2 {
		k, v := f.tags[i], f.tags[i+1]
		if int(k) >= len(l.Keys) || int(v) >= len(l.Values) {
			return fmt.Errorf("tags %d, %d are out of range", k, v)
		}
		if _, twice := f.Properties[l.Keys[k]]; twice {
			return fmt.Errorf("key %q twice", l.Keys[k])
		}
		f.Properties[l.Keys[k]] = l.Values[v]
	}
	return nil
}

// numbers splits packed varints of 32 bits.
func numbers(b []byte) ([]uint32, error) {
	var all []uint32
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		all, b = append(all, uint32(v)), b[n:]
	}
	return all, nil
}
