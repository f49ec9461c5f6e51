package alarm_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
)

// given is a number of the environment: how many walks are made (YIPING_TEST_WALKS),
// and from which seed (YIPING_TEST_SEED).
func given(name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// world is some places whose densities wander, replicas that watch them and come and
// go, and a store that fails.
type world struct {
	random   *rand.Rand
	m        *memory
	begun    time.Time
	places   []walker
	replicas []*replica
}

// walker is a place.
type walker struct {
	id      string
	density float64
	ladder  heatmap.Ladder
	gone    bool
}

// TestRandomWalks holds the alarms to the ladder: whenever all is well and quiet, the
// open alarms are those of the places that are not calm, at their levels; and the
// events of each alarm tell one story without gaps.
func TestRandomWalks(t *testing.T) {
	first := given("YIPING_TEST_SEED", rand.Uint64()>>1)
	walks, events := given("YIPING_TEST_WALKS", 20), 0
	for n := range walks {
		seed := first + n
		t.Run(fmt.Sprint("YIPING_TEST_SEED=", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{
					random: rand.New(rand.NewPCG(seed, 18)), m: newMemory(), begun: time.Now(),
					places: []walker{{id: "bund", density: 2}, {id: "square", density: 4}, {id: "road", density: 1}},
				}
				w.replicas = []*replica{run(t, w.m, ""), run(t, w.m, "")}
				for range 150 {
					w.act(t)
				}
				checkEvents(t, w.m)
				events += len(w.m.happened())
				for _, r := range w.replicas {
					r.stop()
				}
			})
		})
	}
	if events < 20*int(walks) {
		t.Errorf("%d events of %d walks prove little", events, walks)
	}
}

func (w *world) act(t *testing.T) {
	t.Helper()
	switch w.random.IntN(24) {
	case 0:
		w.m.set(away)
	case 1:
		w.m.set(unsure)
	case 2, 3:
		w.m.set(none)
	case 4: // kill -9
		i := w.random.IntN(len(w.replicas))
		w.replicas[i].kill(w.m)
		w.replicas[i] = run(t, w.m, "")
	case 5:
		i := w.random.IntN(len(w.replicas))
		w.replicas[i].stop()
		w.replicas[i] = run(t, w.m, "")
	case 6:
		w.acknowledge()
	case 7:
		p := &w.places[w.random.IntN(len(w.places))]
		p.gone = !p.gone
	case 8:
		w.settle(t)
	default:
		w.frames(1 + w.random.IntN(40))
	}
}

// frames lets some time pass.
func (w *world) frames(n int) {
	for range n {
		<-time.After(2 * time.Second)
		f := frame(int(time.Since(w.begun).Seconds()))
		for i := range w.places {
			p := &w.places[i]
			p.density = min(9, max(0, p.density*(0.9+0.2*w.random.Float64())+0.2*(w.random.Float64()-0.45)))
			level := p.ladder.Step(f.Time, p.density, heatmap.Moving)
			if p.gone {
				continue
			}
			s := state(p.id, p.density, level)
			if w.random.IntN(3) == 0 && level < heatmap.Critical {
				s.Next, s.After = level+1, time.Duration(w.random.IntN(600))*time.Second
			}
			f.Places = append(f.Places, s)
		}
		for _, r := range w.replicas {
			r.source.Observe(f)
		}
		synctest.Wait()
	}
}

func (w *world) acknowledge() {
	for _, a := range w.m.all() {
		if a.Open() && a.Acknowledgement == nil {
			w.m.acknowledge(a.ID, "值班员")
			return
		}
	}
}

// settle waits until the store has been well for longer than a lease, and compares.
func (w *world) settle(t *testing.T) {
	t.Helper()
	w.m.set(none)
	w.frames(15)
	levels := map[string]heatmap.Level{}
	for _, a := range w.m.all() {
		if a.Open() {
			levels[a.Place] = a.Level
		}
	}
	for _, p := range w.places {
		want := p.ladder.Level()
		if p.gone {
			want = heatmap.Calm
		}
		if levels[p.id] != want {
			t.Fatalf("after %v the alarm of %s is at %v, the place at %v", time.Since(w.begun), p.id, levels[p.id], want)
		}
	}
}

// checkEvents holds the events of each alarm to each other.
func checkEvents(t *testing.T, m *memory) {
	t.Helper()
	last := map[string]alarm.Alarm{}
	open := map[string]string{}
	for _, e := range m.happened() {
		a, before := e.Alarm, last[e.Alarm.ID]
		last[a.ID] = a
		fail := func(why string) {
			t.Helper()
			t.Errorf("%s %s: %s: %+v after %+v", e.ID, e.Kind, why, a, before)
		}
		switch {
		case a.Version != before.Version+1:
			fail("a version is missing or comes twice")
		case (e.Kind == alarm.Begun) != (before.ID == ""):
			fail("it has not begun, or twice")
		case e.Kind == alarm.Begun && open[a.Place] != "":
			fail("another is open: " + open[a.Place])
		case before.ID != "" && !before.Open() && e.Kind != alarm.Acknowledged:
			fail("it has ended")
		case a.Open() != (e.Kind != alarm.Ended) && e.Kind != alarm.Acknowledged:
			fail("it has ended or not")
		case a.Changed.Before(before.Changed), a.PeakDensity < before.PeakDensity, a.Highest < a.Level, a.Highest < before.Highest:
			fail("it went back")
		case e.Kind == alarm.Raised && a.Level <= before.Level, e.Kind == alarm.Lowered && a.Level >= before.Level:
			fail("that is another direction")
		case e.Kind == alarm.Foreseen && a.Foreseen.IsZero(), e.Kind == alarm.Unforeseen && !a.Foreseen.IsZero():
			fail("it is foreseen or not")
		case before.Acknowledgement != nil && (a.Acknowledgement == nil) != (a.Level > before.Acknowledgement.Level):
			fail("the acknowledgement holds up to its level")
		}
		if open[a.Place] = a.ID; !a.Open() {
			open[a.Place] = ""
		}
	}
}
