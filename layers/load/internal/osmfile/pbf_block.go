package osmfile

import (
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of PrimitiveBlock and what it holds (osmformat.proto).
const (
	blockStrings     = 1
	blockGroup       = 2
	blockGranularity = 17
	blockLatOffset   = 19
	blockLonOffset   = 20

	groupNodes     = 1
	groupDense     = 2
	groupWays      = 3
	groupRelations = 4

	elementID   = 1
	elementKeys = 2
	elementVals = 3
	elementInfo = 4

	infoVisible = 6

	nodeLat = 8
	nodeLon = 9

	denseIDs      = 1
	denseInfo     = 5
	denseLats     = 8
	denseLons     = 9
	denseKeysVals = 10

	wayRefs = 8

	relationRoles = 8
	relationIDs   = 9
	relationTypes = 10
)

// block decodes PrimitiveBlocks; its buffers are reused from one to the next.
type block struct {
	h       *Handler
	strings []string
	groups  [][]byte
	// Locations are offset + granularity × value, in 1e-9 degrees.
	granularity, latOffset, lonOffset int64

	keys, vals   []uint64
	roles, types []uint64
	ids          []int64
	node         Node
	way          Way
	relation     Relation
}

// decode passes all elements of a block to the handler and tells which kinds the
// block holds.
func (b *block) decode(raw []byte) (Kind, error) {
	const defaultGranularity = 100
	b.strings, b.groups = b.strings[:0], b.groups[:0]
	b.granularity, b.latOffset, b.lonOffset = defaultGranularity, 0, 0
	// The numbers may stand after the groups that they apply to.
	err := fields(raw, func(num int, v value) error {
		switch num {
		case blockStrings:
			return b.stringTable(v.bytes)
		case blockGroup:
			b.groups = append(b.groups, v.bytes)
		case blockGranularity:
			b.granularity = int64(int32(v.varint))
		case blockLatOffset:
			b.latOffset = int64(v.varint)
		case blockLonOffset:
			b.lonOffset = int64(v.varint)
		}
		return nil
	})
	var kinds Kind
	for _, group := range b.groups {
		if err != nil {
			break
		}
		err = fields(group, func(num int, v value) error {
			switch {
			case num == groupNodes && v.bytes != nil:
				kinds |= NodeKind
				return b.plainNode(v.bytes)
			case num == groupDense && v.bytes != nil:
				kinds |= NodeKind
				return b.denseNodes(v.bytes)
			case num == groupWays && v.bytes != nil:
				kinds |= WayKind
				return b.oneWay(v.bytes)
			case num == groupRelations && v.bytes != nil:
				kinds |= RelationKind
				return b.oneRelation(v.bytes)
			}
			return nil
		})
	}
	return kinds, err
}

// stringTable keeps the strings as parts of one, so that tags cost no copies.
func (b *block) stringTable(raw []byte) error {
	all := string(raw)
	rest := raw
	for len(rest) > 0 {
		_, typ, n := protowire.ConsumeTag(rest)
		if n < 0 || typ != protowire.BytesType {
			return formatf("a bad table of strings")
		}
		rest = rest[n:]
		s, n := protowire.ConsumeBytes(rest)
		if n < 0 {
			return formatf("a bad table of strings: %v", protowire.ParseError(n))
		}
		end := len(raw) - len(rest) + n
		b.strings = append(b.strings, all[end-len(s):end])
		rest = rest[n:]
	}
	return nil
}

func (b *block) text(i uint64) (string, error) {
	if i >= uint64(len(b.strings)) {
		return "", formatf("string %d of a table of %d", i, len(b.strings))
	}
	return b.strings[i], nil
}

// tags joins the parallel lists of keys and values into reused.
func (b *block) tags(reused Tags) (Tags, error) {
	if len(b.keys) != len(b.vals) {
		return nil, formatf("%d keys for %d values", len(b.keys), len(b.vals))
	}
	reused = reused[:0]
	for i := range b.keys {
		k, err := b.text(b.keys[i])
		if err != nil {
			return nil, err
		}
		v, err := b.text(b.vals[i])
		if err != nil {
			return nil, err
		}
		reused = append(reused, Tag{k, v})
	}
	return reused, nil
}

// element reads the fields that plain nodes, ways and relations share, and gives
// the others to rest.
func (b *block) element(raw []byte, zigzagID bool, rest func(int, value) error) (id int64, visible bool, err error) {
	visible = true
	b.keys, b.vals = b.keys[:0], b.vals[:0]
	err = fields(raw, func(num int, v value) (err error) {
		switch num {
		case elementID:
			id = int64(v.varint)
			if zigzagID {
				id = protowire.DecodeZigZag(v.varint)
			}
		case elementKeys:
			b.keys, err = appendNumbers(b.keys, v)
		case elementVals:
			b.vals, err = appendNumbers(b.vals, v)
		case elementInfo:
			err = fields(v.bytes, func(num int, v value) error {
				if num == infoVisible {
					visible = v.varint != 0
				}
				return nil
			})
		default:
			err = rest(num, v)
		}
		return err
	})
	return id, visible, err
}

func (b *block) plainNode(raw []byte) error {
	if b.h.Node == nil {
		return nil
	}
	var lat, lon int64
	id, visible, err := b.element(raw, true, func(num int, v value) error {
		switch num {
		case nodeLat:
			lat = protowire.DecodeZigZag(v.varint)
		case nodeLon:
			lon = protowire.DecodeZigZag(v.varint)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if b.node.Tags, err = b.tags(b.node.Tags); err != nil {
		return err
	}
	return b.giveNode(id, lat, lon, visible)
}

func (b *block) giveNode(id, lat, lon int64, visible bool) error {
	if !visible {
		return b.h.deleted()
	}
	b.node.ID = id
	var ok bool
	if b.node.Location, ok = b.location(lat, lon); !ok {
		return b.h.bad(NodeKind, strconv.FormatInt(id, 10), 0, "its location is outside the world")
	}
	return b.h.Node(&b.node)
}

// location scales to 1e-7 degrees; false is outside the world.
func (b *block) location(lat, lon int64) (Location, bool) {
	const nanosPerUnit = 100
	y := math.Round(float64(b.latOffset+b.granularity*lat) / nanosPerUnit)
	x := math.Round(float64(b.lonOffset+b.granularity*lon) / nanosPerUnit)
	if !inWorld(x, y) {
		return Location{}, false
	}
	return Location{Lon: int32(x), Lat: int32(y)}, true
}

func inWorld(x, y float64) bool {
	return math.Abs(x) <= 180*unitsPerDegree && math.Abs(y) <= 90*unitsPerDegree
}

// denseNodes reads the columns of a group of nodes side by side.
func (b *block) denseNodes(raw []byte) error {
	if b.h.Node == nil {
		return nil
	}
	var ids, lats, lons, keysVals, visibles []byte
	err := fields(raw, func(num int, v value) error {
		switch num {
		case denseIDs:
			ids = v.bytes
		case denseLats:
			lats = v.bytes
		case denseLons:
			lons = v.bytes
		case denseKeysVals:
			keysVals = v.bytes
		case denseInfo:
			return fields(v.bytes, func(num int, v value) error {
				if num == infoVisible {
					visibles = v.bytes
				}
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	hasVisible := len(visibles) > 0
	var id, lat, lon int64
	for len(ids) > 0 {
		var dID, dLat, dLon, visible uint64
		if dID, ids, err = number(ids); err != nil {
			return err
		}
		if dLat, lats, err = number(lats); err != nil {
			return err
		}
		if dLon, lons, err = number(lons); err != nil {
			return err
		}
		visible = 1
		if hasVisible {
			if visible, visibles, err = number(visibles); err != nil {
				return err
			}
		}
		id += protowire.DecodeZigZag(dID)
		lat += protowire.DecodeZigZag(dLat)
		lon += protowire.DecodeZigZag(dLon)
		if keysVals, err = b.denseTags(keysVals); err != nil {
			return err
		}
		if err := b.giveNode(id, lat, lon, visible != 0); err != nil {
			return err
		}
	}
	return nil
}

// denseTags reads key, value, key, value … 0 into the node, and returns what
// follows. The list is empty if no node of the group has tags.
func (b *block) denseTags(rest []byte) ([]byte, error) {
	b.node.Tags = b.node.Tags[:0]
	for len(rest) > 0 {
		var k, v uint64
		var err error
		if k, rest, err = number(rest); err != nil || k == 0 {
			return rest, err
		}
		if v, rest, err = number(rest); err != nil {
			return nil, err
		}
		key, err := b.text(k)
		if err != nil {
			return nil, err
		}
		val, err := b.text(v)
		if err != nil {
			return nil, err
		}
		b.node.Tags = append(b.node.Tags, Tag{key, val})
	}
	return nil, nil
}

func (b *block) oneWay(raw []byte) error {
	if b.h.Way == nil {
		return nil
	}
	b.way.Refs = b.way.Refs[:0]
	id, visible, err := b.element(raw, false, func(num int, v value) (err error) {
		if num == wayRefs {
			b.way.Refs, err = appendDeltas(b.way.Refs, v)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !visible {
		return b.h.deleted()
	}
	b.way.ID = id
	if b.way.Tags, err = b.tags(b.way.Tags); err != nil {
		return err
	}
	return b.h.Way(&b.way)
}

func (b *block) oneRelation(raw []byte) error {
	if b.h.Relation == nil {
		return nil
	}
	b.roles, b.ids, b.types = b.roles[:0], b.ids[:0], b.types[:0]
	id, visible, err := b.element(raw, false, func(num int, v value) (err error) {
		switch num {
		case relationRoles:
			b.roles, err = appendNumbers(b.roles, v)
		case relationIDs:
			b.ids, err = appendDeltas(b.ids, v)
		case relationTypes:
			b.types, err = appendNumbers(b.types, v)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !visible {
		return b.h.deleted()
	}
	r := &b.relation
	r.ID = id
	if r.Tags, err = b.tags(r.Tags); err != nil {
		return err
	}
	if len(b.ids) != len(b.roles) || len(b.ids) != len(b.types) {
		return formatf("%d members with %d roles and %d types", len(b.ids), len(b.roles), len(b.types))
	}
	r.Members = r.Members[:0]
	for i, ref := range b.ids {
		role, err := b.text(b.roles[i])
		if err != nil {
			return err
		}
		if b.types[i] > 2 {
			return formatf("a member of type %d", b.types[i])
		}
		r.Members = append(r.Members, Member{Kind: NodeKind << b.types[i], Ref: ref, Role: role})
	}
	return b.h.Relation(r)
}

// number takes one varint off a packed list.
func number(b []byte) (uint64, []byte, error) {
	v, n := protowire.ConsumeVarint(b)
	if n < 0 {
		return 0, nil, formatf("a list that is too short or broken: %v", protowire.ParseError(n))
	}
	return v, b[n:], nil
}

// appendNumbers reads a list of varints, packed or not.
func appendNumbers(list []uint64, v value) ([]uint64, error) {
	if v.bytes == nil {
		return append(list, v.varint), nil
	}
	for rest := v.bytes; len(rest) > 0; {
		var x uint64
		var err error
		if x, rest, err = number(rest); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// appendDeltas reads a packed list of zigzag differences as their running sum.
func appendDeltas(list []int64, v value) ([]int64, error) {
	sum := int64(0)
	if len(list) > 0 {
		sum = list[len(list)-1]
	}
	for rest := v.bytes; len(rest) > 0; {
		var x uint64
		var err error
		if x, rest, err = number(rest); err != nil {
			return nil, err
		}
		sum += protowire.DecodeZigZag(x)
		list = append(list, sum)
	}
	return list, nil
}
