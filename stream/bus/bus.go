package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// The errors of Publish and Subscribe.
var (
	ErrTopic    = errors.New("not a topic")
	ErrTooLarge = errors.New("the message is too large for the bus")
	ErrFull     = errors.New("the bus is cut off and what waits for it has no more room")
	ErrClosed   = errors.New("the bus is closed")
)

// Bounds of what the bus holds, in bytes.
const (
	// MaxData is the length of a message; servers take twice as much unless they are
	// told otherwise.
	MaxData = 512 << 10
	// maxUnsent waits to be sent while there is no connection.
	maxUnsent = 8 << 20
	// maxPending waits for a slow subscription.
	maxPending = 16 << 20
)

// How the connection is kept.
const (
	connectWait   = 2 * time.Second
	reconnectWait = 250 * time.Millisecond // and as much again at random
	// pingEvery and two answers missing find a connection that is dead in half a
	// minute; one that is closed is found at once.
	pingEvery = 10 * time.Second
)

// Config says which bus.
type Config struct {
	// URLs are the servers of a NATS cluster, nats://HOST:PORT; without any, one runs
	// in this process.
	URLs []string
	// Listen is where the server in this process takes connections, HOST:PORT, so that
	// it serves other replicas and devices; without it none but its own.
	Listen string
	// Name tells this connection from others to who looks at the servers.
	Name string
	Log  *slog.Logger
}

// Bus is a connection to the bus.
type Bus struct {
	conn   *nats.Conn
	own    *server.Server // nil with a cluster
	alone  bool
	log    *slog.Logger
	closed chan struct{}
	lost   atomic.Uint64
	// waited says that the first connection came after Open.
	waited atomic.Bool

	mu   sync.Mutex
	subs map[*nats.Subscription]Subscription
}

// Open connects to the bus. A cluster that does not answer is no error: it is tried
// until it does.
func Open(cfg Config) (*Bus, error) {
	if len(cfg.URLs) > 0 && cfg.Listen != "" {
		return nil, errors.New("a bus is either elsewhere or listened for here, not both")
	}
	b := &Bus{
		log: cfg.Log, closed: make(chan struct{}), subs: map[*nats.Subscription]Subscription{},
		alone: len(cfg.URLs) == 0 && cfg.Listen == "",
	}
	options := []nats.Option{
		nats.Name(cfg.Name), nats.NoEcho(), nats.Timeout(connectWait), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait), nats.ReconnectJitter(reconnectWait, reconnectWait), nats.ReconnectBufSize(maxUnsent),
		nats.PingInterval(pingEvery), nats.ConnectHandler(b.connected), nats.ReconnectHandler(b.reconnected),
		nats.DisconnectErrHandler(b.disconnected), nats.ErrorHandler(b.fault), nats.ClosedHandler(func(*nats.Conn) { close(b.closed) }),
	}
	if len(cfg.URLs) == 0 {
		var err error
		if b.own, err = startServer(cfg); err != nil {
			return nil, err
		}
		options = append(options, nats.InProcessServer(b.own))
	}
	var err error
	if b.conn, err = nats.Connect(strings.Join(cfg.URLs, ","), options...); err != nil {
		b.stopServer()
		return nil, fmt.Errorf("connect to the bus: %w", err)
	}
	if !b.conn.IsConnected() {
		b.waited.Store(true)
		b.log.Warn("the bus does not answer; trying again until it does")
	}
	return b, nil
}

// Alone reports that nobody else can be on the bus.
func (b *Bus) Alone() bool { return b.alone }

// Publish sends a message to all who subscribe to its topic elsewhere; what this Bus
// publishes does not come back to it. It does not wait. The error wraps ErrTopic,
// ErrTooLarge, ErrFull or ErrClosed.
func (b *Bus) Publish(topic string, data []byte) error {
	subject, err := subjectOf(topic)
	if err != nil {
		return err
	}
	if len(data) > MaxData {
		return fmt.Errorf("%w: %d bytes to %s, of at most %d", ErrTooLarge, len(data), topic, MaxData)
	}
	err = b.conn.Publish(subject, data)
	if err == nil {
		return nil
	}
	b.lost.Add(1)
	switch {
	case errors.Is(err, nats.ErrReconnectBufExceeded):
		err = ErrFull
	case errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrConnectionDraining):
		err = ErrClosed
	}
	return fmt.Errorf("publish to %s: %w", topic, err)
}

// Close takes no more messages, lets the handlers end with those that have arrived,
// sends what is waiting, and ends. What cannot be done until ctx is done is left.
func (b *Bus) Close(ctx context.Context) error {
	err := b.conn.Drain()
	switch {
	case errors.Is(err, nats.ErrConnectionReconnecting): // nobody is there to send it to
		b.conn.Close()
		err = nil
	case errors.Is(err, nats.ErrConnectionClosed): // by an earlier call
		err = nil
	case err != nil:
		b.conn.Close()
		err = fmt.Errorf("drain the bus: %w", err)
	}
	select {
	case <-b.closed:
	case <-ctx.Done():
		b.conn.Close()
		<-b.closed
		err = errors.Join(err, fmt.Errorf("drain the bus: %w", context.Cause(ctx)))
	}
	b.stopServer()
	return err
}

// Stats is what has gone over the bus since Open.
type Stats struct {
	Connected           bool
	Published, Received uint64
	// Lost is what could not be published, Dropped what a subscription was too slow
	// for.
	Lost, Dropped uint64
	Reconnects    uint64
}

// Stats is how the bus is now.
func (b *Bus) Stats() Stats {
	n := b.conn.Stats()
	s := Stats{
		Connected: b.conn.IsConnected(), Published: n.OutMsgs, Received: n.InMsgs,
		Lost: b.lost.Load(), Reconnects: n.Reconnects,
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for sub := range b.subs {
		if dropped, err := sub.Dropped(); err == nil { // otherwise the bus is closed
			s.Dropped += uint64(dropped)
		}
	}
	return s
}

func (b *Bus) connected(c *nats.Conn) {
	if b.waited.Load() { // otherwise nobody has missed anything
		b.log.Info("the bus is there", "url", c.ConnectedUrlRedacted())
		b.missed(nil)
	}
}

func (b *Bus) reconnected(c *nats.Conn) {
	b.log.Info("the bus is there again", "url", c.ConnectedUrlRedacted())
	b.missed(nil)
}

func (b *Bus) disconnected(c *nats.Conn, err error) {
	if !c.IsClosed() && !c.IsDraining() {
		b.log.Warn("the bus is cut off; trying again", "error", err)
	}
}

// fault is told what goes wrong aside from calls; of a row of messages that a
// subscription was too slow for, the first.
func (b *Bus) fault(_ *nats.Conn, sub *nats.Subscription, err error) {
	if sub != nil && errors.Is(err, nats.ErrSlowConsumer) {
		b.log.Warn("messages of the bus are dropped: they come faster than they are taken", "subject", sub.Subject)
		b.missed(sub)
		return
	}
	b.log.Warn("the bus has a fault", "error", err)
}
