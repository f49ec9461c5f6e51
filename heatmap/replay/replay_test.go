package replay_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"yiping/heatmap/replay"
)

// scale is the part of the crowd that is played: all of it with
// YIPING_REPLAY_SCALE=1 (make test/replay), which takes half a minute.
func scale(t *testing.T) float64 {
	t.Helper()
	text := os.Getenv("YIPING_REPLAY_SCALE")
	if text == "" {
		return 0.02
	}
	by, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// The evening has the numbers that were published: 420,000 visitors, 77,000 at once
// within two per cent, at most ten minutes from midnight; the ladder climbs, and its
// warning was foreseen.
func TestBund2019(t *testing.T) {
	s, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	by := scale(t)
	s = s.Scaled(by)
	p := replay.NewPlayer(s, 1, 60, replay.OpenEngine)
	for !p.Done() {
		p.Step()
	}
	peak := replay.Minute{}
	foreseen, warned := time.Time{}, time.Time{}
	for _, m := range p.Curve() {
		if m.People > peak.People {
			peak = m
		}
		if m.Next == "warn" && m.Level == "watch" && foreseen.IsZero() {
			foreseen = m.Time
		}
		if m.Level == "warn" && warned.IsZero() {
			warned = m.Time
		}
	}
	t.Logf("peak %+v, warn at %v, foreseen at %v", peak, warned, foreseen)
	last := p.Curve()[len(p.Curve())-1]
	if want := int(420_000 * by); last.Visits != want {
		t.Errorf("%d visits, want %d", last.Visits, want)
	}
	if want := 77_000 * by; float64(peak.People) < 0.98*want || float64(peak.People) > 1.02*want {
		t.Errorf("at most %d people at once, want %v", peak.People, want)
	}
	midnight := time.Date(2019, 12, 31, 16, 0, 0, 0, time.UTC)
	if d := peak.Time.Sub(midnight).Abs(); d > 10*time.Minute {
		t.Errorf("the peak is %v from midnight", d)
	}
	if warned.IsZero() || foreseen.IsZero() || warned.Sub(foreseen) < 10*time.Minute {
		t.Errorf("warning at %v, foreseen at %v: want ten minutes between", warned, foreseen)
	}
}
