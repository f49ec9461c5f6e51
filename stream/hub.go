package stream

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"yiping/layers"
)

// Config is what a Hub works with.
type Config struct {
	// Tables lists the STATE streams that there are now. It is asked often, and by
	// many at once. A table is equal (==) to itself as long as it describes itself alike.
	Tables func() []Table
	// Logs are the EVENT streams.
	Logs []Log
	// Shapes are the fences and regions that areas may name; none without it.
	Shapes Shapes
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
	boot    string
	tokens  signer
	buffers sync.Pool        // of *[]byte
	writing sync.Pool        // of what gorilla/websocket writes from
	tails   map[string]*tail // by stream
	tickets tickets
	listed  atomic.Pointer[listing]

	lastSID atomic.Uint32

	mu     sync.Mutex
	states map[string]*state
	shares map[string]*share // by the form of the subscriptions
	conns  map[*conn]struct{}
	// addresses counts connections by where they come from; clients are those with a
	// name.
	addresses map[netip.Addr]int
	clients   map[string]*conn
	closed    bool
	ended     sync.WaitGroup
}

// New is a hub without connections.
func New(c Config) *Hub {
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.Pace == (Pace{}) {
		c.Pace = DefaultPace()
	}
	if c.Shapes == nil {
		c.Shapes = noShapes{}
	}
	h := &Hub{
		Config: c, boot: newEpoch(), tokens: c.Secret, buffers: sync.Pool{New: func() any { return new([]byte) }},
		tails: map[string]*tail{}, tickets: tickets{used: map[string]time.Time{}},
		states: map[string]*state{}, shares: map[string]*share{}, conns: map[*conn]struct{}{},
		addresses: map[netip.Addr]int{}, clients: map[string]*conn{},
	}
	for _, l := range c.Logs {
		h.tails[l.Describe().Name] = &tail{log: l, listeners: map[*listener]*conn{}}
	}
	return h
}

// Register adds GET /live and its twins in plain HTTP. An error of the handler is a RequestError, or wraps one of the
// errors of package layers; handle renders it.
func (h *Hub) Register(handle func(pattern string, serve func(http.ResponseWriter, *http.Request) error)) {
	handle("GET /live", h.connect)
	handle("POST /live/ticket", h.ticket)
	handle("GET /live/streams", h.listStreams)
	for _, method := range []string{"GET", "POST"} {
		handle(method+" /live/{stream}/snapshot", h.snapshot)
		handle(method+" /live/{stream}/changes", h.changes)
	}
	handle("GET /live/{stream}/items/{key}", h.item)
}

// The subprotocols.
const (
	textProtocol   = "live1.json"
	binaryProtocol = "live1.bin"
)

// writeBuffer is what is written to a socket at once, in bytes. A connection has a
// buffer only while it writes.
const writeBuffer = 16 << 10

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
	offered := websocket.Subprotocols(r)
	known := slices.IndexFunc(offered, func(p string) bool { return p == textProtocol || p == binaryProtocol })
	if known < 0 {
		return layers.InputErrorf("Sec-WebSocket-Protocol", "offer %s or %s", textProtocol, binaryProtocol)
	}
	client := r.URL.Query().Get("client")
	if !nameable(client) {
		return layers.InputErrorf("client", "want at most 64 letters, digits, dots, hyphens and underscores")
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: handshake, Subprotocols: offered[known : known+1], EnableCompression: true,
		WriteBufferPool: &h.writing, WriteBufferSize: writeBuffer,
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
	ticket := r.URL.Query().Get("ticket")
	redeemed := ticket == "" || h.redeem(ticket, time.Now())
	c := newConn(h)
	c.ws, c.bin, c.client, c.address = ws, ws.Subprotocol() == binaryProtocol, client, address(r)
	if !redeemed {
		c.bye(closeStranger, "the ticket does not serve; ask for another", 0)
		return ws.Close()
	}
	if code, why := h.admit(c); code != 0 {
		c.bye(code, why, max(5*time.Second, h.Pace.Heartbeat))
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

// Connections is the number of clients.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

// state is that of a stream.
func (h *Hub) state(stream string) *state {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.states[stream]
	if s == nil {
		s = &state{epoch: newEpoch(), subs: map[*subscription]*conn{}}
		if t := h.table(stream); t != nil {
			if v := t.View(); v != nil {
				s.position = v.Position()
			}
		}
		h.states[stream] = s
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
			c.cut()
		}
		<-gone
	}
}
