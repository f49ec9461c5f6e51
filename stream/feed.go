package stream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"yiping/layers"
)

// Feeds are the websockets on which programs send instead of being sent to. Each text
// message gets one answer, in order; a message that has no answer yet holds the next
// ones back. The zero value is ready.
type Feeds struct {
	// Origins are the web sites whose pages may connect, beside our own.
	Origins []string

	mu     sync.Mutex
	conns  map[*websocket.Conn]struct{}
	closed bool
	ended  sync.WaitGroup
}

// Bounds of feeds.
const (
	// maxFeeds is how many there may be at once.
	maxFeeds = 1000
	// feedBytes is the size of a message.
	feedBytes = 1 << 20
	// feedSilence is how long a feed may send neither a message nor a pong, feedPing
	// how often it is asked for one.
	feedSilence = 40 * time.Second
	feedPing    = 15 * time.Second
)

// Serve makes a feed of a request and hands on its messages until either side ends
// it. The error is that of a request which does not become one.
func (f *Feeds) Serve(w http.ResponseWriter, r *http.Request, handle func(ctx context.Context, data []byte) (answer []byte)) error {
	if !allowed(r, f.Origins) {
		return faultf(Forbidden, "origin %.100q is not allowed to connect", r.Header.Get("Origin"))
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return layers.InputErrorf("Upgrade", "a feed speaks websocket")
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: handshake, EnableCompression: true,
		CheckOrigin: func(*http.Request) bool { return true }, // done above
		Error:       func(http.ResponseWriter, *http.Request, int, error) {},
	}
	ws, err := upgrader.Upgrade(hijackable{w}, r, nil)
	if fault, ok := errors.AsType[websocket.HandshakeError](err); ok {
		return layers.InputErrorf("Upgrade", "%s", fault.Error())
	}
	if err != nil {
		return err
	}
	if code, ok := f.admit(ws); !ok {
		say(ws, code, "no room for another feed")
		return ws.Close()
	}
	go func() {
		defer f.ended.Done()
		defer f.dismiss(ws)
		ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
		defer stop()
		go ping(ctx, ws)
		if code, why := f.follow(ctx, ws, handle); code != 0 {
			say(ws, code, why)
		}
		_ = ws.Close() // there is nobody to tell
	}()
	return nil
}

// follow hands on messages; code says why it ends, 0 if the client did.
func (f *Feeds) follow(ctx context.Context, ws *websocket.Conn, handle func(context.Context, []byte) []byte) (code int, why string) {
	ws.SetReadLimit(feedBytes)
	// The deadline first: Close has set its own by the time that it shows.
	alive := func() error { return errors.Join(ws.SetReadDeadline(time.Now().Add(feedSilence)), f.open()) }
	ws.SetPongHandler(func(string) error { return alive() })
	for {
		if alive() != nil {
			return closeRestart, "restart"
		}
		kind, in, err := ws.NextReader()
		if err != nil {
			break
		}
		if kind != websocket.TextMessage {
			return closeMalformed, "a feed takes text"
		}
		// The socket bounds what comes, this what is in it once it is decompressed.
		data, err := io.ReadAll(io.LimitReader(in, feedBytes+1))
		if err != nil {
			break
		}
		if len(data) > feedBytes {
			return websocket.CloseMessageTooBig, "the message is too large"
		}
		answer := handle(ctx, data)
		_ = ws.SetWriteDeadline(time.Now().Add(feedSilence)) // it never fails
		if err := ws.WriteMessage(websocket.TextMessage, answer); err != nil {
			return 0, ""
		}
	}
	if f.open() != nil {
		return closeRestart, "restart"
	}
	return 0, ""
}

// errClosed says that no feed goes on.
var errClosed = errors.New("the feeds are closed")

func (f *Feeds) open() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return errClosed
	}
	return nil
}

// ping asks for a sign of life now and then.
func ping(ctx context.Context, ws *websocket.Conn) {
	tick := time.NewTicker(feedPing)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(feedPing)) != nil {
				return // follow sees it too
			}
		}
	}
}

// say ends a connection with a code of live/1.
func say(ws *websocket.Conn, code int, why string) {
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second)) // it has been tried
}

// admit takes a feed in; code says why not.
func (f *Feeds) admit(ws *websocket.Conn) (code int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return closeRestart, false
	case len(f.conns) >= maxFeeds:
		return closeFull, false
	}
	if f.conns == nil {
		f.conns = map[*websocket.Conn]struct{}{}
	}
	f.conns[ws] = struct{}{}
	f.ended.Add(1)
	return 0, true
}

func (f *Feeds) dismiss(ws *websocket.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, ws)
}

// Count is the number of feeds.
func (f *Feeds) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.conns)
}

// Close ends all feeds. A message that is being handled is answered first, unless ctx
// is done before; then the feed is cut off.
func (f *Feeds) Close(ctx context.Context) {
	f.mu.Lock()
	f.closed = true
	for ws := range f.conns {
		_ = ws.SetReadDeadline(time.Now()) // wakes who waits for the next message
	}
	f.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		f.ended.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return
	case <-ctx.Done():
	}
	f.mu.Lock()
	for ws := range f.conns {
		_ = ws.Close() // its goroutine sees to the rest
	}
	f.mu.Unlock()
	<-gone
}

// allowed reports whether the page that asks is one of ours or was allowed. What is
// no browser sends no origin.
func allowed(r *http.Request, origins []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(origins, "*") || slices.Contains(origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}
