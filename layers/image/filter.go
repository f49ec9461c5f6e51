package image

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/errgroup"

	"yiping/layers/cql2"
)

// filterBytes bounds the memory for the answers of filters, by image. A filter of
// 15 million rows takes 2 MB.
const filterBytes = 64 << 20

// filterKey names the answer of a filter for a segment.
type filterKey struct {
	segment uint64
	filter  string
}

func newFilterCache() *otter.Cache[filterKey, *matches] {
	return otter.Must(&otter.Options[filterKey, *matches]{
		MaximumWeight: filterBytes,
		Weigher:       func(k filterKey, m *matches) uint32 { return uint32(m.bytes() + len(k.filter)) },
	})
}

// matches is which rows of a segment a filter takes, worked out chunk by chunk
// when it is asked for.
type matches struct {
	matcher *cql2.Matcher
	rows    int
	chunks  []atomic.Pointer[chunk]
}

func newMatches(rows int, m *cql2.Matcher) *matches {
	return &matches{matcher: m, rows: rows, chunks: make([]atomic.Pointer[chunk], chunks(rows))}
}

// bytes is the memory when all chunks are worked out, and something for the
// matcher.
func (m *matches) bytes() int { return len(m.chunks)*(chunkRows/8+16) + 1<<10 }

// ready reports whether a chunk has been worked out.
func (m *matches) ready(k int) bool { return m.chunks[k].Load() != nil }

// chunk is the answer for a chunk. Two goroutines may work out the same one; the
// answers are equal.
func (m *matches) chunk(k int) *chunk {
	if c := m.chunks[k].Load(); c != nil {
		return c
	}
	c := &chunk{}
	first := k * chunkRows
	var block cql2.Bits
	for row := first; row < min(first+chunkRows, m.rows); row += cql2.BlockRows {
		m.matcher.Block(row, min(cql2.BlockRows, m.rows-row), &block)
		copy(c.words[(row-first)/64:], block[:])
		c.count += block.Count()
	}
	m.chunks[k].Store(c)
	return c
}

// prepare works out chunks with two goroutines, until ctx ends.
func (m *matches) prepare(ctx context.Context, wanted []int) error {
	var next atomic.Int64
	work := func() error {
		for {
			n := int(next.Add(1)) - 1
			if n >= len(wanted) {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			m.chunk(wanted[n])
		}
	}
	if len(wanted) < 4 {
		return work()
	}
	var g errgroup.Group
	g.Go(work)
	g.Go(work)
	return g.Wait()
}

// ColumnError says that a filter names a property that the image does not keep.
// The database can answer it: see View.SelectIDs.
type ColumnError struct{ Layer, Property string }

// Error names the property.
func (e *ColumnError) Error() string {
	return fmt.Sprintf("the image of %s does not keep %s", e.Layer, e.Property)
}

// match finds or makes the answer of a filter for a segment.
func (i *Image) match(s *segment, f *cql2.Filter) (*matches, error) {
	key := filterKey{s.number, f.Canonical()}
	if m, ok := i.filters.GetIfPresent(key); ok {
		return m, nil
	}
	matcher, err := f.Compile(segmentColumns{s, i})
	if err != nil {
		return nil, fmt.Errorf("filter on the image of %s: %w", i.layer.Name, err)
	}
	m, _ := i.filters.SetIfAbsent(key, newMatches(s.rows(), matcher))
	return m, nil
}
