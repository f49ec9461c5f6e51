package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"yiping/geo"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// placesIn is how many places the tile of zoom 12 at the Bund has, by its _meta.
func placesIn(t *testing.T, url string) int {
	t.Helper()
	id := geo.TileAt(orb.Point{121.4905, 31.2397}, 12)
	got := ask(t, "GET", fmt.Sprintf("%s/tiles/place/%d/%d/%d.mvt", url, id.Z, id.X, id.Y), map[string]string{"Accept-Encoding": "identity"})
	if got.status == 204 {
		return 0
	}
	if got.status != 200 {
		t.Fatalf("tile: %d %s", got.status, got.body)
	}
	tile, err := mvt.Unmarshal(got.body)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range tile {
		if l.Name == "_meta" {
			return int(l.Features[0].Properties.MustFloat64("total"))
		}
	}
	t.Fatal("the tile has no _meta")
	return 0
}

const addAtBund = "INSERT INTO city.place (name, kind, min_zoom, geom) VALUES ('外滩', 'landmark', 6, 'SRID=4326;POINT(121.4905 31.2397)')"

func TestTilesFollowTheTable(t *testing.T) {
	t.Parallel()
	url, sql := newServer(t)
	steps := []struct {
		sql  string
		want int
	}{
		{addAtBund, 1},
		{addAtBund, 2},
		{"UPDATE city.place SET geom = 'SRID=4326;POINT(120 30)' WHERE id = 1", 1},
		{"UPDATE city.place SET geom = 'SRID=4326;POINT(121.4905 31.2397)' WHERE id = 1", 2},
		{"DELETE FROM city.place WHERE id = 2", 1},
		{"BEGIN; " + addAtBund + "; ROLLBACK", 1},
		{"TRUNCATE city.place", 0},
		{addAtBund, 1},
	}
	for _, step := range steps {
		sql(step.sql)
		if got := placesIn(t, url); got != step.want {
			t.Fatalf("after %s: %d places in the tile, want %d", step.sql, got, step.want)
		}
	}
	metrics := string(ask(t, "GET", url+"/metrics", nil).body)
	for _, want := range []string{`yiping_image_rows{layer="place"} 1`, `yiping_image_bytes{layer="place"}`, "yiping_feed_lag_seconds 0"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

// A layer that another process makes or drops comes and goes.
func TestImagesFollowTheCatalog(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	url, m := serveStore(t, postgistest.Open(t, address))
	other := postgistest.Open(t, address)
	l, err := other.Catalog().Layer("place")
	if err != nil {
		t.Fatal(err)
	}
	made := *l
	made.Name = "spot"
	if err := other.CreateLayer(t.Context(), &made); err != nil {
		t.Fatal(err)
	}
	awaitImages(t, m)
	if got := ask(t, "GET", url+"/tiles/spot/12/0/0.mvt", nil); got.status != 204 {
		t.Errorf("tile of the new layer: %d, want 204", got.status)
	}
	if err := other.DropLayer(t.Context(), "spot"); err != nil {
		t.Fatal(err)
	}
	awaitImages(t, m)
	if got := ask(t, "GET", url+"/tiles/spot/12/0/0.mvt", nil); got.status != 404 {
		t.Errorf("tile of the dropped layer: %d, want 404", got.status)
	}
}

func TestTilesWaitForTheirLayer(t *testing.T) {
	t.Parallel()
	db := &database{store: postgistest.New(t)}
	log := slog.New(slog.DiscardHandler)
	server := httptest.NewServer(newService(db, newImages(db, log), log)) // which nobody runs
	t.Cleanup(server.Close)
	tile := ask(t, "GET", server.URL+"/tiles/place/12/3429/1673.mvt", nil)
	tile.wantProblem(t, 503, "", "the layer place is being loaded")
	if tile.header.Get("Retry-After") == "" {
		t.Errorf("tile: %v, want Retry-After", tile.header)
	}
	ready := ask(t, "GET", server.URL+"/readyz", nil)
	if ready.status != 503 || !strings.Contains(string(ready.body), "place") {
		t.Errorf("readyz: %d %q, want 503 that names the layers", ready.status, ready.body)
	}
}

// A second start takes the snapshots and makes up for what it has missed, or
// reads the layers anew if the feed has forgotten it.
func TestImagesStartWarm(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, conn := postgistest.Open(t, address), postgistest.Conn(t, address)
	dir := filepath.Join(t.TempDir(), "images")
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// start runs images until they have everything, and tells what their log says.
	start := func() (features int, log string) {
		t.Helper()
		var text strings.Builder
		m := newImages(&database{store: store, snapshots: dir}, slog.New(slog.NewTextHandler(&text, nil)))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- m.run(ctx) }()
		awaitImages(t, m)
		features = m.set.View("place").Len()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		return features, text.String()
	}
	const warm, cold = "layer=place from=snapshot", "layer=place from=source"
	exec(addAtBund)
	if n, log := start(); n != 1 || !strings.Contains(log, cold) {
		t.Errorf("first start: %d places, log:\n%s", n, log)
	}
	exec(addAtBund)
	if n, log := start(); n != 2 || !strings.Contains(log, warm) || strings.Contains(log, cold) {
		t.Errorf("second start: %d places, want 2 from the snapshot; log:\n%s", n, log)
	}
	exec("UPDATE yiping.change_epoch SET epoch = gen_random_uuid()")
	if n, log := start(); n != 2 || !strings.Contains(log, cold) {
		t.Errorf("start on another history: %d places, want 2 from the table; log:\n%s", n, log)
	}
}

// A service that has its layers from snapshots is not ready before it has what was
// changed since they were written.
func TestReadyWhenCaughtUp(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, conn := postgistest.Open(t, address), postgistest.Conn(t, address)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	db := &database{store: store, snapshots: filepath.Join(t.TempDir(), "images")}
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run := func(m *images) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- m.run(ctx) }()
		return func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	exec(addAtBund)
	first := newImages(db, log)
	stop := run(first)
	awaitImages(t, first)
	stop() // writes the snapshots

	exec(addAtBund)
	for behind := true; behind; { // older transactions of other tests hold the feed back
		at, err := store.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lag, err := store.Lag(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		behind = lag > 0
	}
	exec("BEGIN; LOCK TABLE city.place IN ACCESS EXCLUSIVE MODE") // so that nobody can read what was added
	m := newImages(db, log)
	server := httptest.NewServer(newService(db, m, log))
	defer server.Close()
	if metrics := string(ask(t, "GET", server.URL+"/metrics", nil).body); strings.Contains(metrics, "\nyiping_feed_lag_seconds") {
		t.Error("there is a lag before anything has been followed")
	}
	stop = run(m)
	defer stop()
	ready := func() bool { return ask(t, "GET", server.URL+"/readyz", nil).status == 200 }
	for !strings.Contains(string(ask(t, "GET", server.URL+"/readyz", nil).body), "brought up to date") {
		if ready() {
			t.Fatal("ready without what was added")
		}
	}
	if got := placesIn(t, server.URL); got != 1 {
		t.Errorf("%d places from the snapshot, want 1", got)
	}
	var metrics string
	for !strings.Contains(metrics, "\nyiping_feed_lag_seconds") { // there is none until the feed is followed
		metrics = string(ask(t, "GET", server.URL+"/metrics", nil).body)
	}
	if strings.Contains(metrics, "\nyiping_feed_lag_seconds 0\n") {
		t.Error("there is no lag while a change is waiting")
	}
	exec("COMMIT")
	for !ready() {
		runtime.Gosched()
	}
	if got := placesIn(t, server.URL); got != 2 {
		t.Errorf("%d places when ready, want 2", got)
	}
}

// What was missed while the feed was cut off is read anew.
func TestImagesAfterAGap(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, conn := postgistest.Open(t, address), postgistest.Conn(t, address)
	m := newImages(&database{store: store}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if _, err := conn.Exec(t.Context(), "ALTER TABLE city.place DISABLE TRIGGER change_inserted; "+addAtBund); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- m.set.Run(ctx) }()
	for !imagesReady(m) {
		runtime.Gosched()
	}
	if _, err := conn.Exec(t.Context(), addAtBund); err != nil { // unseen by the feed
		t.Fatal(err)
	}
	go func() { ended <- m.follow(ctx, postgis.Position{Epoch: "forgotten", Xid: 1}) }()
	for m.set.View("place").Len() != 2 {
		runtime.Gosched()
	}
	stop()
	if err := errors.Join(<-ended, <-ended); err != nil {
		t.Error(err)
	}
}
