//go:build e2e

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers/postgis/postgistest"
	streamstore "yiping/stream/postgis"
)

// victim is a server that is killed.
type victim struct {
	cmd   *exec.Cmd
	url   string
	ended chan struct{}
}

// serveDatabase runs the program on a database until it is killed or the test ends.
func serveDatabase(t *testing.T, database string) *victim {
	t.Helper()
	v := &victim{ended: make(chan struct{})}
	// Not the test's own context: it ends before the cleanup that kills the program.
	v.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), program(t), "--data", t.TempDir(), "--db", database, "--log-json", "serve", "--listen", "127.0.0.1:0")
	log, err := v.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addresses := make(chan string, 1)
	go func() {
		defer close(v.ended)
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			var line struct{ Msg, URL string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				addresses <- line.URL
			}
		}
	}()
	t.Cleanup(v.kill)
	select {
	case v.url = <-addresses:
	case <-v.ended:
		t.Fatal("the program ended before it served")
	}
	return v
}

// kill ends the program as kill -9 does.
func (v *victim) kill() {
	_ = v.cmd.Process.Kill() // it may have been killed before
	<-v.ended
	_ = v.cmd.Wait()
}

// Two servers are killed again and again while events are written: a client that goes
// on with its token at whichever answers is told of every event whose transaction has
// committed (I4).
func TestEventsOutliveTheirServers(t *testing.T) {
	const kills, wanted = 6, 3000
	database := postgistest.URL(t)
	servers := []*victim{serveDatabase(t, database), serveDatabase(t, database)}
	reader := &eventReader{t: t, seen: map[string]bool{}}
	reader.begin(servers[0].url)
	stop := make(chan struct{})
	committed := make(chan []string)
	go func() { committed <- produceEvents(t, postgistest.Conn(t, database), stop) }()
	for n := range kills {
		i := n % 2
		goal := (n + 1) * wanted / kills
		for len(reader.seen) < goal {
			reader.read(servers[i].url)
		}
		servers[i].kill()
		reader.read(servers[1-i].url) // with the token of the other
		servers[i] = serveDatabase(t, database)
	}
	close(stop)
	want := map[string]bool{}
	for _, id := range <-committed {
		want[id] = true
	}
	for len(reader.seen) < len(want) {
		reader.read(servers[0].url)
	}
	if diff := cmp.Diff(reader.seen, want); diff != "" {
		t.Errorf("events (-told +committed):\n%s", diff)
	}
	t.Logf("%d events, %d of them told again, %d requests failed", len(want), reader.repeats, reader.failed)
}

// produceEvents writes events, some at a time, until stop is closed, and lists those
// that were committed.
func produceEvents(t *testing.T, conn *pgx.Conn, stop <-chan struct{}) (committed []string) {
	t.Helper()
	place := orb.Point{121.49, 31.24}
	for n := 0; ; n++ {
		select {
		case <-stop:
			return committed
		default:
		}
		var events []streamstore.NewEvent
		for i := range 5 {
			events = append(events, streamstore.NewEvent{
				ID: fmt.Sprintf("%d-%d", n, i), Kind: "enter", Key: fmt.Sprintf("F-1|v-%d", i), Version: int64(n + 1),
				Time: time.Now(), Is: &place, Body: json.RawMessage(`{"fence": "F-1"}`),
			})
		}
		err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
			return streamstore.InsertEvents(t.Context(), tx, "fences", events)
		})
		if err != nil {
			t.Error(err)
			return committed
		}
		for _, e := range events {
			committed = append(committed, e.ID)
		}
	}
}

// eventReader polls the stream of fences.
type eventReader struct {
	t               *testing.T
	token           string
	seen            map[string]bool
	repeats, failed int
}

// begin asks until there is a token: the tailer may not have begun.
func (r *eventReader) begin(url string) {
	for r.token == "" {
		r.get(url + "/live/fences/snapshot")
	}
}

func (r *eventReader) read(url string) {
	r.get(url + "/live/fences/changes?wait=1&since=" + r.token)
}

func (r *eventReader) get(address string) {
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(request)
	if err != nil { // killed
		r.failed++
		return
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusServiceUnavailable {
		r.failed++
		return
	}
	var got struct {
		Events []struct{ ID string }
		Token  string
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		r.failed++ // killed in the middle
		return
	}
	if res.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %d", address, res.StatusCode)
	}
	for _, e := range got.Events {
		if r.seen[e.ID] {
			r.repeats++
		}
		r.seen[e.ID] = true
	}
	r.token = got.Token
}
