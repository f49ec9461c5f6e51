package alarm_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	"yiping/heatmap/replay"
)

// The evening at the Bund has one alarm, which climbs the ladder and comes down step
// by step, each once. Its warning is announced for more than ten minutes without a
// break before it comes.
func TestEvening(t *testing.T) {
	s, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	var frames []*heatmap.Frame // without their cells
	p := replay.NewPlayer(s.Scaled(0.01), 1, 60, func(_ *replay.Scenario, c heatmap.EngineConfig) (*heatmap.Engine, func()) {
		c.Told = func(f *heatmap.Frame) {
			frames = append(frames, &heatmap.Frame{Time: f.Time, Synthetic: f.Synthetic, Places: f.Places})
		}
		return heatmap.New(c), func() {}
	})
	for !p.Done() {
		p.Step()
	}
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		r := run(t, m, s.ID)
		for _, f := range frames {
			r.source.Observe(f)
			synctest.Wait()
		}
		var steps []string
		var foreseen, warned time.Time
		for _, e := range m.happened() {
			switch e.Kind {
			case alarm.Begun, alarm.Raised, alarm.Lowered, alarm.Ended:
				steps = append(steps, fmt.Sprint(e.Alarm.ID, " ", e.Alarm.Place, " ", e.Kind, " ", e.Alarm.Level))
			case alarm.Unforeseen:
				foreseen = time.Time{}
			case alarm.Foreseen:
				if foreseen.IsZero() {
					foreseen = e.Alarm.Changed
				}
			case alarm.Grown, alarm.Acknowledged:
			}
			if e.Kind == alarm.Raised {
				warned = e.Alarm.Changed
				t.Logf("warn at %v, foreseen since %v", warned, foreseen)
				if foreseen.IsZero() || warned.Sub(foreseen) < 10*time.Minute {
					t.Errorf("the warning of %v was foreseen since %v", warned, foreseen)
				}
			}
		}
		want := []string{"A-1 bund begun watch", "A-1 bund raised warn", "A-1 bund lowered watch", "A-1 bund ended calm"}
		if diff := cmp.Diff(steps, want); diff != "" {
			t.Errorf("steps (-got +want):\n%s", diff)
		}
		if a := m.all()[0]; a.Highest != heatmap.Warn || !a.Synthetic || a.PeakDensity < 3.5 || a.Cause != alarm.Calm {
			t.Errorf("the alarm is %+v", a)
		}
		if n := len(m.happened()); n > 60 {
			t.Errorf("%d events of one alarm are too many to read", n)
		}
	})
}
