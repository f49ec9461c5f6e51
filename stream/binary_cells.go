package stream

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/gorilla/websocket"
)

// cellBatch is rows with schema 2.
type cellBatch struct {
	view    Cells
	rows    []Row
	metrics int
	now     time.Time
}

func (c *cellBatch) content() *content { return &content{view: c.view, rows: c.rows} }

func (c *cellBatch) kind() int { return websocket.BinaryMessage }

func (c *cellBatch) cut(limit int) (ends []int) {
	most := max(limit/(8+4*c.metrics), 1)
	for end := most; end < len(c.rows); end += most {
		ends = append(ends, end)
	}
	return append(ends, len(c.rows))
}

func (c *cellBatch) append(b []byte, h *head, first, end int) []byte {
	rows := c.rows[first:end]
	b = h.appendBinary(b, c.now, packed{schema: schemaCells, rows: len(rows), metrics: c.metrics})
	ids := make([]int64, len(rows))
	values := make([]float32, 0, len(rows)*c.metrics)
	for i, row := range rows {
		ids[i] = c.view.ID(row)
		values = c.view.AppendMetrics(values, row)
	}
	b = appendHalves(b, ids)
	for m := range c.metrics {
		for i := range rows {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(values[i*c.metrics+m]))
		}
	}
	return appendHalves(appendHalves(b, h.leave), h.del)
}

// appendHalves writes cells as a column of their lower halves and one of their upper.
func appendHalves(b []byte, ids []int64) []byte {
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint32(b, uint32(id>>32))
	}
	return b
}
