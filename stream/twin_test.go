package stream_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"

	"yiping/stream"
)

// A client that polls holds what the features are, as one of the websocket does, in
// memory and from layers, whatever happens to the stream meanwhile (I1, I2, I6).
func TestPollingWalk(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	if s, err := strconv.ParseUint(os.Getenv("YIPING_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("again with YIPING_TEST_SEED=%d", seed)
	for name, w := range map[string]*world{"layer": newWorld(t, nil), "memory": newFleetWorld(t, nil)} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			walk := &walk{t: t, world: w, r: r}
			server := serveHub(t, w.hub)
			a := area{bbox: [4]float64{121.45, 31.15, 121.55, 31.25}, above: 20}
			p := &polled{url: server.URL + "/live/" + w.stream, query: url.Values{
				"area": {"bbox:121.45,31.15,121.55,31.25"}, "where": {"floors > 20"},
			}}
			p.snapshot(t)
			rows := 0
			for range 400 {
				switch n := r.IntN(20); {
				case n < 14:
					w.change(t, walk.changes())
				case n == 14 && r.IntN(3) == 0:
					w.reload(t, r)
				default:
					p.changes(t, 0)
					want := map[string]bool{}
					for k := range w.want(&a) {
						want[k] = true
					}
					got := map[string]bool{}
					for k := range p.rows {
						got[k] = true
					}
					if diff := cmp.Diff(got, want); diff != "" {
						t.Fatalf("holds (-got +want):\n%s", diff)
					}
					rows += len(want)
				}
			}
			if rows == 0 || p.fresh < 2 {
				t.Errorf("%d rows compared, %d snapshots: the walk proves nothing", rows, p.fresh)
			}
		})
	}
}

func TestLongPollAnswersWhenSomethingHappens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	server := serveHub(t, w.hub)
	p := &polled{url: server.URL + "/live/layer.lamp", query: url.Values{"area": {"bbox:121,31,122,32"}}}
	p.snapshot(t)
	answered := make(chan *twinAnswer)
	go func() { answered <- p.changes(t, 55) }()
	w.change(t, map[int64]*thing{7: {orb.Point{121.5, 31.5}, 3}})
	if a := <-answered; len(a.Up) != 1 || len(p.rows) != 1 {
		t.Errorf("answer %s, want one row", a.body)
	}
	if a := p.changes(t, 0); len(a.Up)+len(a.Leave)+len(a.Del) != 0 || a.status != http.StatusOK {
		t.Errorf("answer %s, want empty lists", a.body)
	}
	row := call(t, server.URL+"/live/layer.lamp/items/7", nil)
	if diff := cmp.Diff(string(row.body), string(p.rows["7"])); diff != "" || row.status != http.StatusOK {
		t.Errorf("item (-got +want):\n%s", diff)
	}
}

