package stream

import (
	"context"
	"errors"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
)

// subscription is one area of one stream, for one connection. All but news, and
// the area while it changes, belongs to the connection's goroutine.
type subscription struct {
	*query
	id    uint32
	state *state
	share *share // nil if it is like no other
	// news and coming are guarded by the lock of the stream. coming is the area that
	// the subscription is about to have: what is touched there counts already.
	news   news
	coming *geo.FixedBox

	epoch string
	lod   lod
	// at is what the client has been told to have; position the same place in the
	// source's history, or, as long as the delta of a resume is due, where it was.
	at       uint64
	position string
	// members are the keys that the client holds, and where it has them.
	members anchors
	// tally is what it holds instead while cells are counted; fewSince is since when
	// they are so few that rows could be sent.
	tally    *tally
	fewSince time.Time
	// tried is when it was looked whether finer cells could be sent.
	tried time.Time
	// named are the handles whose keys the client knows.
	named map[uint32]struct{}
	// lean says that rows are sent without what a slow connection goes without, thin
	// that the client may hold some that were.
	lean, thin bool
	// reply says that a delta must come, whatever it holds; moved that it tells the
	// bbox.
	reply, moved bool
	snap         *snapshot
	slow         slowTiles
	// unnamed is how often tiles of a new camera are still to be named that changed
	// before it came: no position holds them.
	unnamed int
	flushed time.Time
	marked  time.Time
	// urgent asks for a mark at once, lag is the greatest since the last.
	urgent bool
	lag    time.Duration
	// wanted is the newest camera that was not looked at, looked when one was.
	wanted *look
	looked time.Time
}

type look struct {
	ref    uint32
	camera camera
	zooms  []int
}

// resumeTimeout bounds the question what has changed since a token.
const resumeTimeout = 10 * time.Second

// subscribe begins a subscription.
func (c *conn) subscribe(ctx context.Context, r *request) *RequestError {
	if len(c.subs)+len(c.listeners) >= c.hub.Limits.Subscriptions {
		return faultf(TooManySubs, "at most %d subscriptions on a connection", c.hub.Limits.Subscriptions)
	}
	q, fault := c.hub.Limits.read(r, c.hub.table(r.Stream), c.hub.Shapes, c.bin)
	if fault != nil {
		return fault
	}
	for _, other := range c.subs {
		if !q.view && !other.view && other.form() == q.form() {
			return faultf(Duplicate, "subscription %d is the same", other.id)
		}
	}
	if _, fault := q.reader(q.table.View()); fault != nil {
		return fault
	}
	s := &subscription{query: q, lod: q.detail, named: map[uint32]struct{}{}, state: c.hub.state(q.about.Name), marked: time.Now()}
	s.setLean(c.ladder.rung())
	c.join(s)
	ok := accepted{F: "ok", Ref: *r.Ref, SID: s.id, Epoch: s.epoch, Seq: s.at, LOD: s.lod.String(), BBox: s.area.bbox()}
	why := ""
	if r.Resume != "" {
		if why, fault = c.resume(ctx, s, r.Resume); fault != nil {
			c.leave(s)
			return fault
		}
		ok.Resumed = why == ""
	}
	switch {
	case ok.Resumed:
		c.send(ok)
	case q.tiles && why == "":
		c.send(ok)
	case q.tiles:
		c.send(ok)
		c.restart(s, why)
	default:
		return c.first(s, ok, why)
	}
	c.subs[s.id] = s
	return nil
}

// first sends ok and has the snapshot follow, or answers with a fault.
func (c *conn) first(s *subscription, ok accepted, why string) *RequestError {
	if fault := c.prepare(s); fault != nil {
		c.leave(s)
		return fault
	}
	ok.Epoch, ok.Seq, ok.LOD = s.epoch, s.at, s.lod.String()
	c.send(ok)
	if why != "" {
		c.send(resetFrame{F: "reset", SID: s.id, Epoch: s.epoch, Why: why})
	} else if s.silent {
		s.snap = nil // the client has read the rows itself, or will
	}
	c.subs[s.id] = s
	return nil
}

// join has the stream tell the subscription what happens from now on.
func (c *conn) join(s *subscription) {
	if s.view || s.tiles {
		s.id = c.hub.nextSID()
	} else {
		s.share = c.hub.share(s.form())
		s.id = s.share.sid
	}
	st := s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	st.subs[s] = c
	s.epoch, s.at, s.position = st.epoch, st.seq, st.position
}

