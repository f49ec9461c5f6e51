package stream

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// conn is a connection. All but its channels belongs to the goroutine of run.
type conn struct {
	hub *Hub
	// ws is nil where frames go to a sink.
	ws   *websocket.Conn
	sink sink
	// bin says that the client takes binary frames.
	bin bool
	// client is what the client calls itself, address where it comes from; either may
	// be empty.
	client  string
	address netip.Addr
	// inbox has the messages of the client; it is closed when there are no more,
	// after why was set.
	inbox chan message
	why   error
	// wake says that a subscription has news, drain that the service stops, replaced
	// that the client has connected elsewhere, ended that nobody takes messages any
	// more.
	wake, drain, replaced, ended chan struct{}

	subs map[uint32]*subscription
	// listeners are the subscriptions of EVENT streams.
	listeners map[uint32]*listener
	ladder    ladder
	credit    credit
	// flushes counts flushes, ticks those that were told to sync subscriptions.
	flushes uint32
	// flushed is when the last was begun.
	flushed time.Time
	// lonely is since when there is no subscription.
	lonely    time.Time
	pinged    time.Time
	frames    *rate.Limiter
	tooFast   int
	malformed bool
	// failed is set when nothing can be written any more.
	failed bool
}

type message struct {
	kind int
	data []byte
}

// inboxSize is how many messages of a client wait; then it is not read from.
const inboxSize = 4

// newConn is a connection that does not know yet where its frames go.
func newConn(h *Hub) *conn {
	now := time.Now()
	return &conn{
		hub: h, inbox: make(chan message, inboxSize), wake: make(chan struct{}, 1),
		drain: make(chan struct{}), replaced: make(chan struct{}), ended: make(chan struct{}),
		subs: map[uint32]*subscription{}, listeners: map[uint32]*listener{}, ladder: newLadder(h.Pace), lonely: now, pinged: now,
		frames: rate.NewLimiter(rate.Limit(h.Limits.FramesPerSecond), h.Limits.FrameBurst),
	}
}

// awake has run look for news. It may be called by anybody.
func (c *conn) awake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// cut ends the connection from outside; its goroutines see to the rest.
func (c *conn) cut() {
	if c.sink != nil {
		c.sink.stop()
		return
	}
	_ = c.ws.Close() // there is nobody to tell
}

// read hands on what the client sends until the connection ends.
func (c *conn) read(stop context.CancelFunc) {
	defer stop()
	defer close(c.inbox)
	c.ws.SetReadLimit(c.hub.Limits.FrameBytes)
	alive := func() error { return c.ws.SetReadDeadline(time.Now().Add(2*c.hub.Pace.Ping + c.hub.Pace.Write)) }
	c.ws.SetPongHandler(func(string) error { return alive() })
	if c.why = alive(); c.why != nil {
		return
	}
	for {
		kind, data, err := c.next()
		if err != nil {
			c.why = err
			return
		}
		select {
		case c.inbox <- message{kind, data}:
		case <-c.ended: // read on, see finish
		}
	}
}

// errTooLarge says that a message was longer than it may be.
var errTooLarge = errors.New("the frame is too large")

// next reads a message. The socket bounds what comes, this what is in it once it
// is decompressed.
func (c *conn) next() (kind int, data []byte, err error) {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	data, err = io.ReadAll(io.LimitReader(r, c.hub.Limits.FrameBytes+1))
	if err == nil && int64(len(data)) > c.hub.Limits.FrameBytes {
		err = errTooLarge
	}
	return kind, data, err
}

// run serves the client until either side ends it.
func (c *conn) run(ctx context.Context) {
	defer c.finish()
	c.greet()
	timer := time.NewTimer(c.hub.Pace.Heartbeat)
	defer timer.Stop()
	for !c.failed {
		select {
		case m, more := <-c.inbox:
			if !more {
				c.explain()
				return
			}
			c.receive(ctx, m)
		case <-c.wake:
		case <-timer.C:
		case <-c.drain:
			c.bye(closeRestart, "restart", c.hub.Pace.Health)
			return
		case <-c.replaced:
			c.bye(closeReplaced, "the client has connected elsewhere", 0)
			return
		}
		now := time.Now()
		c.watch(now)
		c.flush(ctx, now)
		timer.Reset(time.Until(c.due()))
	}
}

// linger is how long what a client still sends is read and dropped: a socket that
// is closed with something unread takes our last words back.
const linger = time.Second

// finish leaves the streams and closes the socket once the client has gone.
func (c *conn) finish() {
	for _, s := range c.subs {
		c.leave(s)
	}
	for _, l := range c.listeners {
		c.ignore(l)
	}
	close(c.ended)
	_ = c.ws.SetReadDeadline(time.Now().Add(linger)) // it never fails
	for range c.inbox {                              // until read has ended
	}
	_, _ = io.Copy(io.Discard, c.ws.NetConn())
	_ = c.ws.Close() // there is nobody to tell
}

// explain says why the connection ends when its client has not.
func (c *conn) explain() {
	if errors.Is(c.why, errTooLarge) {
		c.bye(websocket.CloseMessageTooBig, c.why.Error(), 0)
	} else if timeout, ok := errors.AsType[net.Error](c.why); ok && timeout.Timeout() {
		c.bye(closeSilent, "no pong", c.hub.Pace.Heartbeat)
	}
}

func (c *conn) greet() {
	c.send(hello{
		F: "hello", Proto: "live/1", Now: time.Now().UnixMilli(), Boot: c.hub.boot, Build: c.hub.Build,
		Heartbeat: c.hub.Pace.Heartbeat.Milliseconds(), Limits: c.hub.Limits, Streams: c.hub.streams(),
	})
}

