package client_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"yiping/stream/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve is a server that says frames one after the other to each connection, and
// then waits until the client goes. After a frame that asks for it, it reads one
// from the client and hands it to heard: after "ok" and all that holds data.
func serve(t *testing.T, greeting string, frames []string) (url string, heard chan string) {
	t.Helper()
	heard = make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/live" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		upgrader := websocket.Upgrader{Subprotocols: []string{"live1.json"}, EnableCompression: true}
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer ws.Close() //nolint:errcheck // the test is over
		_ = ws.WriteMessage(websocket.TextMessage, []byte(greeting))
		_, sub, err := ws.ReadMessage()
		if err != nil {
			return // a client that wanted nothing
		}
		heard <- string(sub)
		for _, f := range frames {
			if code, ok := strings.CutPrefix(f, "close "); ok {
				var n int
				_, _ = fmt.Sscan(code, &n)
				_ = ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(n, "over"))
				break
			}
			_ = ws.WriteMessage(websocket.TextMessage, []byte(f))
		}
		for {
			_, ack, err := ws.ReadMessage()
			if err != nil {
				close(heard)
				return
			}
			heard <- strings.TrimSpace(string(ack))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, heard
}

const (
	hello = `{"f":"hello","proto":"live/1","boot":"9f","streams":[{"name":"vehicles","class":"STATE","schema":1}],"news":7}`
	ok    = `{"f":"ok","ref":1,"sid":4,"epoch":"e1","seq":10,"lod":"objects"}`
	last  = "close 4012"
)

func snap(part, of int, rows string) string {
	return fmt.Sprintf(`{"f":"snap","sid":4,"epoch":"e1","cut":12,"part":%d,"of":%d,"lod":"objects","rows":[%s]}`, part, of, rows)
}

func delta(from, to, part, of int, rest string) string {
	return fmt.Sprintf(`{"f":"delta","sid":4,"from":%d,"to":%d,"tick":1,"part":%d,"of":%d,%s}`, from, to, part, of, rest)
}

