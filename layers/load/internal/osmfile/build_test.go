package osmfile_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"
)

// message builds a protobuf message field by field.
type message []byte

func (m message) bytes(num protowire.Number, v []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, num, protowire.BytesType), v)
}

func (m message) varint(num protowire.Number, v uint64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, num, protowire.VarintType), v)
}

// zigzag is a list of signed numbers, deltas one of their differences, and plain
// one of unsigned ones, packed.
func zigzag(list ...int64) []byte {
	var b []byte
	for _, v := range list {
		b = protowire.AppendVarint(b, protowire.EncodeZigZag(v))
	}
	return b
}

func deltas(list ...int64) []byte {
	d := make([]int64, len(list))
	last := int64(0)
	for i, v := range list {
		d[i], last = v-last, v
	}
	return zigzag(d...)
}

func plain(list ...uint64) []byte {
	var b []byte
	for _, v := range list {
		b = protowire.AppendVarint(b, v)
	}
	return b
}

type packing func(tb testing.TB, raw []byte) message

func packRaw(_ testing.TB, raw []byte) message { return message{}.bytes(1, raw) }

func packZlib(tb testing.TB, raw []byte) message {
	tb.Helper()
	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	if _, err := w.Write(raw); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return message{}.varint(2, uint64(len(raw))).bytes(3, buf.Bytes())
}

func packZstd(tb testing.TB, raw []byte) message {
	tb.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return message{}.varint(2, uint64(len(raw))).bytes(7, w.EncodeAll(raw, nil))
}

// block frames a blob.
func block(kind string, blob []byte) []byte {
	header := message{}.bytes(1, []byte(kind)).varint(3, uint64(len(blob)))
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(header))), header...), blob...)
}

func header(tb testing.TB, features ...string) []byte {
	tb.Helper()
	var m message
	for _, f := range features {
		m = m.bytes(4, []byte(f))
	}
	return block("OSMHeader", packZlib(tb, m))
}

func table(strings ...string) []byte {
	m := message{}.bytes(1, nil) // the first string is empty
	for _, s := range strings {
		m = m.bytes(1, []byte(s))
	}
	return m
}

// primitive is a PrimitiveBlock of groups with the strings 1…n.
func primitive(strings []byte, groups ...message) message {
	m := message{}.bytes(1, strings)
	for _, g := range groups {
		m = m.bytes(2, g)
	}
	return m
}

// sample is a file with all that the reader knows: two dense nodes with tags, one
// of them deleted, a plain node in a block of another granularity, a way and a
// relation.
func sample(tb testing.TB, pack packing) []byte {
	tb.Helper()
	strings := table("highway", "street_lamp", "name", "外滩", "outer", "stop")
	dense := message{}.
		bytes(1, deltas(10, 12, 11)).
		bytes(5, message{}.bytes(6, plain(1, 1, 0))).
		bytes(8, deltas(312_000_000, 312_000_001, 0)).
		bytes(9, deltas(1_214_000_000, -1_214_000_000, 0)).
		bytes(10, plain(1, 2, 3, 4, 0, 0, 0))
	node := message{}.varint(1, protowire.EncodeZigZag(-5)).bytes(2, plain(3)).bytes(3, plain(4)).
		varint(8, protowire.EncodeZigZag(1)).varint(9, protowire.EncodeZigZag(2))
	gone := message{}.varint(1, protowire.EncodeZigZag(6)).bytes(4, message{}.varint(6, 0))
	far := message{}.varint(1, protowire.EncodeZigZag(7)).varint(8, protowire.EncodeZigZag(1<<40))
	way := message{}.varint(1, 42).bytes(2, plain(1)).bytes(3, plain(2)).bytes(8, deltas(10, 12, 10))
	relation := message{}.varint(1, 43).bytes(8, plain(5, 6, 0)).bytes(9, deltas(42, 10, 44)).bytes(10, plain(1, 0, 2))

	file := header(tb, "OsmSchema-V0.6", "DenseNodes")
	file = append(file, block("OSMData", pack(tb, primitive(strings, message{}.bytes(2, dense))))...)
	coarse := primitive(strings, message{}.bytes(1, node).bytes(1, gone).bytes(1, far)).varint(17, 1000).varint(19, 500).varint(20, 1500)
	file = append(file, block("OSMData", pack(tb, coarse))...)
	file = append(file, block("Something", []byte("else"))...)
	file = append(file, block("OSMData", pack(tb, primitive(strings, message{}.bytes(3, way))))...)
	return append(file, block("OSMData", pack(tb, primitive(strings, message{}.bytes(4, relation))))...)
}
