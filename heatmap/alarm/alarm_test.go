package alarm_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
)

// observe has a replica hear frames, two seconds apart from a second on, and waits
// until it has done what it can.
func (r *replica) observe(second int, states ...heatmap.PlaceState) {
	for i, s := range states {
		r.source.Observe(frame(second+2*i, s))
		synctest.Wait()
	}
}

func bund(density float64, level heatmap.Level) heatmap.PlaceState {
	return state("bund", density, level)
}

func wantTold(t *testing.T, m *memory, want ...string) {
	t.Helper()
	if diff := cmp.Diff(m.told(), want); diff != "" {
		t.Fatalf("events (-got +want):\n%s", diff)
	}
}

// Five per cent of noise around any density neither begin an alarm twice nor have it
// go up and down.
func TestNoiseDoesNotFlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(3, 4))
		for density := 0.5; density < 8; density += 0.25 {
			m := newMemory()
			r := run(t, m, "")
			var l heatmap.Ladder
			for n := range 300 {
				d := density * (0.95 + 0.1*random.Float64())
				f := frame(2*n, bund(d, 0))
				f.Places[0].Level = l.Step(f.Time, d, heatmap.Moving)
				f.Places[0].Next = f.Places[0].Level
				r.source.Observe(f)
				synctest.Wait()
			}
			steps := 0
			for _, e := range m.happened() {
				if e.Kind != alarm.Grown {
					steps++
				}
			}
			if steps > 2 {
				t.Errorf("around %v per m²: %v", density, m.told())
			}
			r.stop()
		}
	})
}

// Who acknowledges an alarm is asked again when it goes higher than it was then, and
// only then.
func TestHigherLevelAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		r := run(t, m, "")
		r.observe(0, bund(3.6, heatmap.Warn))
		m.acknowledge("A-1", "指挥长")
		r.observe(2, bund(2.5, heatmap.Watch), bund(3.6, heatmap.Warn))
		if a := m.all()[0].Acknowledgement; a == nil || a.By != "指挥长" {
			t.Errorf("the acknowledgement of warn is lost at warn: %+v", m.all()[0])
		}
		r.observe(6, bund(5.1, heatmap.Alarm))
		if a := m.all()[0]; a.Acknowledgement != nil || a.Level != heatmap.Alarm {
			t.Errorf("the acknowledgement of warn holds for alarm: %+v", a)
		}
		m.acknowledge("A-1", "指挥长")
		r.observe(8, bund(1, heatmap.Calm))
		if a := m.all()[0]; a.Open() || a.Acknowledgement == nil || a.Version != 7 {
			t.Errorf("the alarm is %+v at its end", a)
		}
		wantTold(t, m, "begun warn", "acknowledged warn", "lowered watch", "raised warn", "raised alarm", "acknowledged alarm", "ended calm")
	})
}

// A count that has just begun lacks people: it raises an alarm from before, and lowers
// or ends it no sooner than it is complete.
func TestRestartInMidEvening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		first := run(t, m, "bund-2019")
		first.observe(0, bund(2.1, heatmap.Watch), bund(3.6, heatmap.Warn))
		first.kill(m)
		second := run(t, m, "bund-2019")
		fresh := func(density float64, level heatmap.Level) heatmap.PlaceState {
			s := bund(density, level)
			s.Since = evening().Add(time.Minute)
			return s
		}
		second.observe(60, fresh(0, heatmap.Calm)) // the turn is still the first's
		<-time.After(11 * time.Second)
		second.observe(70, fresh(0.1, heatmap.Calm), fresh(2.1, heatmap.Watch))
		wantTold(t, m, "begun watch", "raised warn")
		second.observe(80, fresh(5.2, heatmap.Alarm))
		second.observe(90, fresh(2.1, heatmap.Watch))
		second.observe(60+600, fresh(2.1, heatmap.Watch))
		second.observe(60+620, fresh(1, heatmap.Calm))
		wantTold(t, m, "begun watch", "raised warn", "raised alarm", "lowered watch", "ended calm")
		if len(m.all()) != 1 {
			t.Errorf("%d alarms of one crowd", len(m.all()))
		}
	})
}

// Two who count the same crowd tell of it once; when the one is gone, the other goes on.
func TestOneTellsOfACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		first, second := run(t, m, ""), run(t, m, "")
		both := func(second2 int, s heatmap.PlaceState) {
			first.observe(second2, s)
			second.observe(second2, s)
		}
		both(0, bund(2.1, heatmap.Watch))
		both(2, bund(3.6, heatmap.Warn))
		first.kill(m)
		second.observe(4, bund(5.1, heatmap.Alarm))
		wantTold(t, m, "begun watch", "raised warn")
		<-time.After(14 * time.Second) // the lease, and until the next asking
		second.observe(18, bund(5.1, heatmap.Alarm))
		wantTold(t, m, "begun watch", "raised warn", "raised alarm")
		if id := second.source.Alarm("bund"); id != "A-1" {
			t.Errorf("the open alarm is %q", id)
		}
	})
}