func TestFrames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		query  client.Query
		frames []string
		rows   []string // key and version
		at     uint64
		acks   []string
		gap    bool
	}{
		{
			"a snapshot in parts",
			client.Query{},
			[]string{ok, snap(1, 2, `{"k":"a","ver":1}`), snap(2, 2, `{"k":"b","ver":2}`)},
			[]string{"a1", "b2"},
			12,
			[]string{"[4,12,1]", "[4,12,2]"},
			false,
		},
		{
			"one that is not complete",
			client.Query{},
			[]string{ok, snap(1, 2, `{"k":"a","ver":1}`)},
			nil, 10,
			[]string{"[4,12,1]"},
			false,
		},
		{
			"changes",
			client.Query{},
			[]string{
				ok, snap(1, 1, `{"k":"a","ver":1},{"k":"b","ver":5},{"k":"c","ver":1}`),
				`{"f":"delta","sid":4,"from":12,"to":15,"tick":1,"up":[{"k":"a","ver":3},{"k":"b","ver":4},{"k":"d","ver":1}],"leave":["c"],"del":["x"]}`,
			},
			[]string{"a3", "b5", "d1"},
			15,
			[]string{"[4,12,1]", "[4,15]"},
			false,
		},
		{
			"changes in parts",
			client.Query{},
			[]string{
				ok, snap(1, 1, ``), delta(12, 15, 1, 2, `"up":[{"k":"a","ver":1}],"leave":[],"del":[]`), delta(12, 15, 2, 2, `"up":[{"k":"b","ver":1}],"leave":[],"del":["a"]`),
				`{"f":"mark","sid":4,"epoch":"e1","seq":19,"token":"T"}`, `{"f":"mark","sid":4,"epoch":"other","seq":99}`, delta(19, 20, 1, 1, `"up":[]`),
			},
			[]string{"b1"},
			20,
			[]string{"[4,12,1]", "[4,15]", "[4,20]"},
			false,
		},
		{
			"a gap",
			client.Query{},
			[]string{ok, snap(1, 1, `{"k":"a","ver":1}`), delta(13, 15, 1, 1, `"up":[{"k":"b","ver":1}]`)},
			[]string{"a1"},
			12,
			[]string{"[4,12,1]"},
			true,
		},
		{
			"a reset",
			client.Query{},
			[]string{ok, snap(1, 1, `{"k":"a","ver":9}`), `{"f":"reset","sid":4,"epoch":"e1","why":"epoch"}`, snap(1, 1, `{"k":"b","ver":1}`)},
			[]string{"b1"},
			12,
			[]string{"[4,12,1]", "[4,12,1]"},
			false,
		},
		{
			"a delta instead of the snapshot",
			client.Query{},
			[]string{ok, delta(10, 11, 1, 1, `"up":[]`)},
			nil, 10, nil, true,
		},
		{
			"no snapshot wanted",
			client.Query{Init: "none"},
			[]string{ok, delta(10, 11, 1, 1, `"up":[{"k":"b","ver":1}]`)},
			[]string{"b1"},
			11,
			[]string{"[4,11]"},
			false,
		},
		{
			"tiles",
			client.Query{As: "tiles"},
			[]string{ok, `{"f":"tiles","sid":4,"from":10,"to":12,"tiles":[[1,1,1]]}`, `{"f":"reset","sid":4,"epoch":"e2","why":"epoch"}`, `{"f":"tiles","sid":4,"from":99,"to":99,"all":true}`},
			nil, 99,
			[]string{"[4,12]", "[4,99]"},
			false,
		},
		{
			"events",
			client.Query{Stream: "fences"},
			[]string{`{"f":"ok","ref":1,"sid":4,"epoch":"e1","seq":10,"resumed":true}`, `{"f":"event","sid":4,"prev":10,"seq":12,"id":"F/1"}`, `{"f":"event","sid":4,"prev":13,"seq":14,"id":"F/2"}`},
			nil, 12,
			[]string{"[4,12]"},
			true,
		},
		{
			"what is for others, or unknown",
			client.Query{},
			[]string{ok, `{"f":"delta","sid":9,"from":1,"to":2}`, `{"f":"unheard_of","sid":4}`, snap(1, 1, ``)},
			nil, 12,
			[]string{"[4,12,1]"},
			false,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url, heard := serve(t, hello, append(test.frames, last))
			conn, err := client.Dial(t.Context(), url, client.Config{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(conn.Close)
			s := client.NewSubscription(test.query)
			if err := conn.Subscribe(s); err != nil {
				t.Fatal(err)
			}
			gap := false
			for err = nil; err == nil; {
				_, err = conn.Next()
				gap = gap || errors.Is(err, client.ErrGap)
			}
			if gap != test.gap || !gap && client.CloseCode(err) != 4012 {
				t.Errorf("ended by %v, want a gap: %v", err, test.gap)
			}
			var rows []string
			for _, k := range slices.Sorted(maps.Keys(s.Rows())) {
				rows = append(rows, fmt.Sprintf("%s%d", k, s.Rows()[k].Version))
			}
			if diff := cmp.Diff(rows, test.rows); diff != "" {
				t.Errorf("rows (-got +want):\n%s", diff)
			}
			if s.At() != test.at {
				t.Errorf("at %d, want %d", s.At(), test.at)
			}
			conn.Close()
			<-heard // the sub
			var acks []string
			for a := range heard {
				acks = append(acks, strings.TrimSuffix(strings.TrimPrefix(a, `{"f":"ack","a":[`), "]}"))
			}
			if diff := cmp.Diff(acks, test.acks); diff != "" {
				t.Errorf("acks (-got +want):\n%s", diff)
			}
		})
	}
}

