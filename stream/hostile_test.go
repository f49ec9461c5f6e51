package stream_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"

	"yiping/stream"
)

// closeCode reads until the connection ends.
func (c *client) closeCode() int {
	c.t.Helper()
	c.until(func() bool { return c.gone })
	return c.code
}

// Who breaks the rules gets a close code, and nobody else notices.
func TestHostileClientsGetTheirCloseCode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		configure func(*stream.Config)
		do        func(c *client)
		want      int
	}{
		{"giant frame", nil, func(c *client) {
			c.ws.EnableWriteCompression(false)
			_ = c.ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<20))
		}, 1009},
		{"frame that is giant once it is decompressed", nil, func(c *client) {
			_ = c.ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<24))
		}, 1009},
		{"binary", nil, func(c *client) {
			_ = c.ws.WriteMessage(websocket.BinaryMessage, []byte("x"))
		}, 4000},
		{"no JSON, twice", nil, func(c *client) {
			_ = c.ws.WriteMessage(websocket.TextMessage, []byte("{"))
			_ = c.ws.WriteMessage(websocket.TextMessage, []byte("["))
		}, 4000},
		{"flood of views", func(c *stream.Config) { c.Limits = stream.DefaultLimits() }, func(c *client) {
			for i := range 2000 {
				c.ws.WriteJSON(map[string]any{"f": "view", "ref": i, "sid": 1, "bbox": []float64{0, 0, 1, 1}, "zoom": 3}) //nolint:errcheck // it ends before
			}
		}, 4010},
		{"no ack", func(c *stream.Config) { c.Pace.Slow = 30 * time.Millisecond }, func(c *client) {
			c.stalled = true
			h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}}
			c.ask(h.sub(), h)
		}, 4008},
		{"no subscription", func(c *stream.Config) { c.Pace.Idle = 20 * time.Millisecond }, func(*client) {}, 4009},
		{"no pong", func(c *stream.Config) { c.Pace.Ping, c.Pace.Write = 5*time.Millisecond, 20*time.Millisecond }, func(c *client) {
			c.ws.SetPingHandler(func(string) error { return nil })
		}, 4009},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.configure)
			c := connect(t, w)
			tt.do(c)
			if got := c.closeCode(); got != tt.want {
				t.Errorf("closed with %d, want %d", got, tt.want)
			}
		})
	}
}

func TestTooManySubscriptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := connect(t, w)
	most := stream.DefaultLimits().Subscriptions
	for i := range most + 1 {
		h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: int64(i)}}
		answer := c.ask(h.sub(), h)
		if want := i < most; (answer.F == "ok") != want {
			t.Fatalf("subscription %d: %+v", i, answer)
		}
	}
}

func TestUpgradeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *stream.Config) {
		c.Origins = []string{"https://maps.example.org"}
		c.Limits.Connections = 1
	})
	tests := []struct {
		name, origin string
		status       int
	}{
		{"page of another site", "https://evil.example.org", http.StatusForbidden},
		{"page of nowhere", "null", http.StatusForbidden},
		{"page that is allowed", "https://maps.example.org", http.StatusSwitchingProtocols},
		{"own page", w.url, http.StatusSwitchingProtocols},
	}
	for _, tt := range tests {
		ws, status, err := dial(t, w.url, http.Header{"Origin": {tt.origin}})
		if status != tt.status {
			t.Errorf("%s: %d, %v; want %d", tt.name, status, err, tt.status)
		}
		if ws != nil {
			_ = ws.Close()
		}
	}
	_, res, _ := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(w.url, "http")+"/live", nil)
	if res == nil || res.StatusCode != http.StatusBadRequest {
		t.Fatalf("without a subprotocol: %v, want 400", res)
	}
	_ = res.Body.Close()
}

// A client that is one too many is told so.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *stream.Config) { c.Limits.Connections = 1 })
	first := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}}
	first.ask(h.sub(), h)
	if got := connect(t, w).closeCode(); got != 4013 {
		t.Errorf("the second client got %d, want 4013", got)
	}
}

// A client that says who it is has one connection: the newest.
func TestOneConnectionAClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var clients []*client
	for _, name := range []string{"wall-1", "wall-2", "wall-1", "", ""} {
		c := connectAs(t, w, "live1.json", "?client="+name)
		h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}}
		if answer := c.ask(h.sub(), h); answer.F != "ok" {
			t.Fatalf("%q: %+v", name, answer)
		}
		clients = append(clients, c)
	}
	if got := clients[0].closeCode(); got != 4011 {
		t.Errorf("the first wall-1 got %d, want 4011", got)
	}
	for i, c := range clients[1:] {
		if answer := c.ask(map[string]any{"f": "unsub", "sid": 0}, nil); answer == nil {
			t.Errorf("client %d was sent away", i+1)
		}
	}
	_, status, _ := dialAs(t, w.url, "live1.json", "?client=a%20wall", nil)
	if status != http.StatusBadRequest {
		t.Errorf("a name with a space: %d, want 400", status)
	}
}

