package layers

import "fmt"

// tileRulesFault finds what is wrong with the layer's rules for tiles: the
// member at fault and the reason, which is empty if all is well.
func (l *Layer) tileRulesFault() (member, reason string) {
	rules := l.Tiles
	lines := l.Geometry == LineString || l.Geometry == MultiLineString
	if rules.CountBy != "" {
		p, _, ok := l.Property(rules.CountBy)
		switch {
		case l.Geometry != Point:
			return "count_by", fmt.Sprintf("counts are for layers of Point, not of %s", l.Geometry)
		case !ok || len(p.Enum) == 0:
			return "count_by", fmt.Sprintf("%q is not a property with an enum", rules.CountBy)
		}
	}
	if len(rules.MergeBy) > 0 && !lines {
		return "merge_by", fmt.Sprintf("merging is for layers of lines, not of %s", l.Geometry)
	}
	for _, name := range rules.MergeBy {
		if p, _, ok := l.Property(name); !ok || !p.InTiles {
			return "merge_by", fmt.Sprintf("%q is not a property that goes into tiles", name)
		}
	}
	if rules.Weight != "" {
		p, _, ok := l.Property(rules.Weight)
		switch {
		case len(rules.MergeBy) == 0:
			return "weight", "a weight is of merged lines; say merge_by too"
		case !ok || p.Type != Integer && p.Type != Number || !p.InTiles:
			return "weight", fmt.Sprintf("%q is not a number that goes into tiles", rules.Weight)
		}
	}
	return "", ""
}