// A subscription goes on from its token on another connection, with its rows.
func TestResume(t *testing.T) {
	t.Parallel()
	s := client.NewSubscription(client.Query{Stream: "vehicles", Area: client.Area{BBox: &[4]float64{121, 31, 122, 32}}, MaxObjects: 500})
	for _, server := range []struct {
		frames []string
		want   string
	}{
		{
			[]string{ok, snap(1, 1, `{"k":"a","ver":1},{"k":"b","ver":1}`), `{"f":"mark","sid":4,"epoch":"e1","seq":13,"token":"T1"}`, last},
			`{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121,31,122,32]},"max_objects":500}`,
		},
		{
			[]string{`{"f":"ok","ref":1,"sid":7,"epoch":"e9","seq":3,"resumed":true}`, `{"f":"delta","sid":7,"from":3,"to":4,"up":[{"k":"b","ver":2}],"leave":["a"],"del":[]}`, last},
			`{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121,31,122,32]},"max_objects":500,"resume":"T1"}`,
		},
	} {
		url, heard := serve(t, hello, server.frames)
		conn, err := client.Dial(t.Context(), url, client.Config{Plain: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Subscribe(s); err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = conn.Next()
		}
		if got := strings.TrimSpace(<-heard); got != server.want {
			t.Errorf("asked %s, want %s", got, server.want)
		}
		if conn.Received() == 0 {
			t.Error("nothing was counted")
		}
		conn.Close()
	}
	if got := slices.Collect(maps.Keys(s.Rows())); len(got) != 1 || s.Rows()["b"].Version != 2 {
		t.Errorf("rows %v", s.Rows())
	}
	if s.Epoch() != "e9" || s.Token() != "T1" || !s.Whole() {
		t.Errorf("epoch %s, token %s, whole %v", s.Epoch(), s.Token(), s.Whole())
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, hello, []string{`{"f":"err","ref":1,"code":"bad_where","msg":"no such field","retry_ms":50}`})
	conn, err := client.Dial(t.Context(), url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if h := conn.Hello(); h.Proto != "live/1" || len(h.Streams) != 1 || h.Streams[0].Name != "vehicles" {
		t.Errorf("hello %+v", h)
	}
	err = conn.Subscribe(client.NewSubscription(client.Query{}))
	if fault, ok := errors.AsType[*client.ServerError](err); !ok || *fault != (client.ServerError{Code: "bad_where", Msg: "no such field", Retry: 50}) {
		t.Errorf("error %v", err)
	}

	ended, _ := serve(t, hello, []string{ok, `{"f":"err","sid":4,"code":"too_many","msg":"20001 rows"}`})
	conn, err = client.Dial(t.Context(), ended, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	s := client.NewSubscription(client.Query{})
	if err := conn.Subscribe(s); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Next(); err == nil || !strings.Contains(err.Error(), "too_many: 20001 rows") {
		t.Errorf("error %v", err)
	}

	if _, err := client.Dial(t.Context(), url+"/elsewhere", client.Config{}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("an address without live: %v", err)
	}
	rude, _ := serve(t, `{"f":"mark"}`, nil)
	if _, err := client.Dial(t.Context(), rude, client.Config{}); err == nil || !strings.Contains(err.Error(), "hello") {
		t.Errorf("a server that does not greet: %v", err)
	}
	garbled, _ := serve(t, `garbage`, nil)
	if _, err := client.Dial(t.Context(), garbled, client.Config{}); err == nil {
		t.Error("a server that sends no JSON was taken")
	}
}

// The context ends a read that waits.
func TestContextEndsAConnection(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, hello, []string{ok})
	ctx, stop := context.WithCancel(t.Context())
	conn, err := client.Dial(ctx, url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Subscribe(client.NewSubscription(client.Query{})); err != nil {
		t.Fatal(err)
	}
	go stop()
	if _, err := conn.Next(); err == nil {
		t.Error("a frame came from nowhere")
	}
}
