package tiles

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
)

// encoding is a content coding, as HTTP names it; empty is none.
type encoding string

const (
	plain     encoding = ""
	gzipCoded encoding = "gzip"
)

// packer compresses tiles.
type packer struct {
	out  bytes.Buffer
	gzip *gzip.Writer
}

func newPacker() *packer {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &packer{gzip: z}
}

// pack is the tile in an encoding, in memory of its own.
func (p *packer) pack(tile []byte, e encoding) ([]byte, error) {
	if e == plain || len(tile) == 0 {
		return slices.Clone(tile), nil
	}
	p.out.Reset()
	p.gzip.Reset(&p.out)
	if _, err := p.gzip.Write(tile); err != nil {
		return nil, fmt.Errorf("compress tile: %w", err)
	}
	if err := p.gzip.Close(); err != nil {
		return nil, fmt.Errorf("compress tile: %w", err)
	}
	return slices.Clone(p.out.Bytes()), nil
}

// tagOf is a strong entity tag: it names these very bytes, so that each encoding
// of a tile has its own.
func tagOf(body []byte) string { return fmt.Sprintf(`"%016x"`, xxhash.Sum64(body)) }