// While the store is away a place's first changes and its newest wait; nothing is told
// twice, whatever the store says of what it wrote.
func TestStoreThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		r := run(t, m, "")
		m.set(unsure)
		r.observe(0, bund(2.1, heatmap.Watch))
		m.set(away)
		for n := range 30 {
			level := heatmap.Warn
			if n%2 == 1 {
				level = heatmap.Watch
			}
			r.observe(2+2*n, bund(3, level))
		}
		r.observe(100, bund(6.6, heatmap.Critical))
		if n := r.Figures().Waiting; n > 8 {
			t.Errorf("%d changes of a place wait", n)
		}
		m.set(none)
		<-time.After(2 * time.Second)
		synctest.Wait()
		wantTold(t, m, "begun watch", "raised warn", "lowered watch", "raised warn", "lowered watch",
			"raised warn", "lowered watch", "raised warn", "raised critical")
		r.observe(102, bund(1, heatmap.Calm))
		if a := m.all()[0]; len(m.all()) != 1 || a.Open() || a.PeakDensity != 6.6 {
			t.Errorf("the alarms are %+v", m.all())
		}
	})
}

// An alarm ends with its place, with its evening, and when that goes back to before it;
// not with the program.
func TestEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(r *replica)
		want alarm.Cause
	}{
		{"calm", func(r *replica) { r.observe(3600, bund(1, heatmap.Calm)) }, alarm.Calm},
		{"the place is removed", func(r *replica) { r.observe(3600, state("square", 1, heatmap.Calm)) }, alarm.Removed},
		{"all places are removed", func(r *replica) { r.source.Observe(frame(3600)) }, alarm.Removed},
		{"the evening goes back", func(r *replica) { r.observe(60, bund(1, heatmap.Calm)) }, alarm.Rewound},
		{"the evening begins anew", func(r *replica) {
			r.source = r.Open("bund-2019")
			r.observe(60, bund(1, heatmap.Calm))
			<-time.After(4 * time.Second) // until the store is asked
			r.observe(62, bund(1, heatmap.Calm))
		}, alarm.Rewound},
		{"the evening is stopped", func(r *replica) { r.source.Close() }, alarm.Stopped},
		{"the places are not known yet", func(r *replica) { r.source.Observe(&heatmap.Frame{Time: evening().Add(time.Hour)}) }, ""},
		{"the evening goes back a little", func(r *replica) { r.observe(3000-60, bund(1, heatmap.Calm)) }, ""},
		{"the program ends", func(r *replica) { r.stop() }, ""},
		{"the program ends, and the evening with it", func(r *replica) {
			r.end()
			r.source.Close()
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				r := run(t, m, "bund-2019")
				r.observe(3000, bund(2.1, heatmap.Watch))
				tt.end(r)
				synctest.Wait()
				a := m.all()[0]
				if a.Cause != tt.want || a.Open() != (tt.want == "") {
					t.Errorf("the alarm ended because %q, want %q: %+v", a.Cause, tt.want, a)
				}
				if !a.Open() && a.Ended.Before(a.Begun) {
					t.Errorf("it ended at %v, before it began at %v", a.Ended, a.Begun)
				}
			})
		})
	}
}

// What is told of an alarm has names for people, and null where nothing is known.
func TestAlarmAsJSON(t *testing.T) {
	a := alarm.Alarm{
		ID: "A-7", Run: "bund-2019", Place: "bund", Name: "外滩滨水区", NameEN: "Bund embankment",
		Level: heatmap.Watch, Highest: heatmap.Warn, Foreseen: evening().Add(time.Minute),
		Begun: evening(), Changed: evening().Add(time.Second), PeakDensity: 3.6, PeakDevices: 77_000,
		Acknowledgement: &alarm.Acknowledgement{At: evening(), By: "李", Note: "已派人", Level: heatmap.Warn}, Synthetic: true, Version: 3,
	}
	got, err := json.Marshal(&a)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"A-7","run":"bund-2019","place":"bund","name":"外滩滨水区","name_en":"Bund embankment",` +
		`"level":"watch","level_name":"关注","level_name_en":"Watch","highest":"warn","predicted":true,"foreseen_for":"2019-12-31T08:01:00Z",` +
		`"state":"open","begun":"2019-12-31T08:00:00Z","changed":"2019-12-31T08:00:01Z","ended":null,"cause":null,` +
		`"peak_density":3.6,"peak_devices":77000,"acknowledged":{"at":"2019-12-31T08:00:00Z","by":"李","note":"已派人","level":"warn"},` +
		`"acknowledged_by":"李","synthetic":true,"ver":3}`
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("JSON (-got +want):\n%s", diff)
	}
	fields := map[string]bool{}
	for _, p := range alarm.Describe().Fields {
		fields[p.Name] = true
	}
	var members map[string]any
	if err := json.Unmarshal(got, &members); err != nil {
		t.Fatal(err)
	}
	for name := range members {
		if name != "id" && name != "ver" && !fields[name] {
			t.Errorf("the stream does not tell %s", name)
		}
	}
}

// What the store did not take is told when it answers again, without another frame.
func TestWhatFailedIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, f := range []fault{away, unsure} {
			m := newMemory()
			r := run(t, m, "")
			r.observe(0, bund(2.1, heatmap.Watch))
			m.set(f)
			r.observe(2, bund(3.6, heatmap.Warn), bund(1, heatmap.Calm), bund(2.1, heatmap.Watch))
			<-time.After(5 * time.Second) // asked again, and failed
			m.set(none)
			<-time.After(5 * time.Second)
			synctest.Wait()
			wantTold(t, m, "begun watch", "raised warn", "ended calm", "begun watch")
			r.stop()
		}
	})
}
