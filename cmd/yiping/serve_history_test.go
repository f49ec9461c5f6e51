package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"yiping/layers/postgis/postgistest"
)

// Whatever was taken is in the history once the service has stopped, also if the
// database could not write it before.
func TestStopKeepsWhatWasReported(t *testing.T) {
	t.Parallel()
	address := postgistest.URL(t)
	store, conn := postgistest.Open(t, address), postgistest.Conn(t, address)
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	s := &serving{Listen: "127.0.0.1:0", KeepCells: 1, KeepPlaces: 1}
	listener, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx, listener, &database{store: store}, log) }()
	exec("ALTER TABLE yiping.track RENAME TO track_away") // nothing can be written
	const all = 25_000                                    // more than a batch
	now := time.Now().UTC().Truncate(time.Millisecond)
	var body strings.Builder
	for i := range all {
		fmt.Fprintln(&body, vehicle(fmt.Sprint("v", i), now, 121.45, 31.25))
	}
	url := "http://" + listener.Addr().String()
	send(t, "POST", url+"/streams/vehicles", body.String(), "Content-Type", "application/x-ndjson").wantStatus(t, 200)
	stop()
	for res, err := http.Get(url + "/healthz"); err == nil; res, err = http.Get(url + "/healthz") { //nolint:noctx // ends with the service
		_ = res.Body.Close()
	}
	exec("ALTER TABLE yiping.track_away RENAME TO track")
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM yiping.track").Scan(&n); err != nil || n != all {
		t.Errorf("%d of %d reports are in the history, error %v", n, all, err)
	}
}
