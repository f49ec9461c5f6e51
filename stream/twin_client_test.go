package stream_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yiping/layers"
	"yiping/stream"
)

// serveHub serves a hub whose faults are told as status and code.
func serveHub(tb testing.TB, hub *stream.Hub) *httptest.Server {
	tb.Helper()
	mux := http.NewServeMux()
	hub.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := serve(w, r)
			if err == nil {
				return
			}
			if fault, ok := errors.AsType[*stream.RequestError](err); ok {
				w.WriteHeader(fault.Status())
				_ = json.NewEncoder(w).Encode(map[string]any{"code": fault.Code})
			} else if _, ok := errors.AsType[*layers.InputError](err); ok {
				w.WriteHeader(http.StatusBadRequest)
			} else {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
	})
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	return server
}

// twinAnswer is any answer of a twin.
type twinAnswer struct {
	Stream string            `json:"stream"`
	Epoch  string            `json:"epoch"`
	Cut    uint64            `json:"cut"`
	LOD    string            `json:"lod"`
	Rows   []json.RawMessage `json:"rows"`
	From   uint64            `json:"from"`
	To     uint64            `json:"to"`
	Up     []json.RawMessage `json:"up"`
	Leave  []string          `json:"leave"`
	Del    []string          `json:"del"`
	Events []eventFrame      `json:"events"`
	Token  string            `json:"token"`
	Code   string            `json:"code"`
	Ticket string            `json:"ticket"`

	status int
	tag    string
	body   []byte
}

// call makes a request; a body makes it a POST.
func call(tb testing.TB, url string, body []byte, header ...string) *twinAnswer {
	tb.Helper()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(tb.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	a := &twinAnswer{status: res.StatusCode, tag: res.Header.Get("ETag")}
	if a.body, err = io.ReadAll(res.Body); err == nil && len(a.body) > 0 {
		err = json.Unmarshal(a.body, a)
	}
	if err != nil {
		tb.Fatalf("%v in the answer of %s: %s", err, url, a.body)
	}
	return a
}

// polled is a subscription that is kept up to date by requests of HTTP.
type polled struct {
	url   string // of the stream
	query url.Values
	token string
	rows  map[string]json.RawMessage
	fresh int
}

func (p *polled) snapshot(tb testing.TB) {
	tb.Helper()
	a := call(tb, p.url+"/snapshot?"+p.query.Encode(), nil)
	if a.status != http.StatusOK || a.Token == "" {
		tb.Fatalf("snapshot: %d %s", a.status, a.body)
	}
	p.fresh++
	p.rows, p.token = map[string]json.RawMessage{}, a.Token
	p.take(tb, a.Rows)
}

func (p *polled) take(tb testing.TB, rows []json.RawMessage) {
	tb.Helper()
	for _, r := range rows {
		var row struct {
			K string `json:"k"`
		}
		if err := json.Unmarshal(r, &row); err != nil {
			tb.Fatal(err)
		}
		p.rows[row.K] = r
	}
}

// changes brings the rows up to date.
func (p *polled) changes(tb testing.TB, wait int) *twinAnswer {
	tb.Helper()
	a := call(tb, fmt.Sprintf("%s/changes?%s&since=%s&wait=%d", p.url, p.query.Encode(), p.token, wait), nil)
	switch a.status {
	case http.StatusOK:
		p.token = a.Token
		p.take(tb, a.Up)
		for _, k := range append(a.Leave, a.Del...) {
			delete(p.rows, k)
		}
	case http.StatusGone:
		p.snapshot(tb)
	default:
		tb.Fatalf("changes: %d %s", a.status, a.body)
	}
	return a
}

// sentEvent is a server-sent event.
type sentEvent struct{ id, event, data string }

// eventSource reads server-sent events until the test ends.
type eventSource struct {
	t       *testing.T
	body    io.ReadCloser
	scanner *bufio.Scanner
}

func source(t *testing.T, url string, header ...string) *eventSource {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("status %d, type %q", res.StatusCode, got)
	}
	s := &eventSource{t: t, body: res.Body, scanner: bufio.NewScanner(res.Body)}
	s.scanner.Buffer(nil, 1<<20)
	return s
}

// next is the next event of a kind; others are passed over. ok is false at the end.
func (s *eventSource) next(kind string) (e sentEvent, ok bool) {
	for s.scanner.Scan() {
		name, value, _ := strings.Cut(s.scanner.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.event = value
		case "data":
			e.data = value
		case "":
			if e.event == kind {
				return e, true
			}
			e = sentEvent{}
		}
	}
	return e, false
}
