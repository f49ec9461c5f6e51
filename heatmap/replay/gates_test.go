package replay_test

import (
	"testing"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/counter"
	"yiping/heatmap/replay"
)

// The gates of an evening, here until 20:00, count everybody who comes and goes: their
// balance is who is there, who came by them are the visits, and the factor that they
// give is about one person a device.
func TestGates(t *testing.T) {
	s, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	s = s.Scaled(0.02)
	book := counter.New(counter.Config{})
	in, out, made := 0, 0, true
	p := replay.NewPlayer(s, 1, 60, func(_ *replay.Scenario, c heatmap.EngineConfig) (*heatmap.Engine, func()) {
		c.Tallied = func(now time.Time, all []heatmap.Tally) {
			for _, one := range all {
				in, out, made = in+one.In, out+one.Out, made && one.Made
			}
			book.Hear(now, all)
		}
		c.Told = book.Observe
		return heatmap.New(c), func() {}
	})
	measured := 0
	for p.Time().Before(s.Begin.Add(4 * time.Hour)) {
		p.Step()
		f := p.Engine.Frame()
		core := &f.Places[0]
		if f.Time.Before(s.Begin) {
			continue
		}
		people := book.People(core, f.Time)
		// Devices are noticed up to an interval after people.
		if off := core.Devices - (in - out); off < -300 || off > 300 {
			t.Fatalf("at %v %d devices are there, and %d people by the gates", f.Time, core.Devices, in-out)
		}
		if n := in - out; people.Low > n || people.High < n-10 || len(people.Sources) != 2 {
			t.Fatalf("at %v there are %+v, and %d by the gates", f.Time, people, n)
		}
		if people.Factor.Measured {
			measured++
			if f := people.Factor; f.Mid < 0.9 || f.Mid > 1.1 || f.High-f.Low > 0.6 {
				t.Fatalf("at %v the factor is %+v", p.Time(), f)
			}
		}
	}
	if off := in - p.Engine.Frame().Places[0].Visits; off < -300 || off > 300 || !made {
		t.Errorf("%d came by the gates, of %d visits (synthetic %v)", in, p.Engine.Frame().Places[0].Visits, made)
	}
	if measured < 6*60*2 {
		t.Errorf("the factor is measured at %d steps alone", measured)
	}
}