// leave undoes join.
func (c *conn) leave(s *subscription) {
	if s.share != nil {
		c.hub.unshare(s.form())
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	delete(s.state.subs, s)
}

// end forgets a subscription.
func (c *conn) end(s *subscription) {
	now := time.Now()
	c.leave(s)
	delete(c.subs, s.id)
	c.credit.forget(s.id, now)
	c.lonely = now
}

// resume makes news of all that has happened since a token; why says that this
// cannot be told. The subscription has joined before, so that nothing is missed
// between the two.
func (c *conn) resume(ctx context.Context, s *subscription, token string) (why string, fault *RequestError) {
	at, why := c.hub.tokens.standing(s.about.class(), token, s.form(), time.Now())
	if why == "" && at.shape != s.area.digest() {
		why = whyArea
	}
	if why != "" {
		return why, nil
	}
	if at.lod != s.detail { // what the client holds of counts is not known any more
		return whyLOD, nil
	}
	ctx, cancel := context.WithTimeout(ctx, resumeTimeout)
	defer cancel()
	// The view before the changes: they have all that it has. What the client holds
	// are the members of the view, and perhaps what has changed.
	r, fault := s.reader(s.table.View())
	if fault != nil {
		return "", fault
	}
	if !s.tiles {
		rows, more := r.members(s.maxObjects)
		if more {
			return s.outgrown(), nil
		}
		s.hold(r, rows)
		if s.thin = s.thin || at.thin; s.thin && !s.lean {
			s.refill()
		}
	}
	var past news
	err := s.table.Since(ctx, at.position, maxReplay, func(p Past) {
		touch := Touch{ID: p.ID, Was: p.Was, Old: p.Old}
		touch.New, touch.Is = boundsOf(r.view, p.ID)
		if s.tiles {
			s.touchedBy(&past.tiles, touch, c.hub.Tiling)
		} else if meets(touch, s.area.box) {
			past.key(p.ID)
		}
	})
	switch {
	case errors.Is(err, ErrExpired):
		return whyExpired, nil
	case errors.Is(err, ErrEpoch):
		return whyEpoch, nil
	case err != nil:
		return "", &RequestError{Code: Unavailable, Msg: "the changes cannot be read now", Retry: 2 * time.Second}
	case past.overflow:
		return "size", nil
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	for id := range past.keys {
		s.news.key(id)
		if _, held := s.members[id]; !held {
			s.members[id] = geo.Fixed{} // the delta settles it, before a camera asks where
		}
	}
	s.news.tiles.join(past.tiles)
	s.reply = true
	s.position = at.position // a token before that delta must not promise it
	return "", nil
}

// restart sends reset and what is there anew: rows, or word that all tiles are to
// be fetched. It ends the subscription if that cannot be.
func (c *conn) restart(s *subscription, why string) {
	if fault := c.prepare(s); fault != nil {
		c.send(resetFrame{F: "reset", SID: s.id, Epoch: s.epoch, Why: why})
		c.refuse(nil, &s.id, fault)
		c.end(s)
		return
	}
	c.send(resetFrame{F: "reset", SID: s.id, Epoch: s.epoch, Why: why})
	if s.tiles {
		c.flushes++
		c.sendTiles(s, tileSet{all: true}, s.at)
	}
}

// token is for what the client has; empty while it has nothing whole: it waits for a
// snapshot, for the rows of the area in force, or for the names of its tiles.
func (s *subscription) token(t signer) string {
	if s.snap != nil || s.moved || s.unnamed > 0 || s.position == "" {
		return ""
	}
	return t.token(s.about.class(), s.form(), standing{s.lod, s.thin, s.area.digest(), s.position}, time.Now())
}

// look takes note of a camera; the newest is served.
func (s *subscription) look(r *request) *RequestError {
	if !s.view {
		return faultf(NotView, "subscription %d has a fixed area", s.id)
	}
	camera, fault := readCamera(r.BBox, r.Zoom)
	if fault != nil {
		return fault
	}
	if s.tiles { // tz is checked here and taken when the camera is served
		trial := query{tiles: true}
		if fault := trial.readZooms(r); fault != nil {
			return fault
		}
	}
	s.wanted = &look{*r.Ref, camera, r.Zooms}
	return nil
}

// looks reports whether there is a camera to be served. One after another: a client
// must know a bbox before there is the next, and be level after a resume.
func (s *subscription) looks() bool {
	return s.wanted != nil && (!s.moved && !s.reply || s.snap != nil)
}

// serve moves a subscription to the camera that it wants.
func (c *conn) serve(s *subscription, now time.Time) {
	w := s.wanted
	s.wanted, s.looked = nil, now
	inForce := s.area.bound
	if !w.camera.keeps(inForce, s.camera) {
		inForce = w.camera.snap()
	}
	before := s.area.bound
	why := ""
	var fault *RequestError
	if s.refocuses(w.camera, inForce) {
		s.frame(w.camera, inForce)
		why = whyLOD
	} else {
		fault = c.move(s, w, inForce, now)
	}
	switch {
	case why != "":
	case fault == nil && s.tally != nil && s.resolution() != s.tally.lod:
		why = whyLOD
	case fault == nil && s.area.bound != before && (s.tally != nil || s.snap != nil): // they are of the other area
		why = whyArea
	case fault != nil && fault.Code == TooMany && s.shrinks():
		s.frame(w.camera, inForce)
		why = whyLOD
	case fault != nil:
		c.refuse(&w.ref, nil, fault) // with a sid it would have ended
		return
	}
	c.send(accepted{F: "ok", Ref: w.ref, SID: s.id, Epoch: s.epoch, Seq: s.at, LOD: s.lod.String(), BBox: s.area.bbox()})
	if why != "" {
		c.restart(s, why)
	}
}

// refocuses reports whether a camera is to be shown cells of another resolution, or
// may be: those of the present one have been too fine for the area before.
func (s *subscription) refocuses(at camera, b orb.Bound) bool {
	if s.levels == nil {
		return false
	}
	next := *s.query
	next.camera = at
	wanted := next.resolution()
	return wanted != s.resolution() || wanted != s.detail && b != s.area.bound
}

// frame gives a subscription the area of a camera.
func (s *subscription) frame(at camera, b orb.Bound) {
	next := *s.query
	next.area, next.camera = inBound(b), at
	s.change(&next)
}

// move gives a subscription another area, and makes news of what is new in it.
func (c *conn) move(s *subscription, w *look, b orb.Bound, now time.Time) *RequestError {
	next := *s.query
	next.area, next.camera = inBound(b), w.camera
	if s.tiles {
		zoom := w.camera.zoom
		if fault := next.readZooms(&request{Zoom: &zoom, Zooms: w.zooms}); fault != nil {
			return fault
		}
	}
	if b == s.area.bound && !s.tiles {
		s.camera = w.camera
		return nil
	}
	if s.tally != nil { // it is counted anew
		s.frame(w.camera, b)
		return nil
	}
	s.expect(&next.area.box) // before the view is read, so that no change is between the two
	defer s.expect(nil)
	r, fault := next.reader(s.table.View())
	if fault != nil {
		return fault
	}
	var rows []Row
	if !s.tiles {
		var more bool
		if rows, more = r.members(s.maxObjects); more {
			return faultf(TooMany, "more than %d objects; zoom in, or filter", s.maxObjects)
		}
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.query = &next
	if s.tiles {
		if !s.state.recent.since(now, func(box geo.FixedBox) { s.touched(&s.news.tiles, box, c.hub.Tiling) }) {
			s.news.tiles.fill()
		}
		if !s.news.tiles.empty() {
			s.unnamed = 2 // slow tiles are named twice
		}
		return nil
	}
	s.moved = true
	// The client drops by itself what it holds outside, but for cells; what else it
	// holds though it is no member is named by the next flush, like what it does not
	// hold.
	held := make(map[int64]geo.Fixed, len(rows))
	inside := make(map[int64]struct{}, len(rows))
	for _, row := range rows {
		inside[r.view.ID(row)] = struct{}{}
	}
	for id, anchor := range s.members {
		if s.levels == nil && !next.area.holds(PlaceOf(anchor)) {
			continue
		}
		held[id] = anchor
		if _, member := inside[id]; !member {
			s.news.key(id)
		}
	}
	for id := range inside {
		if _, has := held[id]; !has {
			s.news.key(id)
		}
	}
	s.members = held
	return nil
}

// expect has changes in another area noted as well; nil ends that.
func (s *subscription) expect(box *geo.FixedBox) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.coming = box
}

// boundsOf covers a row, if it is there.
func boundsOf(v View, id int64) (geo.FixedBox, bool) {
	row, ok := v.Find(id)
	if !ok {
		return geo.FixedBox{}, false
	}
	return v.Bounds(row), true
}