// One address has so many connections; this machine as many as there may be.
func TestConnectionsOfAnAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from string
		want int
	}{{"192.0.2.7:1", 2}, {"[::ffff:192.0.2.7]:1", 2}, {"127.0.0.1:1", 5}, {"[::1]:1", 5}, {"@", 5}} {
		h := stream.New(stream.Config{Limits: stream.Limits{Connections: 100, PerAddress: 2}})
		if got := stream.Admitted(h, tt.from, 5); got != tt.want {
			t.Errorf("%d of 5 connections from %s were let in, want %d", got, tt.from, tt.want)
		}
	}
}

// A service that stops says bye with tokens, and they serve.
func TestDrain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.change(t, map[int64]*thing{1: {orb.Point{121.5, 31.5}, 7}})
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, rows: map[string]row{}}
	c.ask(h.sub(), h)
	c.until(func() bool { return h.whole })
	w.hub.Close(t.Context())
	if got := c.closeCode(); got != 4012 {
		t.Errorf("closed with %d, want 4012", got)
	}
	bye := c.others[len(c.others)-1]
	if token := bye.Tokens[fmt.Sprint(h.sid)]; bye.F != "bye" || token == "" {
		t.Errorf("bye has no token: %+v", bye)
	}
}

// Frames that are wrong are answered with a code, and do no harm.
func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.change(t, manyLamps(150))
	box := map[string]any{"bbox": []float64{121, 31, 122, 32}}
	tests := []struct {
		name string
		with map[string]any
		code stream.Code
	}{
		{"unknown frame", map[string]any{"f": "dance"}, stream.BadFrame},
		{"unknown stream", map[string]any{"stream": "layer.dragons"}, stream.UnknownStream},
		{"stream without its prefix", map[string]any{"stream": "lamp"}, stream.UnknownStream},
		{"two areas", map[string]any{"area": map[string]any{"bbox": []float64{0, 0, 1, 1}, "region": "310101"}}, stream.BadArea},
		{"bbox across the antimeridian", map[string]any{"area": map[string]any{"bbox": []float64{170, 0, -170, 1}}}, stream.BadArea},
		{"no cells", map[string]any{"area": map[string]any{"h3": []string{}}}, stream.BadArea},
		{"what is no cell", map[string]any{"area": map[string]any{"h3": []string{"89283082"}}}, stream.BadArea},
		{"cells of two resolutions", map[string]any{"area": map[string]any{"h3": []string{"8928308280fffff", "8828308281fffff"}}}, stream.BadArea},
		{"too many cells", map[string]any{"area": map[string]any{"h3": make([]string, 5001)}}, stream.AreaTooBig},
		{"binary frames of a text connection", map[string]any{"enc": "bin"}, stream.BadFrame},
		{"region of letters", map[string]any{"area": map[string]any{"region": "浦东"}}, stream.BadArea},
		{"a collection of nothing", map[string]any{"area": map[string]any{"polygon": map[string]any{"type": "GeometryCollection", "geometries": []any{nil}}}}, stream.BadArea},
		{"open ring", map[string]any{"area": map[string]any{"polygon": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}}}, stream.BadArea},
		{"where of an unknown property", map[string]any{"where": "colour = 'red'"}, stream.BadWhere},
		{"where of what is not in memory", map[string]any{"where": "note = 'x'"}, stream.UnknownField},
		{"where of a place", map[string]any{"where": "S_INTERSECTS(geom, POINT(121 31))"}, stream.BadWhere},
		{"unknown field", map[string]any{"fields": []string{"note"}}, stream.UnknownField},
		{"cells as level of detail", map[string]any{"lod": "h3:8"}, stream.BadFrame},
		{"tiles without zooms", map[string]any{"as": "tiles"}, stream.BadFrame},
		{"tiles of an absurd zoom", map[string]any{"as": "tiles", "tz": []int{99}}, stream.BadFrame},
		{"too many objects", map[string]any{"max_objects": 100}, stream.TooMany},
		{"rate out of range", map[string]any{"max_hz": 1000}, stream.BadFrame},
		{"view of a polygon", map[string]any{"view": true, "area": map[string]any{"region": "310101"}}, stream.BadArea},
		{"unknown sid", map[string]any{"f": "unsub", "sid": 77}, stream.UnknownSID},
		{"wrong type", map[string]any{"max_hz": "fast"}, stream.BadFrame},
	}
	c := connect(t, w)
	for _, tt := range tests {
		f := map[string]any{"f": "sub", "stream": "layer.lamp", "area": box}
		maps.Copy(f, tt.with)
		answer := c.ask(f, nil)
		if got := strings.Trim(string(answer.Code), `"`); answer.F != "err" || got != string(tt.code) {
			t.Errorf("%s: %s %s, want %s", tt.name, answer.F, got, tt.code)
		}
	}
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}}
	if answer := c.ask(h.sub(), h); answer.F != "ok" {
		t.Errorf("a good subscription after all that: %+v", answer)
	}
	if answer := c.ask(h.sub(), nil); strings.Trim(string(answer.Code), `"`) != string(stream.Duplicate) {
		t.Errorf("the same again: %+v, want dup", answer)
	}
	if answer := c.ask(map[string]any{"f": "view", "sid": h.sid, "bbox": []float64{0, 0, 1, 1}, "zoom": 3}, nil); strings.Trim(string(answer.Code), `"`) != string(stream.NotView) {
		t.Errorf("view of a fixed area: %+v, want not_view", answer)
	}
}

