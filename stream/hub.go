package stream

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"yiping/layers"
)

// Config is what a Hub works with.
type Config struct {
	Source Source
	Tiling Tiling
	// Secret signs tokens; replicas share it. At least 16 bytes.
	Secret []byte
	// Origins are the web sites whose pages may connect, beside our own.
	Origins []string
	// Build is told in hello.
	Build string
	// Limits defaults to DefaultLimits, Pace to DefaultPace.
	Limits Limits
	Pace   Pace
	Log    *slog.Logger
}

// Hub has the connections and tells them what changes.
type Hub struct {
	Config
	boot   string
	tokens signer

	mu     sync.Mutex
	states map[string]*state
	conns  map[*conn]struct{}
	closed bool
	ended  sync.WaitGroup
}

// New is a hub without connections.
func New(c Config) *Hub {
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.Pace == (Pace{}) {
		c.Pace = DefaultPace()
	}
	return &Hub{Config: c, boot: newEpoch(), tokens: c.Secret, states: map[string]*state{}, conns: map[*conn]struct{}{}}
}

// Register adds GET /live. An error of the handler is a RequestError, or wraps one of the
// errors of package layers; handle renders it.
func (h *Hub) Register(handle func(pattern string, serve func(http.ResponseWriter, *http.Request) error)) {
	handle("GET /live", h.connect)
}

// subprotocol is the one that is spoken here.
const subprotocol = "live1.json"

// handshake is how long the upgrade may take.
const handshake = 10 * time.Second

// connect makes a connection of a request and leaves it to its goroutines.
func (h *Hub) connect(w http.ResponseWriter, r *http.Request) error {
	if !h.welcome(r) {
		return faultf(Forbidden, "origin %.100q is not allowed to connect", r.Header.Get("Origin"))
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return layers.InputErrorf("Upgrade", "/live speaks websocket")
	}
	if !slices.Contains(websocket.Subprotocols(r), subprotocol) {
		return layers.InputErrorf("Sec-WebSocket-Protocol", "offer %s", subprotocol)
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: handshake, Subprotocols: []string{subprotocol}, EnableCompression: true,
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
	c := newConn(h, ws)
	if code, ok := h.admit(c); !ok {
		c.bye(code, "no room for another connection", c.hub.Pace.Heartbeat)
		return ws.Close()
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
	go c.read(stop)
	go func() {
		defer h.ended.Done()
		defer h.dismiss(c)
		c.run(ctx)
	}()
	return nil
}

// welcome reports whether the page that asks is one of ours or was allowed. What
// is no browser sends no origin.
func (h *Hub) welcome(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(h.Origins, "*") || slices.Contains(h.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// admit takes a connection in; code says why not.
func (h *Hub) admit(c *conn) (code int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return closeRestart, false
	case len(h.conns) >= h.Limits.Connections:
		return closeFull, false
	}
	h.conns[c] = struct{}{}
	h.ended.Add(1)
	return 0, true
}

func (h *Hub) dismiss(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// Connections is the number of clients.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

// state is that of the stream of a layer.
func (h *Hub) state(layer string) *state {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.states[layer]
	if s == nil {
		s = &state{epoch: newEpoch(), subs: map[*subscription]*conn{}}
		if v := h.Source.View(layer); v != nil {
			s.position = v.Mark()
		}
		h.states[layer] = s
	}
	return s
}

// Close says bye to all clients, with tokens to go on from, and waits until they
// have gone or ctx is done; then it cuts them off.
func (h *Hub) Close(ctx context.Context) {
	h.mu.Lock()
	conns := slices.Collect(maps.Keys(h.conns))
	if !h.closed {
		for _, c := range conns {
			close(c.drain)
		}
	}
	h.closed = true
	h.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		h.ended.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		for _, c := range conns {
			_ = c.ws.Close() // its goroutines see to the rest
		}
		<-gone
	}
}
