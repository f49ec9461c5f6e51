package heatmap_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
)

// crowd is devices at the Bund.
func crowd(n int, at time.Time) []heatmap.Ping {
	all := make([]heatmap.Ping, n)
	for i := range all {
		all[i] = heatmap.Ping{Device: fmt.Sprint(i), Time: at, Place: orb.Point{121.4905, 31.2397}}
	}
	return all
}

// The key of the names changes at 4 o'clock in Shanghai and at no other time: who was
// there before counts twice until it is forgotten.
func TestNamesChangeDaily(t *testing.T) {
	now := time.Date(2019, 12, 31, 15, 55, 0, 0, time.UTC) // 23:55 in Shanghai
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
	for _, tt := range []struct {
		clock string
		want  int
	}{
		{"2019-12-31T23:55:00+08:00", 20},
		{"2020-01-01T00:01:00+08:00", 20},
		{"2020-01-01T03:56:00+08:00", 20},
		{"2020-01-01T04:01:00+08:00", 40},
		{"2020-01-01T04:05:00+08:00", 40},
		{"2020-01-01T04:10:00+08:00", 20},
	} {
		at, err := time.Parse(time.RFC3339, tt.clock)
		if err != nil {
			t.Fatal(err)
		}
		now = at
		e.Take(crowd(20, at), false)
		e.Tick()
		if got := e.Frame().Devices; got != tt.want {
			t.Errorf("at %s %d devices are there, want %d", tt.clock, got, tt.want)
		}
	}
}

// Frames are made at their tick and at no other time, and say what was made up.
func TestRunMakesFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules()})
		go func() {
			if err := e.Run(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		e.Take(crowd(20, time.Now()), true)
		if got := e.Frame().Devices; got != 0 {
			t.Errorf("%d devices are told before the tick", got)
		}
		<-time.After(e.Rules().Tick)
		synctest.Wait()
		if f := e.Frame(); f.Devices != 20 || !f.Synthetic {
			t.Errorf("the frame has %d devices (synthetic %v), want 20 (true)", f.Devices, f.Synthetic)
		}
		<-time.After(e.Rules().TTL + e.Rules().Tick)
		synctest.Wait()
		if f := e.Frame(); f.Devices != 0 || f.Synthetic {
			t.Errorf("the frame has %d devices (synthetic %v) that have not been heard of", f.Devices, f.Synthetic)
		}
	})
}