func manyLamps(n int) map[int64]*thing {
	all := map[int64]*thing{}
	for i := range n {
		all[int64(i+1)] = &thing{orb.Point{121.4 + float64(i)*1e-4, 31.2}, int64(i)}
	}
	return all
}

// A client that does not read or acknowledge costs its credit, keeps nobody else
// from anything, and is level with them once it goes on (I5).
func TestSlowClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.change(t, manyLamps(1000))
	slow, quick := connect(t, w), connect(t, w)
	slow.stalled = true
	mine := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, rows: map[string]row{}}
	others := &held{area: mine.area, rows: map[string]row{}}
	slow.ask(mine.sub(), mine)
	quick.ask(others.sub(), others)
	for round := range 30 {
		changes := manyLamps(1000)
		for id := range changes {
			changes[id].floors += int64(round) * 10_000
		}
		w.change(t, changes)
		_, seq := w.hub.At(lampStream)
		quick.until(func() bool { return others.whole && others.at >= seq })
	}
	slow.mu.Lock()
	held := len(slow.waiting)
	slow.mu.Unlock()
	if held > 60 { // 8 flushes, of some parts each
		t.Errorf("%d frames were sent without an acknowledgement", held)
	}
	slow.mu.Lock()
	slow.stalled = false
	slow.write(map[string]any{"f": "ack", "a": slow.waiting})
	slow.mu.Unlock()
	_, seq := w.hub.At(lampStream)
	slow.until(func() bool { return mine.whole && mine.at >= seq && !mine.reset })
	if diff := cmp.Diff(mine.rows, others.rows); diff != "" {
		t.Errorf("the slow client holds (-slow +quick):\n%s", diff)
	}
}

func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`{"f":"sub","ref":1,"stream":"layer.lamp","area":{"bbox":[121,31,122,32]},"where":"floors > 3","tz":[3],"zoom":3.5}`,
		`{"f":"sub","ref":1,"stream":"layer.lamp","area":{"polygon":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},"where":{"op":"=","args":[1,1]}}`,
		`{"f":"sub","ref":1,"stream":"layer.lamp","area":{"region":"310101"},"as":"tiles","view":true,"zoom":3,"resume":"AQ"}`,
		`{"f":"sub","ref":1,"stream":"vehicles","area":{"h3":["8928308280fffff","8928308280bffff"]},"lod":"h3:7","enc":"bin","fields":[]}`,
		`{"f":"sub","ref":1,"stream":"vehicles","area":{"h3":["8001fffffffffff"]},"lod":"h3:-1","enc":"json","fields":["name"]}`,
		`{"f":"view","ref":1,"sid":1,"bbox":[1,2,3,4],"zoom":1e308}`, `{"f":"ack","a":[[1,2],[1,2,3]]}`, `{"f":"unsub","ref":4294967295,"sid":0}`, `{`, `[]`, `null`, `{"f":"sub","ref":-1}`,
	} {
		f.Add([]byte(seed))
	}
	limits, w := stream.DefaultLimits(), &world{layer: lamps()}
	tables := append(w.tables(), newFleet())
	f.Fuzz(func(t *testing.T, data []byte) {
		if fault := stream.Read(&limits, data, tables); fault != nil && (fault.Code == "" || fault.Msg == "" || len(fault.Msg) > 600) {
			t.Errorf("%q: fault %+v", data, fault)
		}
	})
}

// Closing a hub again and again, and while clients come, ends.
func TestCloseCutsOffWhoDoesNotGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := connect(t, w)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.hub.Close(ctx)
	c.until(func() bool { return c.gone })
}
