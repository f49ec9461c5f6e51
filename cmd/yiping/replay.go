package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"yiping/heatmap/replay"
)

type replayCommand struct {
	ID    string  `arg:"" help:"Which evening: bund-2019."`
	Speed float64 `help:"Seconds of the evening in a second, 1 to 600." default:"60"`
	Seed  uint64  `help:"Decides who comes when and goes where." default:"0"`
	URL   string  `help:"The service that plays it." default:"http://127.0.0.1:8080" placeholder:"URL"`
}

// replayPoll is how often the command asks how the evening stands.
const replayPoll = 2 * time.Second

// Run has a running service play an evening, and tells how it goes until its end.
func (c *replayCommand) Run(ctx context.Context) error {
	address := strings.TrimSuffix(c.URL, "/") + "/heat/replays/" + c.ID
	body, err := json.Marshal(map[string]any{"speed": c.Speed, "seed": c.Seed})
	if err != nil {
		return err
	}
	var state struct{ State, Title string }
	if err := call(ctx, http.MethodPut, address, body, &state); err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "%s\n", state.Title)
	told := time.Time{}
	var all struct{ Replays []struct{ ID, State string } }
	for {
		var curve struct{ Minutes []replay.Minute }
		if err := call(ctx, http.MethodGet, address+"/curve", nil, &curve); err != nil {
			return err
		}
		for _, m := range curve.Minutes {
			if m.Time.After(told) && m.Time.Minute()%10 == 0 {
				fmt.Fprintf(os.Stdout, "%s  %6d here  %7d visits  %s%s\n", m.Time.Format("15:04"), m.People, m.Visits, m.Level, foreseen(m))
				told = m.Time
			}
		}
		if err := call(ctx, http.MethodGet, strings.TrimSuffix(address, "/"+c.ID), nil, &all); err != nil {
			return err
		}
		for _, r := range all.Replays {
			if r.ID == c.ID && r.State == "done" {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(replayPoll):
		}
	}
}

// foreseen is what a minute foresaw.
func foreseen(m replay.Minute) string {
	if m.Next == m.Level {
		return ""
	}
	return ", " + m.Next + " within ten minutes"
}

// call asks a service for JSON.
func call(ctx context.Context, method, address string, body []byte, into any) (err error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask the service: %w; is it running?", err)
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, address, res.Status, bytes.TrimSpace(data))
	}
	return json.Unmarshal(data, into)
}