func TestPollingEvents(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	server := serveHub(t, b.hub)
	b.happen("a", bund(1))
	b.announce(1)
	p := &polled{url: server.URL + "/live/alarms", query: url.Values{"area": {"bbox:121,31,122,32"}}}
	p.snapshot(t)
	if len(p.rows) != 1 {
		t.Fatalf("open items %s, want one", p.rows)
	}
	answered := make(chan *twinAnswer)
	go func() { answered <- p.changes(t, 55) }()
	b.happen("a", nil)
	b.happen("b", bund(2))
	b.happen("far", &matter{orb.Point{100, 10}, 2})
	b.announce(3)
	var got []string
	for len(got) < 2 {
		var a *twinAnswer
		if answered != nil {
			a, answered = <-answered, nil
		} else {
			a = p.changes(t, 55)
		}
		for _, e := range a.Events {
			got = append(got, fmt.Sprintf("%s %s %v", e.ID, e.Kind, e.In))
		}
	}
	if diff := cmp.Diff(got, []string{"a/2 closed false", "b/1 raised true"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	if a := p.changes(t, 0); len(a.Events) != 0 {
		t.Errorf("again: %s, want none", a.body)
	}
	if a := call(t, server.URL+"/live/alarms/items/b", nil); a.status != http.StatusOK {
		t.Errorf("item: %d %s", a.status, a.body)
	}
}

func TestPollingManyEvents(t *testing.T) {
	t.Parallel()
	const n = 10_000 // more than the tail keeps, and than one answer holds
	b := newBook(t, nil)
	server := serveHub(t, b.hub)
	p := &polled{url: server.URL + "/live/alarms", query: url.Values{"area": {"bbox:121,31,122,32"}}}
	p.snapshot(t)
	for i := range n {
		b.happen("a", bund(int64(i)))
	}
	b.announce(n)
	got := 0
	for {
		a := p.changes(t, 0)
		if len(a.Events) == 0 {
			break
		}
		for _, e := range a.Events {
			if got++; e.Ver != int64(got) {
				t.Fatalf("event %d has version %d", got, e.Ver)
			}
		}
	}
	if got != n {
		t.Errorf("%d events, want %d", got, n)
	}
}

func TestServerSentEvents(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	server := serveHub(t, b.hub)
	address := server.URL + "/live/alarms/changes?area=bbox:121,31,122,32"
	s := source(t, address)
	if e, ok := s.next("snap"); !ok || e.id != "" {
		t.Fatalf("first %+v, want a snapshot", e)
	}
	b.happen("a", bund(1))
	b.announce(1)
	if e, _ := s.next("event"); json.Unmarshal([]byte(e.data), &eventFrame{}) != nil {
		t.Errorf("%+v is no event", e)
	}
	mark, _ := s.next("mark")
	if mark.id == "" {
		t.Errorf("mark %+v has no id", mark)
	}
	_ = s.body.Close()
	b.happen("a", bund(2))
	b.happen("a", bund(3))
	b.announce(2)
	again := source(t, address, "Last-Event-ID", mark.id)
	for _, want := range []int64{2, 3} {
		e, _ := again.next("event")
		var f eventFrame
		if err := json.Unmarshal([]byte(e.data), &f); err != nil || f.Ver != want {
			t.Errorf("after the token came %+v, want version %d", e, want)
		}
	}
	b.hub.Close(t.Context())
	if e, ok := again.next("bye"); !ok {
		t.Errorf("at the end came %+v, want bye", e)
	}
}

func TestSnapshotsHaveTags(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	server := serveHub(t, w.hub)
	address := server.URL + "/live/layer.lamp/snapshot?area=bbox:121,31,122,32"
	first := call(t, address, nil)
	if a := call(t, address, nil, "If-None-Match", `"x", `+first.tag); a.status != http.StatusNotModified || len(a.body) > 0 {
		t.Errorf("the same again: %d %s", a.status, a.body)
	}
	if a := call(t, address+"&where=floors>1", nil, "If-None-Match", first.tag); a.status != http.StatusOK {
		t.Errorf("another query: %d", a.status)
	}
	w.change(t, map[int64]*thing{1: {orb.Point{121.5, 31.5}, 3}})
	if a := call(t, address, nil, "If-None-Match", first.tag); a.status != http.StatusOK || len(a.Rows) != 1 {
		t.Errorf("after a change: %d %s", a.status, a.body)
	}
}

// What GET says in its query, POST says in its body.
func TestPostSaysTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	server := serveHub(t, w.hub)
	w.change(t, map[int64]*thing{1: {orb.Point{121.5, 31.5}, 3}, 2: {orb.Point{121.5, 31.5}, 1}, 3: {orb.Point{121, 30}, 3}})
	address := server.URL + "/live/layer.lamp"
	got := call(t, address+"/snapshot?area=bbox:121,31,122,32&where=floors>2&fields=floors", nil)
	body := []byte(`{"area":{"bbox":[121,31,122,32]},"where":{"op":">","args":[{"property":"floors"},2]},"fields":["floors"]}`)
	post := call(t, address+"/snapshot", body)
	if diff := cmp.Diff(post.Rows, got.Rows); diff != "" || len(got.Rows) != 1 {
		t.Errorf("rows (-post +get):\n%s%s", diff, got.body)
	}
	if a := call(t, address+"/changes?since="+got.Token, body); a.status != http.StatusOK {
		t.Errorf("a token of GET for POST: %d %s", a.status, a.body)
	}
}

func TestTwinsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *stream.Config) { c.Limits.Rows = 100 })
	all := map[int64]*thing{}
	for id := range int64(101) {
		all[id+1] = &thing{orb.Point{121.5, 31.5}, id}
	}
	w.change(t, all)
	server := serveHub(t, w.hub)
	base := server.URL + "/live/layer.lamp/"
	token := call(t, base+"snapshot?area=bbox:1,1,2,2", nil).Token
	for name, test := range map[string]struct {
		address string
		body    string
		status  int
		code    string
	}{
		"no stream":       {server.URL + "/live/layer.none/snapshot?area=bbox:1,1,2,2", "", 404, "unknown_stream"},
		"no kind":         {base + "snapshot?area=1,1,2,2", "", 400, "bad_area"},
		"twice":           {base + "snapshot?area=bbox:1,1,2,2&area=bbox:1,1,2,2", "", 400, ""},
		"no number":       {base + "snapshot?area=bbox:1,1,2,b", "", 400, "bad_area"},
		"fence":           {base + "snapshot?area=fence:F-12", "", 400, "bad_area"},
		"no field":        {base + "snapshot?area=bbox:1,1,2,2&fields=colour", "", 400, "unknown_field"},
		"where":           {base + "snapshot?area=bbox:1,1,2,2&where=colour=1", "", 400, "bad_where"},
		"where JSON":      {base + "snapshot?area=bbox:1,1,2,2&where={", "", 400, "bad_json"},
		"zoom":            {base + "snapshot?area=bbox:1,1,2,2&zoom=x", "", 400, "bad_frame"},
		"max_objects":     {base + "snapshot?area=bbox:1,1,2,2&max_objects=x", "", 400, "bad_frame"},
		"a parameter":     {base + "snapshot?area=bbox:1,1,2,2&colour=1", "", 400, ""},
		"wait":            {base + "changes?area=bbox:1,1,2,2&wait=56&since=" + token, "", 400, ""},
		"since of old":    {base + "snapshot?area=bbox:1,1,2,2&since=" + token, "", 400, ""},
		"many rows":       {base + "snapshot?area=bbox:121,31,122,32", "", 413, "too_many"},
		"another query":   {base + "changes?area=bbox:1,1,2,3&since=" + token, "", 409, "filter"},
		"a bad token":     {base + "changes?area=bbox:1,1,2,2&since=x" + token, "", 410, "expired"},
		"no key":          {base + "items/999", "", 404, "unknown_key"},
		"no key at all":   {base + "items/x", "", 404, "unknown_key"},
		"item of nothing": {server.URL + "/live/none/items/9", "", 404, "unknown_stream"},
		"body":            {base + "snapshot", "{", 400, "bad_json"},
		"body's area":     {base + "snapshot", `{"area":{}}`, 400, "bad_area"},
		"a camera":        {base + "snapshot", `{"area":{"bbox":[1,1,2,2]},"view":true,"zoom":3}`, 400, "bad_frame"},
		"a query of POST": {base + "snapshot?area=bbox:1,1,2,2", `{"area":{"bbox":[1,1,2,2]}}`, 400, ""},
	} {
		var body []byte
		if test.body != "" {
			body = []byte(test.body)
		}
		a := call(t, test.address, body)
		if a.status != test.status || a.Code != test.code {
			t.Errorf("%s: %d %q, want %d %q", name, a.status, a.Code, test.status, test.code)
		}
	}
}

