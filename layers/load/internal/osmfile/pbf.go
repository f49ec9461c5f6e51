package osmfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"

	"yiping/layers"
)

// The framing of https://wiki.openstreetmap.org/wiki/PBF_Format: a big-endian
// length, a BlobHeader of that length, and the Blob that the header announces.
const (
	headerType = "OSMHeader"
	dataType   = "OSMData"

	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// Field numbers of BlobHeader, Blob and HeaderBlock (fileformat.proto and
// osmformat.proto).
const (
	blobHeaderType     = 1
	blobHeaderDataSize = 3

	blobRaw     = 1
	blobRawSize = 2
	blobZlib    = 3
	blobZstd    = 7

	headerRequired = 4
)

// pbf is one scan of a PBF file.
type pbf struct {
	f       *File
	h       *Handler
	body    []byte
	raw     []byte
	inflate io.ReadCloser
	zstd    *zstd.Decoder
	block   block
}

func (f *File) scanPBF(ctx context.Context, h *Handler) error {
	p := &pbf{f: f, h: h}
	p.block.h = h
	defer func() {
		if p.zstd != nil {
			p.zstd.Close()
		}
	}()
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		start := f.read
		kind, size, err := p.blobHeader()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				return layers.InputErrorf("file", "is empty")
			}
			f.blobsIndexed = true
			return nil
		}
		if err == nil {
			err = p.blob(n, kind, size)
		}
		if err != nil {
			return p.locate(err, start)
		}
	}
}

// locate says at which byte a fault of the file lies. Errors of the handler stay
// as they are.
func (p *pbf) locate(err error, at int64) error {
	var broken *formatError
	switch {
	case errors.As(err, &broken):
		return layers.InputErrorf("file", "is not valid OSM PBF in the block at byte %d: %s", at, broken.reason)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return layers.InputErrorf("file", "ends inside the block at byte %d: it is truncated", at)
	}
	return err
}

// formatError is a fault of the bytes.
type formatError struct{ reason string }

func (e *formatError) Error() string { return e.reason }

func formatf(format string, args ...any) error {
	return &formatError{reason: fmt.Sprintf(format, args...)}
}

