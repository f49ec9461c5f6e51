package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers/postgis/postgistest"
)

// screen is a client of live/1 that holds one subscription to places.
type screen struct {
	t     *testing.T
	ws    *websocket.Conn
	names map[string]string // by key
	// at is how far it is, token for the same; cells are the tiles that were named.
	at, resets int
	token      string
	cells      []string
}

type liveFrame struct {
	F       string
	Resumed bool
	To, Seq int
	Rows    []livePlace
	Up      []livePlace
	Leave   []string
	Del     []string
	Tiles   [][3]int
	All     bool
	Token   string
	Part    int
	Of      int
	Cut     int
	SID     int
}

type livePlace struct {
	K, Name string
}

// watch subscribes to places. what is the rest of the frame sub.
func watch(t *testing.T, url, what string) *screen {
	t.Helper()
	return watchStream(t, url, "layer.place", what)
}

func watchStream(t *testing.T, url, name, what string) *screen {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"live1.json"}}
	ws, res, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	s := &screen{t: t, ws: ws, names: map[string]string{}}
	s.say(`{"f":"sub","ref":1,"stream":"` + name + `","area":{"bbox":[121.4,31.2,121.5,31.3]},` + what + `}`)
	return s
}

func (s *screen) say(text string) {
	s.t.Helper()
	if err := s.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// until acts on frames until one of a kind has come.
func (s *screen) until(kind string) liveFrame {
	s.t.Helper()
	for {
		if f := s.next(); f.F == kind {
			return f
		}
	}
}

// next acts on a frame.
func (s *screen) next() liveFrame {
	s.t.Helper()
	var f liveFrame
	if err := s.ws.ReadJSON(&f); err != nil {
		s.t.Fatal(err)
	}
	switch f.F {
	case "snap":
		if f.Part == 1 {
			clear(s.names)
		}
		s.at = f.Cut
		s.say(fmt.Sprintf(`{"f":"ack","a":[[%d,%d,%d]]}`, f.SID, f.Cut, f.Part))
	case "delta", "tiles":
		s.at = f.To
		s.say(fmt.Sprintf(`{"f":"ack","a":[[%d,%d]]}`, f.SID, f.To))
	case "mark":
		s.at, s.token = f.Seq, f.Token
	case "reset":
		s.resets++
	}
	for _, p := range append(f.Rows, f.Up...) {
		s.names[p.K] = p.Name
	}
	for _, k := range append(f.Leave, f.Del...) {
		delete(s.names, k)
	}
	for _, c := range f.Tiles {
		s.cells = append(s.cells, fmt.Sprintf("%d/%d/%d", c[0], c[1], c[2]))
	}
	return f
}

// liveServer serves a fresh database, and ends its connections with the test.
func liveServer(t *testing.T) (url string, m *images, conn *pgx.Conn, sql func(string)) {
	t.Helper()
	address := postgistest.URL(t)
	conn = postgistest.Conn(t, address)
	url, m = serveStore(t, postgistest.Open(t, address))
	t.Cleanup(func() { m.live.hub.Close(context.WithoutCancel(t.Context())) })
	return url, m, conn, func(text string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

func addPlace(name string, lon, lat float64) string {
	return fmt.Sprintf("INSERT INTO city.place (name, kind, min_zoom, geom) VALUES ('%s', 'landmark', 6, 'SRID=4326;POINT(%v %v)');", name, lon, lat)
}

// What any SQL client writes is on the screens that show it; what leaves their area
// leaves them.
func TestLiveRowsFollowTheTable(t *testing.T) {
	t.Parallel()
	url, m, _, sql := liveServer(t)
	sql(addPlace("a", 121.45, 31.25) + addPlace("b", 121.46, 31.25) + addPlace("far", 120, 30))
	awaitImages(t, m)
	s := watch(t, url, `"fields":["name"]`)
	s.until("snap")
	steps := []struct {
		sql  string
		want map[string]string
	}{
		{"", map[string]string{"1": "a", "2": "b"}},
		{"UPDATE city.place SET name = 'A' WHERE id = 1", map[string]string{"1": "A", "2": "b"}},
		{"UPDATE city.place SET geom = 'SRID=4326;POINT(120 30)' WHERE id = 2", map[string]string{"1": "A"}},
		{"UPDATE city.place SET geom = 'SRID=4326;POINT(121.41 31.21)' WHERE id = 3", map[string]string{"1": "A", "3": "far"}},
		{"DELETE FROM city.place WHERE id = 1", map[string]string{"3": "far"}},
	}
	for _, step := range steps {
		if step.sql != "" {
			sql(step.sql)
			s.until("delta")
		}
		if diff := cmp.Diff(s.names, step.want); diff != "" {
			t.Fatalf("after %q the screen has (-got +want):\n%s", step.sql, diff)
		}
	}
	sql("TRUNCATE city.place")
	s.until("reset")
	s.until("snap")
	if len(s.names) > 0 {
		t.Errorf("after TRUNCATE the screen has %v", s.names)
	}
}

// A client that was away gets what has changed, from the same server or from
// another on the same database.
func TestLiveResumes(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	conn := postgistest.Conn(t, address)
	secret := []byte("shared by the replicas")
	serve := func() (string, *images) {
		url, m := serveStoreWith(t, postgistest.Open(t, address), secret)
		t.Cleanup(func() { m.live.hub.Close(context.WithoutCancel(t.Context())) })
		return url, m
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	here, m := serve()
	there, other := serve()
	exec(addPlace("a", 121.45, 31.25) + addPlace("b", 121.46, 31.25) + addPlace("c", 121.47, 31.25))
	awaitImages(t, m)
	s := watch(t, here, `"fields":["name"]`)
	s.until("snap")
	s.until("mark")
	_ = s.ws.Close()
	exec("UPDATE city.place SET name = 'A' WHERE id = 1; DELETE FROM city.place WHERE id = 2; UPDATE city.place SET geom = 'SRID=4326;POINT(120 30)' WHERE id = 3")
	for _, url := range []string{here, there} {
		again := watch(t, url, `"fields":["name"],"resume":"`+s.token+`"`)
		again.names = map[string]string{"1": "a", "2": "b", "3": "c"}
		if ok := again.until("ok"); !ok.Resumed {
			t.Fatal("the token was not taken")
		}
		awaitImages(t, m)
		awaitImages(t, other)
		for len(again.names) != 1 || again.names["1"] != "A" { // a delta, perhaps in two
			again.until("delta")
		}
		if again.resets > 0 {
			t.Error("a reset came instead of what has changed")
		}
	}
	exec("TRUNCATE city.place")
	late := watch(t, here, `"fields":["name"],"resume":"`+s.token+`"`)
	if ok := late.until("ok"); ok.Resumed {
		t.Error("a token from before a reset was taken")
	}
	foreign := watch(t, here, `"fields":["kind"],"resume":"`+s.token+`"`)
	if ok := foreign.until("ok"); ok.Resumed {
		t.Error("a token of another subscription was taken")
	}
}

// Tiles are named after the old ones were dropped.
func TestLiveTilesAreFresh(t *testing.T) {
	t.Parallel()
	url, m, _, sql := liveServer(t)
	awaitImages(t, m)
	s := watch(t, url, `"as":"tiles","tz":[8,12]`)
	s.until("ok")
	bund := orb.Point{121.4905, 31.2397}
	high, low := geo.TileAt(bund, 12).String(), geo.TileAt(bund, 8).String()
	placesIn(t, url) // so that there is an old one
	for n := range 3 {
		s.cells = nil
		sql(addAtBund)
		for !slices.Contains(s.cells, high) {
			s.until("tiles")
		}
		if got := placesIn(t, url); got != n+1 {
			t.Errorf("the tile that was named has %d places, want %d", got, n+1)
		}
		for !slices.Contains(s.cells, low) { // of which there are no more than one a second
			s.until("tiles")
		}
	}
}

// A random walk of SQL ends with the screen equal to the table.
func TestLiveWalk(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	if n, err := strconv.ParseUint(os.Getenv("YIPING_TEST_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("again with YIPING_TEST_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	url, _, conn, sql := liveServer(t)
	s := watch(t, url, `"fields":["name"],"where":"name <> 'hidden'"`)
	s.until("snap")
	for step := range 300 {
		lon, lat := 121.38+0.14*r.Float64(), 31.18+0.14*r.Float64()
		name := []string{"one", "two", "hidden"}[r.IntN(3)]
		switch id := 1 + r.IntN(60); r.IntN(5) {
		case 0, 1:
			sql(addPlace(name, lon, lat))
		case 2:
			sql(fmt.Sprintf("UPDATE city.place SET name = '%s' WHERE id = %d", name, id))
		case 3:
			sql(fmt.Sprintf("UPDATE city.place SET geom = 'SRID=4326;POINT(%v %v)' WHERE id = %d", lon, lat, id))
		case 4:
			sql(fmt.Sprintf("DELETE FROM city.place WHERE id = %d", id))
		}
		if step%100 != 99 {
			continue
		}
		// A change that is sure to come, after all others.
		sql(addPlace("last", 121.45, 31.25))
		for !slices.Contains(slices.Collect(maps.Values(s.names)), "last") {
			s.until("delta")
		}
		var last string
		if err := conn.QueryRow(t.Context(), "DELETE FROM city.place WHERE name = 'last' RETURNING id::text").Scan(&last); err != nil {
			t.Fatal(err)
		}
		for gone := false; !gone; {
			gone = slices.Contains(s.until("delta").Del, last)
		}
		rows, err := conn.Query(t.Context(), `SELECT id::text, name FROM city.place WHERE name <> 'hidden'
			AND ST_X(geom) >= 121.4 AND ST_X(geom) < 121.5 AND ST_Y(geom) >= 31.2 AND ST_Y(geom) < 31.3`)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		var id, text string
		if _, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error { want[id] = text; return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.names, want); diff != "" {
			t.Fatalf("after %d steps the screen has (-got +want):\n%s", step+1, diff)
		}
	}
}
