package replay_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/replay"
)

// few is the evening with few people, and its frames as they are told.
func few(t *testing.T) (s *replay.Scenario, open replay.Open, told func() []time.Time) {
	t.Helper()
	s, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Time
	open = func(_ *replay.Scenario, c heatmap.EngineConfig) (e *heatmap.Engine, closed func()) {
		c.Told = func(f *heatmap.Frame) { times = append(times, f.Time) }
		return heatmap.New(c), func() {}
	}
	return s.Scaled(0.001), open, func() []time.Time { return times }
}

// always is room for all.
func always(context.Context) error { return nil }

// playing has a player run until the test ends it.
func playing(t *testing.T, p *replay.Player) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, always) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// Time passes as fast as it is said to, at once after a change, and not at all at speed 0.
func TestSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, open, _ := few(t)
		p := replay.NewPlayer(s, 1, 60, open)
		defer playing(t, p)()
		for _, tt := range []struct {
			speed  float64
			passes time.Duration
			want   time.Duration // since the beginning
		}{
			{60, 10*time.Second + time.Millisecond, 10 * time.Minute},
			{0, time.Hour, 10 * time.Minute},
			{600, time.Second + time.Millisecond, 20 * time.Minute},
			{1, 20*time.Second + time.Millisecond, 20*time.Minute + 20*time.Second},
		} {
			p.SetSpeed(tt.speed)
			synctest.Wait()
			<-time.After(tt.passes)
			synctest.Wait()
			// What is due may be done at once after a stop.
			if got := p.Time().Sub(s.Begin); got < tt.want || got > tt.want+10*time.Second {
				t.Errorf("at speed %v it is at %v, want %v", tt.speed, got, tt.want)
			}
		}
	})
}

// Seeking forward takes no time, and all between is told, each frame once and in order.
func TestForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, open, told := few(t)
		p := replay.NewPlayer(s, 1, 0, open)
		end := playing(t, p)
		before := time.Now()
		if !p.Forward(3600) {
			t.Fatal("an hour ahead is refused")
		}
		synctest.Wait()
		if got := p.Time().Sub(s.Begin); got != time.Hour || !time.Now().Equal(before) || p.Seeking() {
			t.Errorf("it is at %v after %v", got, time.Since(before))
		}
		if p.Forward(3590) {
			t.Error("it goes back")
		}
		end()
		var want []time.Time
		for at := s.Begin; !at.After(s.Begin.Add(time.Hour)); at = at.Add(10 * time.Second) {
			want = append(want, at)
		}
		if diff := cmp.Diff(told(), want); diff != "" {
			t.Errorf("frames (-got +want):\n%s", diff)
		}
	})
}

// Without room nothing is played, and the fault of who waits for it ends the playing.
func TestNoRoom(t *testing.T) {
	s, open, told := few(t)
	p := replay.NewPlayer(s, 1, replay.MaxSpeed, open)
	fault := errors.New("full")
	if err := p.Run(t.Context(), func(context.Context) error { return fault }); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	if n := len(told()); n != 1 || !p.Time().Equal(s.Begin) {
		t.Errorf("%d frames were told, until %v", n, p.Time())
	}
}

// A replay that goes back plays what was before again, tells nobody of it, and has the same
// curve.
func TestBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, open, told := few(t)
		stage := replay.NewStage(replay.StageConfig{Scenarios: []*replay.Scenario{s}, Open: open})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- stage.Run(ctx) }()
		if _, err := stage.Start(t.Context(), s.ID, 1, 1); err != nil {
			t.Fatal(err)
		}
		to := func(hours int) *replay.Player {
			t.Helper()
			at, stand := s.Begin.Add(time.Duration(hours)*time.Hour), 0.0
			p, err := stage.Change(t.Context(), s.ID, replay.Change{At: &at, Speed: &stand})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if !p.Time().Equal(at) {
				t.Errorf("it is at %v, want %v", p.Time(), at)
			}
			return p
		}
		curve := to(3).Curve()
		n := len(told())
		if diff := cmp.Diff(to(2).Curve(), curve[:121]); diff != "" {
			t.Errorf("the curve after going back (-got +want):\n%s", diff)
		}
		if diff := cmp.Diff(told()[n:], []time.Time{s.Begin.Add(2 * time.Hour)}); diff != "" {
			t.Errorf("frames that are told of going back (-got +want):\n%s", diff)
		}
		if diff := cmp.Diff(to(3).Curve(), curve); diff != "" {
			t.Errorf("the curve after going on (-got +want):\n%s", diff)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