// blobHeader reads up to the body of the next blob. The end of the file is io.EOF.
func (p *pbf) blobHeader() (kind string, size int, err error) {
	var length [4]byte
	if err := p.read(length[:]); err != nil {
		return "", 0, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxBlobHeader {
		return "", 0, formatf("a block header of %d bytes, the most is %d", n, maxBlobHeader)
	}
	header := make([]byte, n)
	if err := p.read(header); err != nil {
		return "", 0, unexpected(err)
	}
	err = fields(header, func(num int, v value) error {
		switch num {
		case blobHeaderType:
			kind = string(v.bytes)
		case blobHeaderDataSize:
			if v.varint > maxBlob {
				return formatf("a block of %d bytes, the most is %d", int64(v.varint), maxBlob)
			}
			size = int(v.varint)
		}
		return nil
	})
	return kind, size, err
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (p *pbf) read(b []byte) error {
	n, err := io.ReadFull(p.f.r, b)
	p.f.read += int64(n)
	return err
}

// blob deals with the body of blob n.
func (p *pbf) blob(n int, kind string, size int) error {
	switch {
	case n == 0 && kind != headerType:
		return formatf("the first block is %.20q, %s is wanted", kind, headerType)
	case n > 0 && kind != dataType: // the format asks readers to pass over others
		return p.pass(n, size, 0)
	case n > 0 && p.f.blobsIndexed && p.f.blobKinds[n]&p.h.wants() == 0:
		return p.pass(n, size, p.f.blobKinds[n])
	}
	if cap(p.body) < size {
		p.body = make([]byte, size)
	}
	p.body = p.body[:size]
	if err := p.read(p.body); err != nil {
		return unexpected(err)
	}
	raw, err := p.unpack(p.body)
	if err != nil {
		return err
	}
	if n == 0 {
		p.note(n, 0)
		return checkHeader(raw)
	}
	kinds, err := p.block.decode(raw)
	p.note(n, kinds)
	return err
}

// pass skips the body of a blob that holds nothing wanted, but for its last byte:
// that one shows that the file is not cut off.
func (p *pbf) pass(n, size int, kinds Kind) error {
	p.note(n, kinds)
	if size == 0 {
		return nil
	}
	if _, err := p.f.r.Seek(int64(size-1), io.SeekCurrent); err != nil {
		return fmt.Errorf("seek in the file: %w", err)
	}
	p.f.read += int64(size - 1)
	var last [1]byte
	return unexpected(p.read(last[:]))
}

// note remembers what a blob holds, so that later scans can pass over it.
func (p *pbf) note(n int, kinds Kind) {
	if n == len(p.f.blobKinds) {
		p.f.blobKinds = append(p.f.blobKinds, kinds)
	}
}

// unpack returns the contents of a blob, valid until the next call.
func (p *pbf) unpack(blob []byte) ([]byte, error) {
	var raw, zlibData, zstdData []byte
	rawSize, packed := uint64(0), 0
	err := fields(blob, func(num int, v value) error {
		switch num {
		case blobRaw:
			raw, packed = v.bytes, num
		case blobRawSize:
			rawSize = v.varint
		case blobZlib:
			zlibData, packed = v.bytes, num
		case blobZstd:
			zstdData, packed = v.bytes, num
		default:
			if v.bytes != nil {
				packed = num
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if rawSize > maxBlob {
		return nil, formatf("a block that unpacks to %d bytes, the most is %d", rawSize, maxBlob)
	}
	switch packed {
	case blobRaw:
		return raw, nil
	case blobZlib:
		return p.unzlib(zlibData, int(rawSize))
	case blobZstd:
		return p.unzstd(zstdData, int(rawSize))
	case 0:
		return nil, formatf("a block without data")
	}
	return nil, formatf("a block packed in a way that is not read (field %d): zlib and zstd are; convert the file with osmium cat", packed)
}

func (p *pbf) unzlib(data []byte, size int) ([]byte, error) {
	var err error
	if p.inflate == nil {
		p.inflate, err = zlib.NewReader(bytes.NewReader(data))
	} else {
		err = p.inflate.(zlib.Resetter).Reset(bytes.NewReader(data), nil)
	}
	if err != nil {
		return nil, formatf("zlib: %v", err)
	}
	p.grow(size)
	if _, err := io.ReadFull(p.inflate, p.raw); err != nil {
		return nil, formatf("zlib: %v", err)
	}
	var more [1]byte
	if n, err := p.inflate.Read(more[:]); n > 0 || !errors.Is(err, io.EOF) {
		return nil, formatf("a block that unpacks to more than the %d bytes it says", size)
	}
	return p.raw, nil
}

func (p *pbf) unzstd(data []byte, size int) ([]byte, error) {
	if p.zstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlob))
		if err != nil {
			return nil, fmt.Errorf("start zstd: %w", err)
		}
		p.zstd = d
	}
	p.grow(size)
	raw, err := p.zstd.DecodeAll(data, p.raw[:0])
	if err != nil {
		return nil, formatf("zstd: %v", err)
	}
	if len(raw) != size {
		return nil, formatf("a block that unpacks to %d bytes, not to the %d it says", len(raw), size)
	}
	return raw, nil
}

func (p *pbf) grow(size int) {
	if cap(p.raw) < size {
		p.raw = make([]byte, size)
	}
	p.raw = p.raw[:size]
}

// checkHeader refuses files that ask for more than this package knows.
func checkHeader(raw []byte) error {
	return fields(raw, func(num int, v value) error {
		if num != headerRequired {
			return nil
		}
		switch feature := string(v.bytes); feature {
		case "OsmSchema-V0.6", "DenseNodes":
			return nil
		case "HistoricalInformation":
			return formatf("it holds the full history: cut out one moment with osmium time-filter")
		default:
			return formatf("it needs the feature %.40q, which is not known", feature)
		}
	})
}

// value is the value of a protobuf field: bytes for a length-delimited one, or a
// varint. Fixed-size fields, of which OSM has none, come as their bits.
type value struct {
	bytes  []byte
	varint uint64
}

// fields walks over the fields of a message.
func fields(b []byte, field func(int, value) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return formatf("%v", protowire.ParseError(n))
		}
		b = b[n:]
		var v value
		switch typ {
		case protowire.BytesType:
			v.bytes, n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			v.varint, n = protowire.ConsumeVarint(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return formatf("%v", protowire.ParseError(n))
		}
		b = b[n:]
		if err := field(int(num), v); err != nil {
			return err
		}
	}
	return nil
}
