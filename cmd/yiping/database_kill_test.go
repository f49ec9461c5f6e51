//go:build e2e

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"yiping/layers/postgis/postgistest"
)

// The database server is killed while a patrol walks through a fence again and again
// and features are written as fast as one client can. Afterwards every event that
// follows from the reports that were acknowledged, and every feature whose transaction
// was, is in the database once, and who has followed the streams with tokens was told
// of each (I4).
func TestNothingIsLostWhenTheDatabaseIsKilled(t *testing.T) {
	const steps, kills = 240, 2
	data := postgistest.Dir(t)
	url, kill := serveKillable(t, data)
	t.Cleanup(kill)
	database := "postgres:///yiping?user=yiping&host=" + data + "/run"
	send(t, "POST", url+"/fences", `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[121.485,31.239],[121.487,31.239],[121.487,31.241],[121.485,31.241],[121.485,31.239]]]},
		"properties":{"title":"外滩源","streams":["patrols"],"synthetic":true}}`, "Content-Type", geoJSON).wantStatus(t, 201)
	metric := func(line string) {
		t.Helper()
		for !strings.Contains(string(ask(t, "GET", url+"/metrics", nil).body), line+"\n") {
			continue
		}
	}
	metric("yiping_fence_watched 1")
	events := &eventReader{t: t, seen: map[string]bool{}}
	events.begin(url)
	rows := &rowReader{t: t, names: map[string]string{}}
	rows.begin(url)

	stop, written := make(chan struct{}), make(chan *writer)
	go func() {
		w := &writer{database: database}
		w.run(t.Context(), stop)
		written <- w
	}()
	begin := time.Now().Add(-steps*time.Second - 2*time.Minute).Truncate(time.Second)
	var want []string
	was := false
	for i := range steps {
		// To and fro over 28 steps of about 38 m, the fence in the middle.
		place := min(i%28, 28-i%28) - 7
		at := begin.Add(time.Duration(i) * time.Second)
		report := fmt.Sprintf(`{"k":"p-1","t":%d,"lon":%.4f,"lat":31.24,"st":2,"synthetic":true}`, at.UnixMilli(), 121.486+float64(place)*0.0004)
		send(t, "POST", url+"/streams/patrols", report, "Content-Type", "application/json").wantStatus(t, 200)
		in := place >= -2 && place <= 2
		if in != was {
			want = append(want, fmt.Sprintf("F-1|patrols.p-1/%d", at.UnixMilli()))
		}
		was = in
		if (i+1)%(steps/(kills+1)) == 0 && i+1 < steps {
			if err := syscall.Kill(postmaster(t, data), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			awaitDatabase(t, database)
		}
	}
	metric("yiping_fence_unsaved_events 0")
	close(stop)
	w := <-written

	var got []string
	for len(got) < len(want) {
		got = strings.Fields(mustRunPsql(t, data, "SELECT id FROM yiping.event WHERE stream = 'fences' ORDER BY happened"))
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("events in the database (-got +want):\n%s", diff)
	}
	for len(events.seen) < len(want) {
		events.read(url)
	}
	told := slices.Sorted(maps.Keys(events.seen))
	slices.Sort(want)
	if diff := cmp.Diff(told, want); diff != "" {
		t.Errorf("events that were told (-got +want):\n%s", diff)
	}

	stored := strings.Fields(mustRunPsql(t, data, "SELECT name FROM city.place WHERE source = 'kill' ORDER BY id"))
	w.check(t, "in the database", stored)
	for len(rows.names) < len(stored) {
		rows.read(url)
	}
	w.check(t, "told", slices.Collect(maps.Values(rows.names)))
	t.Logf("%d events, %d of them told again; %d features acknowledged, %d of which nobody knew; %d requests failed",
		len(want), events.repeats, len(w.acknowledged), len(w.unknown), events.failed+rows.failed)
}

// awaitDatabase returns once the database takes connections.
func awaitDatabase(t *testing.T, database string) {
	t.Helper()
	for {
		conn, err := pgx.Connect(t.Context(), database)
		if err == nil {
			_ = conn.Close(context.WithoutCancel(t.Context()))
			return
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

// writer adds places, each in a transaction of its own.
type writer struct {
	database string
	// acknowledged are the names whose commit was, unknown those whose connection broke
	// before the answer.
	acknowledged, unknown []string
}

// maxWritten is fewer features than a subscription remembers the changes of.
const maxWritten = 3000

func (w *writer) run(ctx context.Context, stop <-chan struct{}) {
	var conn *pgx.Conn
	for n := 0; ; n++ {
		select {
		case <-stop:
			if conn != nil {
				_ = conn.Close(ctx)
			}
			return
		default:
		}
		if len(w.acknowledged) == maxWritten {
			<-stop
			_ = conn.Close(ctx)
			return
		}
		if conn == nil {
			var err error
			if conn, err = pgx.Connect(ctx, w.database); err != nil {
				conn = nil
				continue
			}
		}
		name := fmt.Sprintf("n-%d", n)
		_, err := conn.Exec(ctx, `INSERT INTO city.place (name, kind, min_zoom, source, source_id, geom)
			VALUES ($1::text, 'other', 6, 'kill', $1::text, 'SRID=4326;POINT(121.4905 31.2397)')`, name)
		if err == nil {
			w.acknowledged = append(w.acknowledged, name)
			continue
		}
		w.unknown = append(w.unknown, name)
		_ = conn.Close(ctx) // it is broken
		conn = nil
	}
}

// check holds names to those that were written: all that were acknowledged, once, and
// at most those besides of which nobody knows.
func (w *writer) check(t *testing.T, where string, names []string) {
	t.Helper()
	times := map[string]int{}
	for _, n := range names {
		times[n]++
	}
	for _, n := range w.acknowledged {
		if times[n] != 1 {
			t.Errorf("%s is %s %d times", n, where, times[n])
		}
		delete(times, n)
	}
	for _, n := range w.unknown {
		delete(times, n)
	}
	if len(times) > 0 {
		t.Errorf("%v are %s and were never written", times, where)
	}
	if len(w.acknowledged) == 0 {
		t.Error("nothing was written")
	}
}

// rowReader polls the stream of places.
type rowReader struct {
	t      *testing.T
	token  string
	names  map[string]string // by key
	failed int
}

const rowQuery = "area=bbox:121.4,31.2,121.5,31.3&fields=name&max_objects=20000"

func (r *rowReader) begin(url string) {
	for r.token == "" {
		r.get(url + "/live/layer.place/snapshot?" + rowQuery)
	}
}

func (r *rowReader) read(url string) {
	r.get(url + "/live/layer.place/changes?wait=1&" + rowQuery + "&since=" + r.token)
}

func (r *rowReader) get(address string) {
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(request)
	if err != nil {
		r.failed++
		return
	}
	defer func() { _ = res.Body.Close() }()
	var got struct {
		Up    []struct{ K, Name string }
		Token string
	}
	switch err := json.NewDecoder(res.Body).Decode(&got); {
	case res.StatusCode == http.StatusServiceUnavailable:
		r.failed++
		return
	case res.StatusCode != http.StatusOK || err != nil:
		r.t.Fatalf("%s: %d, %v", address, res.StatusCode, err)
	}
	for _, p := range got.Up {
		r.names[p.K] = p.Name // a row replaces the one before
	}
	r.token = got.Token
}
