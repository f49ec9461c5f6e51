package stream_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/stream"
)

// gather starts a crowd in a process of its own and waits until all are served.
func gather(b *testing.B, w *world, protocol string, deflate bool, clients int, sub string) (received func() (bytes, frames float64)) {
	b.Helper()
	c := exec.CommandContext(b.Context(), os.Args[0])
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %v %d %s", crowdVariable, w.url, protocol, deflate, clients, sub))
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewReader(out)
	b.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		b.Fatalf("the crowd says %q, %v", line, err)
	}
	return func() (bytes, frames float64) {
		if _, err := fmt.Fprintln(in); err == nil {
			_, _ = fmt.Fscan(lines, &bytes, &frames)
		}
		return bytes, frames
	}
}

// spent is the processor time of this process.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// city is 10,000 things that are somewhere in a city of 0.6 by 0.6 degrees.
func city(r *rand.Rand) map[int64]*thing {
	all := map[int64]*thing{}
	for id := range int64(10_000) {
		all[id] = &thing{orb.Point{121.2 + 0.6*r.Float64(), 31 + 0.6*r.Float64()}, 50}
	}
	return all
}

// 10,000 objects that report once a second, in a hundred batches, to 300 clients: each
// with a camera of its own on some 500 of them, or all with the same area. An iteration
// is a second: run it with -benchtime=5x. cores is what the server took.
func BenchmarkFanOut(b *testing.B) {
	camera := `{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121.3%d,31.2,121.46%d,31.28]},"view":true,"zoom":13}`
	same := `{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121.3,31.2,121.5,31.3]}}`
	for _, bb := range []struct {
		name, protocol string
		deflate        bool
		sub            string
	}{
		{"cameras/json", "live1.json", false, camera},
		{"cameras/deflate", "live1.json", true, camera},
		{"cameras/binary", "live1.bin", false, camera},
		{"same/json", "live1.json", false, same},
		{"same/deflate", "live1.json", true, same},
		{"same/binary", "live1.bin", false, same},
	} {
		b.Run(bb.name, func(b *testing.B) {
			w := newFleetWorld(b, func(c *stream.Config) { c.Pace = stream.DefaultPace() })
			r := rand.New(rand.NewPCG(1, 1))
			things := city(r)
			w.change(b, things)
			received := gather(b, w, bb.protocol, bb.deflate, 300, bb.sub)
			received()
			b.ResetTimer()
			before, begun := spent(b), time.Now()
			beat := time.NewTicker(10 * time.Millisecond)
			defer beat.Stop()
			for n := range b.N * 100 {
				<-beat.C
				batch := map[int64]*thing{}
				for i := range int64(100) {
					id := (int64(n)*100 + i) % 10_000
					things[id].at[0] += 1e-4 * (r.Float64() - 0.5)
					batch[id] = things[id]
				}
				w.change(b, batch)
			}
			took := time.Since(begun).Seconds()
			b.ReportMetric((spent(b)-before).Seconds()/took, "cores")
			bytes, frames := received()
			b.ReportMetric(bytes/1e6/took, "MB/s")
			b.ReportMetric(frames/took, "frames/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// What 1,000 clients cost that hold an empty subscription: resident bytes each.
func BenchmarkIdle(b *testing.B) {
	for _, protocol := range []string{"live1.json", "live1.bin"} {
		b.Run(protocol, func(b *testing.B) {
			for b.Loop() {
				w := newFleetWorld(b, func(c *stream.Config) { c.Pace = stream.DefaultPace() })
				before := resident(b)
				gather(b, w, protocol, true, 1000, `{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121.3%d,31.2,121.46,31.28]},"view":true,"zoom":13}`)
				b.ReportMetric(float64(resident(b)-before)/1000, "B/conn")
			}
		})
	}
}

// What a client costs that stops reading, with 10,000 objects in its area that all go on
// moving: resident bytes each, of 100. A shared view of the table is in it.
func BenchmarkDeaf(b *testing.B) {
	for _, protocol := range []string{"live1.json", "live1.bin"} {
		b.Run(protocol, func(b *testing.B) {
			for b.Loop() {
				w := newFleetWorld(b, func(c *stream.Config) { c.Pace = stream.DefaultPace() })
				things := city(rand.New(rand.NewPCG(1, 1)))
				w.change(b, things)
				before := resident(b)
				gather(b, w, protocol, false, 100, `{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121.1%d,31,122,32]},"max_objects":20000,"lod":"objects","deaf":1}`)
				for range 20 { // some seconds beyond the first flush
					w.change(b, things)
				}
				b.ReportMetric(float64(w.hub.Connections()), "connections")
				b.ReportMetric(float64(resident(b)-before)/100, "B/conn")
			}
		})
	}
}

// resident is the memory of this process after a collection, in bytes.
func resident(b *testing.B) int {
	b.Helper()
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("this system does not tell")
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	var kilobytes int
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10
}
