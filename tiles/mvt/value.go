package mvt

import (
	"encoding/binary"
	"math"
)

// Key is the name of a property in the layer being written.
type Key uint32

// Value is the value of a property in the layer being written.
type Value uint32

// keys are the names of a layer's properties, each once.
type keys struct {
	names []string // few, so that looking through them beats a map
	wire  []byte
}

func (k *keys) reset() { k.names, k.wire = k.names[:0], k.wire[:0] }

// Key finds or adds a name.
func (e *Encoder) Key(name string) Key {
	k := &e.keys
	for i, n := range k.names {
		if n == name {
			return Key(i)
		}
	}
	k.names = append(k.names, name)
	k.wire = appendBytes(k.wire, tagKey, name)
	return Key(len(k.names) - 1)
}

// Tags of the fields of a value.
const (
	tagString = 1<<3 | wireBytes
	tagFloat  = 2<<3 | wireFixed32
	tagDouble = 3<<3 | wireFixed64
	tagUint   = 5<<3 | wireVarint
	tagSint   = 6<<3 | wireVarint
	tagBool   = 7<<3 | wireVarint
)

// values are the values of a layer's properties, each once by type. Maps keep
// their room from layer to layer.
type values struct {
	count   uint32
	strings map[string]Value
	ints    map[int64]Value
	floats  map[uint64]Value // by their bits
	bools   [2]Value         // one more than the value; 0 is none yet
	small   [64]Value        // of the integers from 0, as bools
	wire    []byte
}

func (v *values) reset() {
	v.count, v.bools, v.small, v.wire = 0, [2]Value{}, [64]Value{}, v.wire[:0]
	if v.strings == nil {
		v.strings, v.ints, v.floats = map[string]Value{}, map[int64]Value{}, map[uint64]Value{}
		return
	}
	clear(v.strings)
	clear(v.ints)
	clear(v.floats)
}

// next numbers the value whose bytes were just appended.
func (v *values) next() Value {
	v.count++
	return Value(v.count - 1)
}

// String finds or adds a text, which is UTF-8.
func (e *Encoder) String(s string) Value {
	v := &e.values
	if n, ok := v.strings[s]; ok {
		return n
	}
	v.wire = binary.AppendUvarint(append(v.wire, tagValue), uint64(sizeBytes(len(s))))
	v.wire = appendBytes(v.wire, tagString, s)
	n := v.next()
	v.strings[s] = n
	return n
}

// Int finds or adds an integer.
func (e *Encoder) Int(i int64) Value {
	v := &e.values
	if i >= 0 && i < int64(len(v.small)) {
		if v.small[i] == 0 {
			v.integer(tagUint, uint64(i))
			v.small[i] = v.next() + 1
		}
		return v.small[i] - 1
	}
	if n, ok := v.ints[i]; ok {
		return n
	}
	if i >= 0 {
		v.integer(tagUint, uint64(i))
	} else {
		v.integer(tagSint, uint64(i<<1)^uint64(i>>63))
	}
	n := v.next()
	v.ints[i] = n
	return n
}

func (v *values) integer(tag byte, wire uint64) {
	v.wire = append(v.wire, tagValue, byte(1+sizeVarint(wire)), tag)
	v.wire = binary.AppendUvarint(v.wire, wire)
}

// Float finds or adds a number. It takes four bytes where that loses nothing.
func (e *Encoder) Float(f float64) Value {
	v := &e.values
	if n, ok := v.floats[math.Float64bits(f)]; ok {
		return n
	}
	if short := float32(f); float64(short) == f {
		v.wire = append(v.wire, tagValue, 5, tagFloat)
		v.wire = binary.LittleEndian.AppendUint32(v.wire, math.Float32bits(short))
	} else {
		v.wire = append(v.wire, tagValue, 9, tagDouble)
		v.wire = binary.LittleEndian.AppendUint64(v.wire, math.Float64bits(f))
	}
	n := v.next()
	v.floats[math.Float64bits(f)] = n
	return n
}

// Bool finds or adds a boolean.
func (e *Encoder) Bool(b bool) Value {
	v, i := &e.values, 0
	if b {
		i = 1
	}
	if v.bools[i] == 0 {
		v.wire = append(v.wire, tagValue, 2, tagBool, byte(i))
		v.bools[i] = v.next() + 1
	}
	return v.bools[i] - 1
}
