package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// moving is a client of live/1 with the objects of a stream in a box.
type moving struct {
	t    *testing.T
	ws   *websocket.Conn
	rows map[string]movingRow
	seq  int
}

type movingRow struct {
	K, Plate  string
	T         int64
	Lon, Lat  float64
	Synthetic bool
}

// follow subscribes to a stream.
func follow(t *testing.T, url, stream string) *moving {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"live1.json"}}
	ws, res, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	m := &moving{t: t, ws: ws, rows: map[string]movingRow{}}
	sub := fmt.Sprintf(`{"f":"sub","ref":1,"stream":%q,"area":{"bbox":[121.4,31.2,121.5,31.3]},"where":"stale = false"}`, stream)
	if err := ws.WriteMessage(websocket.TextMessage, []byte(sub)); err != nil {
		t.Fatal(err)
	}
	return m
}

// until acts on frames until done says so.
func (m *moving) until(done func() bool) {
	m.t.Helper()
	for !done() {
		var f struct {
			F, Msg       string
			SID, Cut, To int
			Part         int
			Rows, Up     []movingRow
			Leave, Del   []string
		}
		if err := m.ws.ReadJSON(&f); err != nil {
			m.t.Fatalf("with %v: %v", m.rows, err)
		}
		switch f.F {
		case "snap":
			m.seq = f.Cut
		case "delta":
			m.seq = f.To
		case "err", "bye", "reset":
			m.t.Fatalf("got %+v", f)
		default:
			continue
		}
		for _, r := range append(f.Rows, f.Up...) {
			m.rows[r.K] = r
		}
		for _, k := range append(f.Leave, f.Del...) {
			delete(m.rows, k)
		}
		ack := fmt.Sprintf(`{"f":"ack","a":[[%d,%d]]}`, f.SID, m.seq)
		if err := m.ws.WriteMessage(websocket.TextMessage, []byte(ack)); err != nil {
			m.t.Fatal(err)
		}
	}
}

func vehicle(key string, at time.Time, lon, lat float64) string {
	return fmt.Sprintf(`{"k":%q,"t":%d,"lon":%v,"lat":%v,"s":5,"h":90,"st":2,"plate":"沪A-1","synthetic":true}`, key, at.UnixMilli(), lon, lat)
}

// What is reported is on the screens that show it, and leaves those that do not any
// more.
func TestReportsReachScreens(t *testing.T) {
	t.Parallel()
	url, m, _, _ := liveServer(t)
	t.Cleanup(func() { m.live.streams.feeds.Close(context.WithoutCancel(t.Context())) })
	now := time.Now()
	report := func(body string) {
		t.Helper()
		send(t, "POST", url+"/streams/vehicles", body, "Content-Type", "application/x-ndjson").wantStatus(t, 200)
	}
	report(vehicle("a", now.Add(-5*time.Minute), 121.45, 31.25) + "\n" + vehicle("far", now, 120, 30))
	s := follow(t, url, "vehicles")
	s.until(func() bool { return s.rows["a"].K == "a" })
	if _, ok := s.rows["far"]; ok {
		t.Error("what is far away is on the screen")
	}
	report(vehicle("a", now.Add(-4*time.Minute), 121.46, 31.26))
	s.until(func() bool { return s.rows["a"].Lon == 121.46 })
	if r := s.rows["a"]; r != (movingRow{"a", "沪A-1", now.Add(-4 * time.Minute).UnixMilli(), 121.46, 31.26, true}) {
		t.Errorf("the screen has %+v", r)
	}
	// By websocket, and out of the box.
	feed, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/streams/vehicles/feed", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	defer feed.Close() //nolint:errcheck // nothing is lost
	if err := feed.WriteMessage(websocket.TextMessage, []byte(vehicle("a", now, 121.51, 31.26)+"\n"+vehicle("b", now, 121.45, 31.25)+"\n{}")); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Accepted, Rejected_count int } //nolint:revive // as JSON has it
	if err := feed.ReadJSON(&answer); err != nil || answer.Accepted != 2 || answer.Rejected_count != 1 {
		t.Errorf("the feed answers %+v, %v", answer, err)
	}
	s.until(func() bool { return s.rows["a"].K == "" && s.rows["b"].K == "b" })
	if err := feed.WriteMessage(websocket.TextMessage, []byte("<html>")); err != nil {
		t.Fatal(err)
	}
	var wrong struct{ Error string }
	if err := feed.ReadJSON(&wrong); err != nil || !strings.Contains(wrong.Error, "not JSON") {
		t.Errorf("the feed answers %+v, %v", wrong, err)
	}
}

// running serves the streams of a store until stop is called, which loses nothing.
func running(t *testing.T, store *postgis.Store) (url string, m *images, stop func()) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	db := &database{store: store}
	m = newImages(db, log)
	end := runStreams(t, m)
	server := httptest.NewServer(newService(db, m, log))
	return server.URL, m, func() {
		t.Helper()
		server.Close()
		end()
	}
}

// runStreams lets streams live until end is called, when nobody reports any more.
func runStreams(t *testing.T, m *images) (end func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	history, finish := context.WithCancel(context.WithoutCancel(ctx))
	lived, recorded := make(chan error, 1), make(chan error, 1)
	go func() { lived <- m.live.streams.run(ctx) }()
	go func() { recorded <- m.live.record(history, nil) }()
	return func() {
		t.Helper()
		stop()
		err := <-lived
		finish()
		if err := errors.Join(err, <-recorded); err != nil {
			t.Errorf("the streams ended with %v", err)
		}
	}
}

// A service that starts knows what was reported to the one before, as far as it is
// not stale, and the history has all of it.
func TestStreamsOutliveTheService(t *testing.T) {
	t.Parallel()
	store := postgistest.Open(t, postgistest.URL(t))
	url, _, stop := running(t, store)
	now := time.Now().UTC().Truncate(time.Millisecond)
	var body strings.Builder
	for i := range 30 {
		fmt.Fprintln(&body, vehicle("a", now.Add(time.Duration(i-30)*time.Second), 121.45+float64(i)/1e4, 31.25))
	}
	fmt.Fprintln(&body, vehicle("old", now.Add(-5*time.Minute), 121.45, 31.25))
	send(t, "POST", url+"/streams/vehicles", body.String(), "Content-Type", "application/x-ndjson").wantStatus(t, 200)
	stop()
	url, m, stop := running(t, store)
	defer stop()
	m.live.streams.restore(t.Context(), m.live.streams.trackers[0]) // which run may not have done yet
	got := ask(t, "GET", url+"/streams/vehicles", nil)
	var all struct{ Features []struct{ ID string } }
	if err := json.Unmarshal(got.body, &all); err != nil || len(all.Features) != 1 || all.Features[0].ID != "a" {
		t.Errorf("%v: %s", err, got.body)
	}
	got = ask(t, "GET", url+"/streams/vehicles/a/track", nil)
	var track struct{ Fixes int }
	if err := json.Unmarshal(got.body, &track); err != nil || track.Fixes != 30 {
		t.Errorf("%v: %.300s", err, got.body)
	}
	figures := string(ask(t, "GET", url+"/metrics", nil).body)
	for _, line := range []string{`yiping_stream_objects{stream="vehicles"} 1`, `yiping_stream_reports_total{outcome="accepted",stream="vehicles"} 1`} {
		if !strings.Contains(figures, line) {
			t.Errorf("%s is not among the figures", line)
		}
	}
}
