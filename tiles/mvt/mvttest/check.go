package mvttest

import (
	"errors"
	"fmt"

	"yiping/tiles/mvt"
)

// Check tells what a tile lacks that ours have: version 2, every key and value there once
// and in use, ids unique in their layer, coordinates within the buffer (grid
// units), rings that have an area, are not closed twice and are wound so that
// each inner ring follows its outer one. It does not look for rings that cross
// themselves.
func Check(t *Tile, buffer int32) error {
	for _, l := range t.Layers {
		if err := l.dictionaries(); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
		if l.Version != mvt.Version || len(l.Features) == 0 {
			return fmt.Errorf("layer %q has version %d and %d features", l.Name, l.Version, len(l.Features))
		}
		ids := map[uint64]bool{}
		for _, f := range l.Features {
			if f.HasID && ids[f.ID] {
				return fmt.Errorf("layer %q: two features %d", l.Name, f.ID)
			}
			ids[f.ID] = true
			if err := f.geometry(int32(l.Extent), buffer); err != nil {
				return fmt.Errorf("layer %q: feature %d: %w", l.Name, f.ID, err)
			}
		}
	}
	return nil
}

func (l *Layer) dictionaries() error {
	keys, values := map[string]int{}, map[string]int{}
	for i, k := range l.Keys {
		if _, twice := keys[k]; twice {
			return fmt.Errorf("key %q twice", k)
		}
		keys[k] = i
	}
	for i, v := range l.values {
		if _, twice := values[v]; twice {
			return fmt.Errorf("value %v twice", l.Values[i])
		}
		values[v] = i
	}
	used, usedValues := make([]bool, len(l.Keys)), make([]bool, len(l.Values))
	for _, f := range l.Features {
		for i := 0; i < len(f.tags); i += 2 {
			used[f.tags[i]], usedValues[f.tags[i+1]] = true, true
		}
	}
	for i, ok := range used {
		if !ok {
			return fmt.Errorf("key %q is not used", l.Keys[i])
		}
	}
	for i, ok := range usedValues {
		if !ok {
			return fmt.Errorf("value %v is not used", l.Values[i])
		}
	}
	return nil
}

func (f *Feature) geometry(extent, buffer int32) error {
	for _, part := range f.Parts {
		for _, p := range part {
			if min(p.X, p.Y) < -buffer || max(p.X, p.Y) > extent+buffer {
				return fmt.Errorf("%v is outside the tile", p)
			}
		}
	}
	if f.Type != mvt.Polygons {
		return nil
	}
	for i, ring := range f.Parts {
		switch area := TwiceArea(ring); {
		case area == 0:
			return fmt.Errorf("ring %v has no area", ring)
		case i == 0 && area < 0:
			return errors.New("the first ring is an inner one")
		case ring[0] == ring[len(ring)-1]:
			return fmt.Errorf("ring %v repeats its first point", ring)
		}
	}
	return nil
}

// TwiceArea is twice the signed area of a ring by the surveyor's formula:
// positive for an outer ring (4.3.4.4).
func TwiceArea(ring []mvt.Point) int64 {
	var sum int64
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
	}
	return sum
}
