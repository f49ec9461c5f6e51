package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"

	"yiping/geo/cell"
)

// Count is the devices in a cell.
type Count struct {
	Cell    cell.Cell
	Devices int
}

// ErrDamaged says that bytes are not what Pack made.
var ErrDamaged = errors.New("damaged cells")

const (
	version = 1
	// maxCells bounds what Unpack makes: resolution 10 has 1.3 million cells in the
	// bounds of Shanghai (heatmap.DefaultRules).
	maxCells = 4 << 20
	// maxBytes is maxCells in the longest form: 8 bytes of position, 5 of devices.
	maxBytes = 16 + maxCells*13
)

// Codec packs cells and unpacks them.
type Codec struct {
	in  *zstd.Encoder
	out *zstd.Decoder
}

// NewCodec is a codec that keeps no goroutines; nothing to close.
func NewCodec() *Codec {
	// They fail only for options that do not exist.
	in, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	out, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBytes))
	return &Codec{in, out}
}

// Pack makes bytes of cells of one resolution, in ascending order, with 1 to 2³² - 1
// devices each.
func (c *Codec) Pack(counts []Count) []byte {
	plain := make([]byte, 0, 16+4*len(counts))
	plain = binary.AppendUvarint(plain, uint64(len(counts)))
	end := uint64(0) // behind the position before
	for _, k := range counts {
		next := k.Cell.Position() + 1
		plain = binary.AppendUvarint(plain, next-end)
		end = next
	}
	for _, k := range counts {
		plain = binary.AppendUvarint(plain, uint64(k.Devices))
	}
	return c.in.EncodeAll(plain, []byte{version})
}

// Unpack makes cells of what Pack made of those of a resolution. The error wraps
// ErrDamaged.
func (c *Codec) Unpack(packed []byte, resolution int) ([]Count, error) {
	if len(packed) == 0 || packed[0] != version {
		return nil, fmt.Errorf("%w: not of version %d", ErrDamaged, version)
	}
	plain, err := c.out.DecodeAll(packed[1:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r := reader{plain}
	n, ok := r.next(min(maxCells, uint64(len(plain))/2)) // two bytes a cell at least
	if !ok {
		return nil, fmt.Errorf("%w: its number of cells", ErrDamaged)
	}
	counts := make([]Count, n)
	end := uint64(0)
	for i := range counts {
		step, ok := r.next(math.MaxUint64 >> 8) // positions have 52 bits
		end += step
		counts[i].Cell = cell.AtPosition(end-1, resolution)
		if !ok || step == 0 || counts[i].Cell == 0 {
			return nil, fmt.Errorf("%w: cell %d of %d", ErrDamaged, i, n)
		}
	}
	for i := range counts {
		devices, ok := r.next(math.MaxUint32)
		if !ok || devices == 0 {
			return nil, fmt.Errorf("%w: the devices of cell %d of %d", ErrDamaged, i, n)
		}
		counts[i].Devices = int(devices)
	}
	if len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: more than %d cells", ErrDamaged, n)
	}
	return counts, nil
}

// reader reads varints.
type reader struct{ rest []byte }

// next is a number of at most limit; ok is false without one.
func (r *reader) next(limit uint64) (v uint64, ok bool) {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > limit {
		return 0, false
	}
	r.rest = r.rest[n:]
	return v, true
}
