package stream

import (
	"encoding/json"
	"time"

	"github.com/gorilla/websocket"
)

// buffer is for frames that are being made. Connections share them, so that one
// that is idle has none.
func (h *Hub) buffer() *[]byte {
	b := h.buffers.Get().(*[]byte)
	*b = (*b)[:0]
	return b
}

// maxKept is the largest buffer that is kept for the next, in bytes.
const maxKept = 1 << 20

func (h *Hub) release(b *[]byte) {
	if cap(*b) <= maxKept {
		h.buffers.Put(b)
	}
}

// send writes a frame.
func (c *conn) send(frame any) {
	data, err := json.Marshal(frame)
	if err != nil { // frames have numbers and texts alone
		panic(err)
	}
	c.write(websocket.TextMessage, data)
}

// writeBatch writes a frame of rows and returns its size in bytes.
func (c *conn) writeBatch(b batch, h *head, first, end int) int {
	buffer := c.hub.buffer()
	defer c.hub.release(buffer)
	*buffer = b.append(*buffer, h, first, end)
	c.write(b.kind(), *buffer)
	return len(*buffer)
}

// writePrepared writes a message that was prepared for many.
func (c *conn) writePrepared(p preparedPart) {
	if c.failed {
		return
	}
	c.ws.EnableWriteCompression(p.size >= compressFrom && p.text)
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.hub.Pace.Write)) // it never fails
	if err := c.ws.WritePreparedMessage(p.message); err != nil {
		c.failed = true
	}
}

// write writes a message. Only texts are compressed, if they are not short.
func (c *conn) write(kind int, data []byte) {
	if c.failed {
		return
	}
	if c.sink != nil {
		c.failed = c.sink.take(data) != nil // the client has gone, which is nobody's error
		return
	}
	c.ws.EnableWriteCompression(kind == websocket.TextMessage && len(data) >= compressFrom)
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.hub.Pace.Write)) // it never fails
	if err := c.ws.WriteMessage(kind, data); err != nil {
		c.failed = true // the client has gone, which is nobody's error
	}
}
