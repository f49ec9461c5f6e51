package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressInterval is how often a bar is drawn.
const progressInterval = 100 * time.Millisecond

// newProgress is a bar on a terminal and nothing elsewhere, where finished steps
// are logged as lines instead. A total of -1 is unknown.
func newProgress(total int64, title, unit string) *progressbar.ProgressBar {
	var out io.Writer = os.Stderr
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		out = io.Discard
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(out),
		progressbar.OptionSetDescription(title),
		progressbar.OptionSetItsString(unit),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(progressInterval),
		// No spinner turns by itself: the library's goroutine for that reads what Add
		// writes, and outlives a bar that is not finished.
		progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionClearOnFinish(),
	)
}

// quietly keeps log lines off a terminal that a bar is drawn on.
func quietly(log *slog.Logger, step func(*slog.Logger)) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		step(log)
	}
}
