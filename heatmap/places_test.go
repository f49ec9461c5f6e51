package heatmap_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
)

// Places come, change and go while people are there: who keeps the outline keeps its
// count and its level, another outline begins with who pings from then on.
func TestSetPlaces(t *testing.T) {
	now := newYear()
	rules := heatmap.DefaultRules()
	e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
	if e.Frame().Places != nil {
		t.Error("places that are not known are told")
	}
	ping := func(n int) {
		all := make([]heatmap.Ping, n)
		for i := range all {
			all[i] = heatmap.Ping{Device: fmt.Sprint(i), Time: now, Place: orb.Point{121.486, 31.241}}
		}
		e.Take(all, false)
	}
	tick := func() []heatmap.PlaceState {
		now = now.Add(heatmap.DefaultSlot)
		e.Tick()
		return e.Frame().Places
	}
	ping(100)
	small := square()
	small.Usable = 20
	e.SetPlaces([]heatmap.Place{small})
	if s := tick(); len(s) != 1 || s[0].Devices != 0 || !s[0].Since.Equal(newYear()) {
		t.Errorf("who has pinged before counts: %+v", s)
	}
	ping(100)
	if s := tick(); s[0].Devices != 100 || s[0].Level != heatmap.Alarm {
		t.Errorf("%d devices at level %v, want 100 at alarm", s[0].Devices, s[0].Level)
	}
	before := e.Frame()
	renamed, north := small, square()
	renamed.Name, renamed.Usable = "广场", 40
	north.ID = "north"
	e.SetPlaces([]heatmap.Place{north, renamed})
	s := tick()
	if len(s) != 2 || s[0].ID != "north" || s[0].Devices != 0 || s[1].Devices != 100 || s[1].Density != 2.5 || s[1].Name != "广场" || s[1].Visits != 100 {
		t.Errorf("places are %+v", s)
	}
	if s[1].Level != heatmap.Alarm {
		t.Errorf("the level is %v: it goes down after a minute, not by an edit", s[1].Level)
	}
	if p := before.Places[0]; p.Name != "" || p.Usable != 20 {
		t.Errorf("a frame that was told has changed: %+v", p.Place)
	}
	moved := renamed
	moved.Outline = orb.MultiPolygon{{{{121.4855, 31.2405}, {121.4865, 31.2405}, {121.4865, 31.2415}, {121.4855, 31.2405}}}}
	e.SetPlaces([]heatmap.Place{moved})
	if s := tick(); len(s) != 1 || s[0].Devices != 0 || s[0].Since.Equal(newYear()) {
		t.Errorf("another outline keeps the count: %+v", s)
	}
	e.SetPlaces(nil)
	if s := tick(); s == nil || len(s) != 0 {
		t.Errorf("without places there are %+v", s)
	}
}
