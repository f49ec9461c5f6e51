package main

import (
	"context"
	"net/http"
	"testing"
)

// Under load each client gets its turn or is told to come again; none waits
// without end, and one that goes away gives its place back.
func TestItemsUnderLoad(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 2) // one page at a time
	fillSample(t, conn, 1, 3)
	address := root + "/collections/sample/items"
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE city.sample"); err != nil {
		t.Fatal(err)
	}
	t.Run("a client that goes", func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		gone := make(chan error, 1)
		go func() {
			res, err := http.DefaultTransport.(*http.Transport).Clone().RoundTrip(r)
			if err == nil {
				err = res.Body.Close()
			}
			gone <- err
		}()
		for waiting := 0; waiting == 0; { // until its query waits for the table
			if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'city.sample'::regclass").Scan(&waiting); err != nil {
				t.Fatal(err)
			}
		}
		leave()
		if err := <-gone; err == nil {
			t.Fatal("the client got an answer")
		}
		// Its query ends and its place is free, while the table is still locked.
		if got := ask(t, "GET", root+"/collections/place/items", nil); got.status != 200 {
			t.Errorf("the next client: %d %s", got.status, got.body)
		}
	})
	t.Run("too many", func(t *testing.T) {
		const clients = 1 + 64 + 1 // a place, the queue, and one too many
		answers := make(chan answer, clients)
		for range clients {
			go func() { answers <- ask(t, "GET", address, nil) }()
		}
		busy := <-answers
		if busy.status != http.StatusServiceUnavailable || busy.header.Get("Retry-After") == "" || busy.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("one too many: %d %v %s", busy.status, busy.header, busy.body)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range clients - 1 {
			if got := <-answers; got.status != http.StatusOK {
				t.Errorf("one in the queue: %d %s", got.status, got.body)
			}
		}
	})
}
