package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Config says how to connect.
type Config struct {
	// Header goes with the request.
	Header http.Header
	// Plain asks for messages that are not compressed.
	Plain bool
}

// Conn is a connection.
type Conn struct {
	ws       *websocket.Conn
	release  func() bool
	received *atomic.Int64
	hello    *Frame
	ref      uint32
	subs     map[uint32]*Subscription // by sid
}

const (
	subprotocol = "live1.json"
	handshake   = 10 * time.Second
	// maxMessage is the size of the largest message that is taken; a server sends
	// parts of 256 KiB.
	maxMessage = 8 << 20
	// writeWait is how long a frame may take to be written.
	writeWait = 10 * time.Second
)

// Dial connects to a service at base, an http or https URL, and reads its hello.
func Dial(ctx context.Context, base string, c Config) (*Conn, error) {
	received := &atomic.Int64{}
	d := websocket.Dialer{
		Subprotocols: []string{subprotocol}, HandshakeTimeout: handshake, EnableCompression: !c.Plain,
		Proxy: http.ProxyFromEnvironment,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var dialer net.Dialer
			conn, err := dialer.DialContext(ctx, network, address)
			return counted{conn, received}, err
		},
	}
	address := "ws" + strings.TrimPrefix(strings.TrimSuffix(base, "/"), "http") + "/live"
	ws, res, err := d.DialContext(ctx, address, c.Header)
	if err != nil {
		if res != nil {
			_ = res.Body.Close()
			return nil, fmt.Errorf("connect to %s: %w, status %d", address, err, res.StatusCode)
		}
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	ws.SetReadLimit(maxMessage)
	conn := &Conn{ws: ws, received: received, subs: map[uint32]*Subscription{}}
	conn.release = context.AfterFunc(ctx, func() { _ = ws.Close() }) // a read that waits ends
	if conn.hello, err = conn.read(); err == nil && conn.hello.F != "hello" {
		err = fmt.Errorf("the server begins with %q and not with hello", conn.hello.F)
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	return conn, nil
}

// Hello is the server's first frame: what it has.
func (c *Conn) Hello() *Frame { return c.hello }

// Received is how many bytes came, as they were sent. It may be called by anybody.
func (c *Conn) Received() int64 { return c.received.Load() }

// Close ends the connection.
func (c *Conn) Close() {
	c.release()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = c.ws.Close() // there is nobody to tell
}

// Subscribe asks for a subscription, from its token if it has one, and waits for
// the answer; frames of others are applied meanwhile. The error is a *ServerError
// if the server refuses.
func (c *Conn) Subscribe(s *Subscription) error {
	c.ref++
	ref := c.ref
	err := c.write(struct {
		F   string `json:"f"`
		Ref uint32 `json:"ref"`
		Query
		Resume string `json:"resume,omitempty"`
	}{"sub", ref, s.Query, s.token})
	if err != nil {
		return err
	}
	for {
		f, err := c.next(ref, s)
		if answers := f != nil && f.Ref != nil && *f.Ref == ref; err != nil || answers {
			return err
		}
	}
}

// Unsubscribe ends a subscription. Its rows and its token stay.
func (c *Conn) Unsubscribe(s *Subscription) error {
	c.ref++
	delete(c.subs, s.sid)
	return c.write(struct {
		F   string `json:"f"`
		Ref uint32 `json:"ref"`
		SID uint32 `json:"sid"`
	}{"unsub", c.ref, s.sid})
}

// Next reads a frame, applies it to its subscription and acknowledges it. The error
// wraps ErrGap if something was lost, and is a *ServerError if a subscription was
// ended; the frame is returned too then. Any other error ends the connection: see
// CloseCode.
func (c *Conn) Next() (*Frame, error) { return c.next(0, nil) }

// next begins s with the answer to ref.
func (c *Conn) next(ref uint32, s *Subscription) (*Frame, error) {
	f, err := c.read()
	if err != nil {
		return nil, err
	}
	if f.Ref != nil && *f.Ref == ref && s != nil {
		if f.F != "ok" || f.SID == nil {
			return f, f.fault()
		}
		s.begin(f)
		c.subs[s.sid] = s
		return f, nil
	}
	if f.SID == nil || c.subs[*f.SID] == nil {
		return f, nil
	}
	ack, err := c.subs[*f.SID].apply(f)
	if err == nil && ack != nil {
		err = c.write(struct {
			F string     `json:"f"`
			A [][]uint64 `json:"a"`
		}{"ack", [][]uint64{ack}})
	}
	return f, err
}

func (c *Conn) read() (*Frame, error) {
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return nil, err
	}
	var f Frame
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("a frame: %w in %.100s", err, data)
	}
	return &f, nil
}

func (c *Conn) write(frame any) error {
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWait)) // it never fails
	return c.ws.WriteJSON(frame)
}

// CloseCode is that of the close frame that ended a connection; 0 if there was none.
func CloseCode(err error) int {
	if e, ok := errors.AsType[*websocket.CloseError](err); ok {
		return e.Code
	}
	return 0
}

// counted is a connection that counts what comes.
type counted struct {
	net.Conn
	received *atomic.Int64
}

// Read counts.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.Add(int64(n))
	return n, err
}