// receive acts on a message.
func (c *conn) receive(ctx context.Context, m message) {
	if m.kind != websocket.TextMessage {
		c.bye(closeMalformed, "binary messages are not for clients", 0)
		return
	}
	r, fault := decode(m.data)
	if r.F != "ack" && !c.frames.Allow() {
		c.flooded(r)
		return
	}
	if fault != nil && fault.Code == BadJSON {
		if c.malformed {
			c.bye(closeMalformed, fault.Msg, 0)
			return
		}
		c.malformed = true
	}
	if fault == nil {
		fault = c.handle(ctx, r)
	}
	if fault != nil {
		c.refuse(r.Ref, nil, fault)
	}
}

// flooded answers one frame too many.
func (c *conn) flooded(r *request) {
	if c.tooFast++; c.tooFast > rateFaults {
		c.bye(closeFlood, "too many frames", max(5*time.Second, c.hub.Pace.Heartbeat))
		return
	}
	c.refuse(r.Ref, nil, &RequestError{Code: TooFast, Msg: "too many frames", Retry: time.Second})
}

func (c *conn) handle(ctx context.Context, r *request) *RequestError {
	switch r.F {
	case "sub":
		if t := c.hub.tails[r.Stream]; t != nil {
			return c.listen(ctx, r, t)
		}
		return c.subscribe(ctx, r)
	case "ack":
		c.acknowledge(r.Acks)
		return nil
	}
	if l := c.listeners[*r.SID]; l != nil {
		if r.F == "view" {
			return faultf(NotView, "subscription %d is of an EVENT stream", l.id)
		}
		c.endListener(l)
		c.send(accepted{F: "ok", Ref: *r.Ref, SID: l.id})
		return nil
	}
	s := c.subs[*r.SID]
	if s == nil {
		return faultf(UnknownSID, "sid: there is no subscription %d", *r.SID)
	}
	if r.F == "view" {
		return s.look(r)
	}
	c.end(s)
	c.send(accepted{F: "ok", Ref: *r.Ref, SID: s.id})
	return nil
}

func (c *conn) acknowledge(acks [][]uint64) {
	now := time.Now()
	for _, a := range acks {
		if at, ok := c.credit.release(a, now); ok {
			c.ladder.acked(now.Sub(at), now)
		}
	}
}

// vacant reports whether there is no subscription.
func (c *conn) vacant() bool { return len(c.subs)+len(c.listeners) == 0 }

// watch ends a connection that does nothing, or too little, and pings it.
func (c *conn) watch(now time.Time) {
	p := c.hub.Pace
	switch {
	case c.failed:
	case len(c.credit.sent) > 0 && now.Sub(c.credit.since) >= p.Slow:
		c.bye(closeSlow, "no ack", p.Heartbeat)
	case c.vacant() && now.Sub(c.lonely) >= p.Idle:
		c.bye(closeSilent, "no subscription", p.Heartbeat)
	case now.Sub(c.pinged) >= p.Ping:
		c.pinged = now
		if err := c.ws.WriteControl(websocket.PingMessage, nil, now.Add(p.Write)); err != nil {
			c.failed = true
		}
	}
}

// due is when run must look again, whatever happens.
func (c *conn) due() time.Time {
	at := c.pinged.Add(c.hub.Pace.Ping)
	soonest := func(t time.Time) {
		if t.Before(at) {
			at = t
		}
	}
	if c.vacant() {
		soonest(c.lonely.Add(c.hub.Pace.Idle))
	}
	if len(c.credit.sent) > 0 {
		soonest(c.credit.since.Add(c.hub.Pace.Slow))
	}
	for _, l := range c.listeners {
		soonest(l.marked.Add(c.hub.Pace.Heartbeat))
		if !l.retry.IsZero() {
			soonest(l.retry)
		}
	}
	for _, s := range c.subs {
		soonest(s.marked.Add(c.hub.Pace.Heartbeat))
		if s.looks() {
			soonest(s.looked.Add(c.hub.Pace.Views))
		}
		if c.paused() {
			continue
		}
		// What came since the last flush waits for its turn, not for the next heartbeat.
		turn := c.flushed.Add(c.ladder.tick)
		if s.snap == nil {
			turn = latest(turn, s.turn())
		}
		if s.pending() {
			soonest(turn)
		}
		if !s.slow.empty() {
			soonest(latest(turn, s.slow.at))
		}
	}
	return at
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// refuse answers with err.
func (c *conn) refuse(ref, sid *uint32, f *RequestError) {
	c.send(errFrame{F: "err", Ref: ref, SID: sid, Code: f.Code, Msg: f.Msg, Retry: f.Retry.Milliseconds()})
}

// bye ends the connection with a code of live/1 and tokens to go on from.
func (c *conn) bye(code int, why string, retry time.Duration) {
	tokens := make(map[uint32]string, len(c.subs))
	for id, s := range c.subs {
		if t := s.token(c.hub.tokens); t != "" {
			tokens[id] = t
		}
	}
	for id, l := range c.listeners {
		if t := l.token(c.hub.tokens); t != "" {
			tokens[id] = t
		}
	}
	c.send(byeFrame{F: "bye", Code: code, Why: why, Retry: retry.Milliseconds(), Tokens: tokens})
	if !c.failed && c.ws != nil {
		text := websocket.FormatCloseMessage(code, why)
		_ = c.ws.WriteControl(websocket.CloseMessage, text, time.Now().Add(c.hub.Pace.Write)) // it has been tried
	}
	c.failed = true
}
