package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/heatmap"
	"yiping/layers"
	"yiping/layers/api"
)

// Bounds of a body of pings.
const (
	maxLine     = 4 << 10
	maxBody     = 64 << 20
	maxDevice   = 128
	maxReasons  = 100
	pingsAtOnce = 1000
)

// feed is what a body says of all its pings.
type feed struct {
	datum     geo.Datum
	synthetic bool
}

func readFeed(r *http.Request) (feed, error) {
	values, err := api.ReadQuery(r, "datum", "synthetic")
	if err != nil {
		return feed{}, err
	}
	var f feed
	if f.datum, err = api.ReadDatum(values); err != nil {
		return f, err
	}
	f.synthetic, err = api.ReadFlag(values, "synthetic")
	return f, err
}

// taken is the answer to a body of pings.
type taken struct {
	// Pings is the lines that were pings, Outcomes what became of them.
	Pings    int                     `json:"pings"`
	Outcomes map[heatmap.Outcome]int `json:"outcomes"`
	// RejectedCount is the lines that were none, Rejected says why of the first.
	RejectedCount int        `json:"rejected_count"`
	Rejected      []rejected `json:"rejected"`
}

type rejected struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// pings answers POST /heat/pings. What was read before a body broke off counts.
func (h *handlers) pings(w http.ResponseWriter, r *http.Request) error {
	f, err := readFeed(r)
	if err != nil {
		return err
	}
	answer := taken{Outcomes: map[heatmap.Outcome]int{}, Rejected: []rejected{}}
	lines := bufio.NewScanner(api.PatientBody(w, r, maxBody))
	lines.Buffer(make([]byte, maxLine), maxLine)
	batch := make([]heatmap.Ping, 0, pingsAtOnce)
	take := func() {
		for o, n := range h.Now.Engine.Take(batch, f.synthetic) {
			answer.Outcomes[o] += n
		}
		answer.Pings += len(batch)
		batch = batch[:0]
	}
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		p, err := f.read(line)
		if err != nil {
			answer.RejectedCount++
			if len(answer.Rejected) < maxReasons {
				answer.Rejected = append(answer.Rejected, rejected{n, err.Error()})
			}
			continue
		}
		if batch = append(batch, p); len(batch) == pingsAtOnce {
			take()
		}
	}
	take()
	if err := lines.Err(); err != nil {
		return fault(err, answer.Pings)
	}
	return api.WriteJSON(w, "application/json", answer)
}

// fault says why a body was not read to its end.
func fault(err error, pings int) error {
	reason := "broke off"
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		reason = fmt.Sprintf("has more than %d bytes", large.Limit)
	case errors.Is(err, bufio.ErrTooLong):
		reason = fmt.Sprintf("has a line of more than %d bytes", maxLine)
	}
	return layers.InputErrorf("body", "%s; %d pings before that were taken", reason, pings)
}

// ping is a line.
type ping struct {
	Device   string          `json:"device"`
	Time     json.RawMessage `json:"t"`
	Lon      *float64        `json:"lon"`
	Lat      *float64        `json:"lat"`
	Accuracy float64         `json:"accuracy"`
}

func (f feed) read(line []byte) (heatmap.Ping, error) {
	var p ping
	if err := json.Unmarshal(line, &p); err != nil {
		return heatmap.Ping{}, fmt.Errorf("not a ping: %w", err)
	}
	switch {
	case p.Device == "" || len(p.Device) > maxDevice:
		return heatmap.Ping{}, fmt.Errorf("device: want 1 to %d bytes", maxDevice)
	case p.Lon == nil || p.Lat == nil || math.Abs(*p.Lon) > 180 || math.Abs(*p.Lat) > 90:
		return heatmap.Ping{}, errors.New("lon, lat: want degrees")
	case p.Accuracy < 0:
		return heatmap.Ping{}, errors.New("accuracy: want metres")
	}
	at, err := readTime(p.Time)
	if err != nil {
		return heatmap.Ping{}, err
	}
	return heatmap.Ping{
		Device: p.Device, Time: at, Accuracy: p.Accuracy,
		Place: f.datum.ToWGS84(orb.Point{*p.Lon, *p.Lat}),
	}, nil
}

// readTime reads Unix milliseconds or RFC 3339.
func readTime(raw json.RawMessage) (time.Time, error) {
	var ms int64
	if json.Unmarshal(raw, &ms) == nil {
		return time.UnixMilli(ms), nil
	}
	var at time.Time
	if err := json.Unmarshal(raw, &at); err != nil {
		return at, errors.New("t: want Unix milliseconds or RFC 3339")
	}
	return at, nil
}
