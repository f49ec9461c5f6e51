//go:build e2e

package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/postgis/postgistest"
	"yiping/stream/bus"
)

// Two programs on one database and one bus are one service: what enters either is on
// the screens of both, and when one is killed its screens go on with the other, with
// all that has happened meanwhile.
func TestReplicasAreOne(t *testing.T) {
	address := postgistest.URL(t)
	postgistest.Open(t, address) // so that they find the layers
	conn := postgistest.Conn(t, address)
	b, err := bus.Open(bus.Config{Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	serve := func() *process {
		return start(t, "--db", address, "--data", t.TempDir(), "serve", "--listen", "127.0.0.1:0", "--bus", b.URL())
	}
	here, there := serve(), serve()
	for _, p := range []*process{here, there} {
		untilReady(t, p.url)
	}
	report := func(url string, keys ...string) {
		t.Helper()
		text := ""
		for i, k := range keys {
			text += fmt.Sprintf(`{"k":%q,"t":%d,"lon":%v,"lat":31.25,"st":2,"synthetic":true}`+"\n", k, time.Now().UnixMilli(), 121.45+float64(i)/1e4)
		}
		send(t, "POST", url+"/streams/vehicles", text, "Content-Type", "application/x-ndjson").wantStatus(t, http.StatusOK)
	}

	// A position, by HTTP and by the bus, and a row.
	cars := map[*process]*screen{here: watchStream(t, here.url, "vehicles", `"fields":[]`), there: watchStream(t, there.url, "vehicles", `"fields":[]`)}
	places := map[*process]*screen{here: watch(t, here.url, `"fields":["name"]`), there: watch(t, there.url, `"fields":["name"]`)}
	report(here.url, "a", "b")
	report(there.url, "c")
	if err := b.Publish("streams/vehicles/d", fmt.Appendf(nil, `{"k":"d","t":%d,"lon":121.45,"lat":31.25}`, time.Now().UnixMilli())); err != nil {
		t.Fatal(err)
	}
	execute(t, conn, addPlace("one", 121.45, 31.25)+addPlace("two", 121.46, 31.25))
	for _, p := range []*process{here, there} {
		cars[p].has(t, "a", "b", "c", "d")
		places[p].has(t, "1", "2")
		places[p].until("mark")
		cars[p].until("mark")
	}

	// One is killed; its clients come to the other.
	here.kill(t)
	execute(t, conn, "UPDATE city.place SET name = 'TWO' WHERE id = 2; DELETE FROM city.place WHERE id = 1;"+addPlace("three", 121.47, 31.25))
	report(there.url, "e")
	place := watch(t, there.url, `"fields":["name"],"resume":"`+places[here].token+`"`)
	place.names = maps.Clone(places[here].names)
	if ok := place.until("ok"); !ok.Resumed {
		t.Error("the token of a layer was not taken by the other replica")
	}
	place.has(t, "2", "3")
	if place.resets > 0 || place.names["2"] != "TWO" {
		t.Errorf("%d resets, and %v", place.resets, place.names)
	}
	car := watchStream(t, there.url, "vehicles", `"fields":[],"resume":"`+cars[here].token+`"`)
	if ok := car.until("ok"); ok.Resumed {
		t.Error("a token of state in memory was taken by the other replica")
	}
	car.until("snap")
	car.has(t, "a", "b", "c", "d", "e")

	// A third one comes late, and is complete.
	late := serve()
	untilReady(t, late.url)
	watchStream(t, late.url, "vehicles", `"fields":[]`).has(t, "a", "b", "c", "d", "e")
}

// has reads frames until the screen shows these keys and no others.
func (s *screen) has(t *testing.T, keys ...string) {
	t.Helper()
	for {
		if got := slices.Sorted(maps.Keys(s.names)); cmp.Equal(got, keys) {
			return
		}
		s.next()
	}
}

// untilReady returns when all layers are in memory.
func untilReady(t *testing.T, url string) {
	t.Helper()
	for ask(t, "GET", url+"/readyz", nil).status != http.StatusOK {
		<-time.After(10 * time.Millisecond)
	}
}
