package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// Population is things that live and report, numbered from 0.
type Population interface {
	// Stream is the one that they report to.
	Stream() string
	Len() int
	// Advance lets thing i live on for a while.
	Advance(i int, while time.Duration)
	// Report is what thing i reports, to be encoded as JSON.
	Report(i int, at time.Time) any
}

// Reporter takes what things report: a line of JSON each. The error says that all
// of it was lost, and is for the log: reporting goes on.
type Reporter interface {
	Report(ctx context.Context, stream string, lines []byte) (Outcome, error)
}

// Outcome is what became of reports.
type Outcome struct {
	Accepted  int `json:"accepted"`
	Late      int `json:"late"`
	Duplicate int `json:"duplicate"`
	Rejected  int `json:"rejected_count"`
	// Faults are the first of those rejected.
	Faults []Fault `json:"rejected"`
}

// Fault is why a report was rejected.
type Fault struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Crowd is a population and how often each of it reports.
type Crowd struct {
	Population
	// Every is the time between two reports of one thing.
	Every time.Duration
}

// Config is what Run works with.
type Config struct {
	Crowds   []Crowd
	Reporter Reporter
	// Duration ends Run; 0 is never.
	Duration time.Duration
	// Log hears of faults, and in the end of what was done; also Every so often, if
	// that is not 0.
	Log   *slog.Logger
	Every time.Duration
	// Done, if not nil, is told of each batch.
	Done func(stream string, o Outcome)
}

// Run lets crowds live and report until ctx is done or the duration is over, and
// returns nil then. Things do not all report at once, but one after the other: a
// tenth of them at each tenth of the time.
//
// Where the reporter is too slow, the crowds wait for it: their clock stands still
// meanwhile, so that nobody is farther than it can have driven.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Duration > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, cfg.Duration)
		defer stop()
	}
	ended := make(chan struct{})
	for _, c := range cfg.Crowds {
		go func() {
			defer func() { ended <- struct{}{} }()
			newPacer(cfg, c).run(ctx)
		}()
	}
	for range cfg.Crowds {
		<-ended
	}
	return nil
}

// turns is into how many parts a crowd is divided that report together.
const turns = 10

// pacer lets one crowd live.
type pacer struct {
	Config
	crowd  Crowd
	buffer bytes.Buffer
	// clock is the crowd's: it never runs faster than ours.
	clock time.Time
	sums  Outcome
	lost  int
	told  time.Time
}

func newPacer(cfg Config, c Crowd) *pacer {
	return &pacer{Config: cfg, crowd: c, told: time.Now()}
}

func (p *pacer) run(ctx context.Context) {
	ticks := time.NewTicker(p.crowd.Every / turns)
	defer ticks.Stop()
	for turn := 0; ; turn = (turn + 1) % turns {
		select {
		case <-ctx.Done():
			p.tell()
			return
		case at := <-ticks.C:
			p.turn(ctx, turn, p.pass(at))
		}
		if p.Every > 0 && time.Since(p.told) >= p.Every {
			p.tell()
		}
	}
}

// pass sets the crowd's clock a turn on. If that is behind ours, because the
// reporter was slow, a tenth of it is made up, which only makes everybody seem
// slower; more than a round at once.
func (p *pacer) pass(now time.Time) time.Time {
	next := p.clock.Add(p.crowd.Every / turns)
	behind := now.Sub(next)
	switch {
	case p.clock.IsZero() || behind > p.crowd.Every:
		next = now
	case behind > 0:
		next = next.Add(behind / 10)
	}
	p.clock = next
	return next
}

// turn advances one part of the crowd and reports it.
func (p *pacer) turn(ctx context.Context, turn int, at time.Time) {
	p.buffer.Reset()
	n := 0
	encoder := json.NewEncoder(&p.buffer)
	for i := turn; i < p.crowd.Len(); i += turns {
		p.crowd.Advance(i, p.crowd.Every)
		if err := encoder.Encode(p.crowd.Report(i, at)); err != nil {
			p.Log.Error("a report cannot be written as JSON", "stream", p.crowd.Stream(), "error", err)
			return
		}
		n++
	}
	if n == 0 {
		return
	}
	o, err := p.Reporter.Report(ctx, p.crowd.Stream(), p.buffer.Bytes())
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		if p.lost == 0 { // said once, and counted from then on
			p.Log.Warn("reports are lost", "stream", p.crowd.Stream(), "error", err)
		}
		p.lost += n
		return
	case len(o.Faults) > 0 && p.sums.Rejected == 0:
		p.Log.Warn("reports are rejected", "stream", p.crowd.Stream(), "line", o.Faults[0].Line, "reason", o.Faults[0].Reason)
	}
	p.sums.Accepted += o.Accepted
	p.sums.Late += o.Late
	p.sums.Duplicate += o.Duplicate
	p.sums.Rejected += o.Rejected
	if p.Done != nil {
		p.Done(p.crowd.Stream(), o)
	}
}

// tell says what became of the reports since it was last said.
func (p *pacer) tell() {
	p.Log.Info("reported", "stream", p.crowd.Stream(), "seconds", fmt.Sprintf("%.0f", time.Since(p.told).Seconds()),
		"accepted", p.sums.Accepted, "late", p.sums.Late, "duplicate", p.sums.Duplicate, "rejected", p.sums.Rejected, "lost", p.lost)
	p.told, p.sums, p.lost = time.Now(), Outcome{}, 0
}
