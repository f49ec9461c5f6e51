package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// besideService runs this program's service on a database that is open, as a
// process of its own, so that what it uses can be told from what the measurement
// does. It serves on a free port of loopback until f returns.
func besideService(ctx context.Context, g *Globals, db *database, log *slog.Logger, f func(url string) error) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(running, program, "--data", g.Data, "--db", db.url, "--log-json", "serve", "--listen", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * drainTimeout
	lines, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	serving := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		relay(lines, log, serving)
	}()
	defer func() {
		stop()
		<-read // before Wait, which closes the pipe
		if ended := cmd.Wait(); ended != nil && !errors.Is(ended, context.Canceled) {
			log.Warn("the service that was measured did not end well", "error", ended) // the figures stand
		}
	}()
	select {
	case url := <-serving:
		if err := awaitReady(ctx, url); err != nil {
			return err
		}
		return f(url)
	case <-read:
		return errors.New("the service that is to be measured ended before it served")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// relay logs what a service warns of, and tells the address that it serves at.
func relay(lines io.Reader, log *slog.Logger, serving chan<- string) {
	scanner := bufio.NewScanner(lines)
	for scanner.Scan() {
		var line struct{ Level, Msg, URL, Error string }
		if json.Unmarshal(scanner.Bytes(), &line) != nil {
			log.Warn("the service says", "text", scanner.Text())
			continue
		}
		switch {
		case line.Msg == "serving" && line.URL != "":
			serving <- strings.TrimSuffix(line.URL, "/")
		case line.Level != slog.LevelInfo.String() && line.Level != slog.LevelDebug.String():
			log.Warn("the service warns", "message", line.Msg, "error", line.Error)
		}
	}
}
