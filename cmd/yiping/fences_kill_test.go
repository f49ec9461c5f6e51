//go:build e2e

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/postgis/postgistest"
)

// serveKillable starts the program; kill ends it without a word.
func serveKillable(t *testing.T, data string) (url string, kill func()) {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program(t), "--data", data, "--log-json", "serve", "--listen", "127.0.0.1:0")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addresses, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			var line struct{ Msg, URL string }
			if err := json.Unmarshal(lines.Bytes(), &line); err == nil && line.Msg == "serving" {
				addresses <- line.URL
			}
		}
	}()
	kill = func() {
		_ = cmd.Process.Kill() // one that has ended is as good
		<-ended
		_ = cmd.Wait()
	}
	select {
	case url = <-addresses:
	case <-ended:
		t.Fatal("the program ended before it served")
	}
	return strings.TrimSuffix(url, "/"), kill
}

// A patrol walks through a fence again and again while the program is killed and
// started anew. A device repeats what may have been lost and a little more, as it cannot
// know what was heard. Every event is there once, with its own time.
func TestFencesOfAProgramThatIsKilled(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	data := postgistest.Dir(t)
	url, kill := serveKillable(t, data)
	t.Cleanup(func() { kill() })
	fence := `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[121.485,31.239],[121.487,31.239],[121.487,31.241],[121.485,31.241],[121.485,31.239]]]},
		"properties":{"title":"外滩源","streams":["patrols"],"synthetic":true}}`
	send(t, "POST", url+"/fences", fence, "Content-Type", geoJSON).wantStatus(t, 201)
	// saved waits until all that was reported has led to what it leads to.
	saved := func() {
		for text := ""; !strings.Contains(text, "yiping_fence_watched 1\n") || !strings.Contains(text, "yiping_fence_unsaved_events 0\n"); {
			text = string(ask(t, "GET", url+"/metrics", nil).body)
		}
	}
	saved()

	const steps = 300
	begin := time.Now().Add(-steps*time.Second - 2*time.Minute).Truncate(time.Second)
	var reports, want []string
	was := false
	for i := range steps {
		// To and fro over 28 steps of about 38 m, the fence in the middle.
		place := min(i%28, 28-i%28) - 7
		at := begin.Add(time.Duration(i) * time.Second)
		reports = append(reports, fmt.Sprintf(`{"k":"p-1","t":%d,"lon":%.4f,"lat":31.24,"st":2,"synthetic":true}`, at.UnixMilli(), 121.486+float64(place)*0.0004))
		in := place >= -2 && place <= 2
		switch {
		case in && !was:
			want = append(want, fmt.Sprintf("F-1|patrols.p-1/%d enter", at.UnixMilli()))
		case !in && was:
			want = append(want, fmt.Sprintf("F-1|patrols.p-1/%d exit", at.UnixMilli()))
		}
		was = in
	}
	report := func(i int) {
		t.Helper()
		send(t, "POST", url+"/streams/patrols", reports[i], "Content-Type", "application/json").wantStatus(t, 200)
	}
	kills, safe := 0, 0
	for i := range steps {
		report(i)
		switch r.IntN(60) {
		case 0:
			kills++
			kill()
			url, kill = serveKillable(t, data)
			for k := max(0, safe-r.IntN(40)); k <= i; k++ {
				report(k)
			}
		case 1, 2, 3:
			saved()
			safe = i + 1
		}
	}
	t.Logf("killed %d times", kills)
	var got []string
	for len(got) < len(want) {
		out := mustRunPsql(t, data, "SELECT id || ' ' || kind FROM yiping.event WHERE stream = 'fences' ORDER BY happened")
		got = strings.Split(strings.TrimSpace(out), "\n")
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
}

// mustRunPsql asks the program's own database, which serves meanwhile.
func mustRunPsql(t *testing.T, data, query string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "psql", "-XtA", "-h", data+"/run", "-U", "yiping", "yiping", "-c", query).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
