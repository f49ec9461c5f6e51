package mvt

import (
	"encoding/binary"
	"math/bits"
)

// Version is the major version of the specification that layers declare.
const Version = 2

// Field numbers and wire types as in vector_tile.proto, put together as tags
// (number<<3 | type).
const (
	tagLayer = 3<<3 | wireBytes

	tagVersion  = 15<<3 | wireVarint
	tagName     = 1<<3 | wireBytes
	tagFeature  = 2<<3 | wireBytes
	tagKey      = 3<<3 | wireBytes
	tagValue    = 4<<3 | wireBytes
	tagExtent   = 5<<3 | wireVarint
	tagID       = 1<<3 | wireVarint
	tagTags     = 2<<3 | wireBytes
	tagType     = 3<<3 | wireVarint
	tagGeometry = 4<<3 | wireBytes

	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// Encoder writes one tile after another.
type Encoder struct {
	tile []byte

	name     string
	extent   uint32
	features []byte
	count    int
	feature  feature

	keys   keys
	values values
}

// Reset begins a tile. The bytes of the tile before are no longer valid.
func (e *Encoder) Reset() { e.tile = e.tile[:0] }

// Bytes is the tile, valid until Reset.
func (e *Encoder) Bytes() []byte { return e.tile }

// Begin begins a layer, whose name no other layer of the tile may have. extent
// is the number of grid units a side.
func (e *Encoder) Begin(name string, extent uint32) {
	e.name, e.extent = name, extent
	e.features, e.count = e.features[:0], 0
	e.keys.reset()
	e.values.reset()
}

// Features is the number of features in the layer so far.
func (e *Encoder) Features() int { return e.count }

// End ends the layer and appends it to the tile. A layer without features is
// left out, as the specification asks of encoders (4.1).
func (e *Encoder) End() {
	if e.count == 0 {
		return
	}
	size := 1 + 1 + sizeBytes(len(e.name)) + len(e.features) + len(e.keys.wire) + len(e.values.wire) + 1 + sizeVarint(uint64(e.extent))
	b := e.tile
	b = append(b, tagLayer)
	b = binary.AppendUvarint(b, uint64(size))
	b = append(b, tagVersion, Version)
	b = appendBytes(b, tagName, e.name)
	b = append(b, e.features...)
	b = append(b, e.keys.wire...)
	b = append(b, e.values.wire...)
	b = append(b, tagExtent)
	e.tile = binary.AppendUvarint(b, uint64(e.extent))
}

// appendBytes appends a length-delimited field.
func appendBytes[T string | []byte](b []byte, tag byte, data T) []byte {
	b = binary.AppendUvarint(append(b, tag), uint64(len(data)))
	return append(b, data...)
}

// sizeVarint is the number of bytes of a varint: seven bits each.
func sizeVarint(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// sizeBytes is the size of a length-delimited field with a tag of one byte.
func sizeBytes(n int) int { return 1 + sizeVarint(uint64(n)) + n }
