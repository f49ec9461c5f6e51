package stream_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"yiping/stream"
)

// newFeeds serves feeds whose messages handle answers.
func newFeeds(t *testing.T, f *stream.Feeds, handle func(context.Context, []byte) []byte) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := f.Serve(w, r, handle); err != nil { //nolint:contextcheck // a feed outlives its request
			status := http.StatusBadRequest
			if fault, ok := errors.AsType[*stream.RequestError](err); ok {
				status = fault.Status()
			}
			w.WriteHeader(status)
		}
	}))
	t.Cleanup(func() {
		f.Close(context.Background())
		server.Close()
	})
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

func dialFeed(t *testing.T, url string, header http.Header) *websocket.Conn {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return ws
}

// code is the close code that a connection ends with.
func code(t *testing.T, ws *websocket.Conn) int {
	t.Helper()
	for {
		_, _, err := ws.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return closed.Code
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func echo(_ context.Context, data []byte) []byte { return append([]byte("got "), data...) }

// Each message gets its answer, in order.
func TestFeedAnswers(t *testing.T) {
	t.Parallel()
	ws := dialFeed(t, newFeeds(t, &stream.Feeds{}, echo), nil)
	for _, text := range []string{"a", "", "c"} {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"a", "", "c"} {
		if _, got, err := ws.ReadMessage(); err != nil || string(got) != "got "+text {
			t.Errorf("%q is answered with %q, %v", text, got, err)
		}
	}
}

func TestFeedEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		kind int
		data []byte
		code int
	}{
		{"binary", websocket.BinaryMessage, []byte("a"), 4000},
		{"too large", websocket.TextMessage, bytes.Repeat([]byte("a"), 1<<20+1), 1009},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ws := dialFeed(t, newFeeds(t, &stream.Feeds{}, echo), nil)
			if err := ws.WriteMessage(tt.kind, tt.data); err != nil {
				t.Fatal(err)
			}
			if got := code(t, ws); got != tt.code {
				t.Errorf("closed with %d, want %d", got, tt.code)
			}
		})
	}
}

// What is small on the wire must not become large here.
func TestFeedBoundsWhatIsCompressed(t *testing.T) {
	t.Parallel()
	d := websocket.Dialer{EnableCompression: true}
	ws, res, err := d.DialContext(t.Context(), newFeeds(t, &stream.Feeds{}, echo), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close() //nolint:errcheck // the other side has closed
	if err := ws.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("a"), 2<<20)); err != nil {
		t.Fatal(err)
	}
	if got := code(t, ws); got != websocket.CloseMessageTooBig {
		t.Errorf("closed with %d", got)
	}
}

// A page of another site may not send for its visitor.
func TestFeedOrigin(t *testing.T) {
	t.Parallel()
	url := newFeeds(t, &stream.Feeds{Origins: []string{"https://maps.example.org"}}, echo)
	dialFeed(t, url, http.Header{"Origin": {"https://maps.example.org"}})
	_, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, http.Header{"Origin": {"https://other.example.org"}})
	if err == nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("another site gets %v, %v", res, err)
	}
	_ = res.Body.Close()
}

// Close lets a message that is being handled be answered, ends all feeds, and takes
// no more.
func TestFeedsClose(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	f := &stream.Feeds{}
	url := newFeeds(t, f, func(ctx context.Context, data []byte) []byte {
		once.Do(func() { close(begun) })
		<-goOn
		return echo(ctx, data)
	})
	busy, idle := dialFeed(t, url, nil), dialFeed(t, url, nil)
	if err := busy.WriteMessage(websocket.TextMessage, []byte("a")); err != nil {
		t.Fatal(err)
	}
	<-begun
	closed := make(chan struct{})
	go func() {
		f.Close(context.Background())
		close(closed)
	}()
	if got := code(t, idle); got != 4012 {
		t.Errorf("an idle feed ends with %d", got)
	}
	close(goOn)
	if _, got, err := busy.ReadMessage(); err != nil || string(got) != "got a" {
		t.Errorf("the message is answered with %q, %v", got, err)
	}
	if got := code(t, busy); got != 4012 {
		t.Errorf("the busy feed ends with %d", got)
	}
	<-closed
	if n := f.Count(); n != 0 {
		t.Errorf("%d feeds are left", n)
	}
	if got := code(t, dialFeed(t, url, nil)); got != 4012 {
		t.Errorf("a late feed ends with %d", got)
	}
}

// A message that takes too long is cut off.
func TestFeedsCloseInTime(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	f := &stream.Feeds{}
	ws := dialFeed(t, newFeeds(t, f, func(_ context.Context, data []byte) []byte {
		close(begun)
		<-goOn
		return data
	}), nil)
	if err := ws.WriteMessage(websocket.TextMessage, []byte("a")); err != nil {
		t.Fatal(err)
	}
	<-begun
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	go func() {
		_, _, _ = ws.ReadMessage() // ends when it is cut off
		close(goOn)
	}()
	f.Close(ctx)
}
