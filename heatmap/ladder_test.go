package heatmap_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"yiping/heatmap"
)

func TestLadder(t *testing.T) {
	now := newYear()
	steps := []struct {
		after   time.Duration
		density float64
		want    heatmap.Level
	}{
		{0, 1.9, heatmap.Calm},
		{time.Second, 2, heatmap.Watch},
		{time.Second, 5.1, heatmap.Alarm}, // up at once, over levels
		{time.Second, 4.3, heatmap.Alarm}, // within the hysteresis
		{time.Second, 4.2, heatmap.Alarm}, // below it, but not for long
		{59 * time.Second, 4.2, heatmap.Alarm},
		{time.Second, 4.2, heatmap.Warn},
		{time.Second, 1, heatmap.Warn},
		{30 * time.Second, 3, heatmap.Warn}, // the minute begins anew
		{40 * time.Second, 1, heatmap.Warn},
		{60 * time.Second, 1, heatmap.Calm}, // down as far as it must
		{time.Second, 9, heatmap.Critical},
	}
	var l heatmap.Ladder
	for i, s := range steps {
		now = now.Add(s.after)
		if got := l.Step(now, s.density, heatmap.Moving); got != s.want {
			t.Errorf("step %d, density %v: %v, want %v", i, s.density, got, s.want)
		}
	}
	var standing heatmap.Ladder
	if got := standing.Step(now, 3.9, heatmap.Standing); got != heatmap.Watch {
		t.Errorf("people who stand are at %v with 3.9 per m², want watch", got)
	}
}

// Whatever the density, five per cent of noise change the level once at most.
func TestLadderDoesNotFlap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for density := 0.5; density < 8; density += 0.05 {
		var l heatmap.Ladder
		now, changes := newYear(), 0
		before := l.Step(now, density, heatmap.Moving)
		for range 2000 {
			now = now.Add(2 * time.Second)
			if got := l.Step(now, density*(0.95+0.1*r.Float64()), heatmap.Moving); got != before {
				before = got
				changes++
			}
		}
		if changes > 1 {
			t.Errorf("around %.2f per m² the level changed %d times", density, changes)
		}
	}
}

func TestAhead(t *testing.T) {
	var l heatmap.Ladder
	// 1,000 m² at 1.5 per m²; 500 people are missing, and one a second more comes than
	// goes.
	next, after, ok := l.Ahead(1500, 1000, 3, 2, heatmap.Moving)
	if !ok || next != heatmap.Watch || after != 500*time.Second {
		t.Errorf("%v after %v (%v), want watch after 500 s", next, after, ok)
	}
	if _, _, ok := l.Ahead(1500, 1000, 2.5, 2, heatmap.Moving); ok {
		t.Error("what is 1,000 s ahead is announced")
	}
	if _, _, ok := l.Ahead(1500, 1000, 2, 2, heatmap.Moving); ok {
		t.Error("a steady crowd is announced to grow")
	}
}