// When the hub closes, a long poll is answered with nothing and a token.
func TestLongPollEndsWithTheService(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	server := serveHub(t, b.hub)
	p := &polled{url: server.URL + "/live/alarms", query: url.Values{"area": {"bbox:121,31,122,32"}}}
	p.snapshot(t)
	answered := make(chan *twinAnswer)
	before := b.hub.Connections()
	go func() { answered <- p.changes(t, 55) }()
	for b.hub.Connections() == before { // until it waits
	}
	b.hub.Close(t.Context())
	if a := <-answered; a.Token == "" || len(a.Events) != 0 {
		t.Errorf("answer %s, want a token and no events", a.body)
	}
	if a := call(t, p.url+"/snapshot?"+p.query.Encode(), nil); a.status != http.StatusServiceUnavailable {
		t.Errorf("after the end: %d, want 503", a.status)
	}
}

func TestTicketsServeOnce(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	server := serveHub(t, b.hub)
	ticket := call(t, server.URL+"/live/ticket", []byte{}).Ticket
	for i, test := range []struct {
		ticket string
		code   int
	}{{ticket, 0}, {ticket, 4001}, {"x", 4001}, {ticket[:len(ticket)-1] + "A", 4001}} {
		d := websocket.Dialer{Subprotocols: []string{"live1.json"}}
		ws, res, err := d.DialContext(t.Context(), "ws"+server.URL[4:]+"/live?ticket="+test.ticket, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		var f eventFrame
		if err := ws.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if got := string(f.Code); (test.code == 0) != (f.F == "hello") || test.code != 0 && got != strconv.Itoa(test.code) {
			t.Errorf("ticket %d: %s %s, want %d", i, f.F, got, test.code)
		}
		_ = ws.Close()
	}
}

func TestStreamsAreListed(t *testing.T) {
	t.Parallel()
	server := serveHub(t, newBook(t, nil).hub)
	a := call(t, server.URL+"/live/streams", nil)
	var got struct {
		Streams []struct{ Name, Class string } `json:"streams"`
	}
	if err := json.Unmarshal(a.body, &got); err != nil || len(got.Streams) != 1 || got.Streams[0].Class != "EVENT" {
		t.Errorf("streams %s, error %v", a.body, err)
	}
}
