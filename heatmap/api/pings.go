package api

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/heatmap"
	"yiping/heatmap/wire"
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
	t := &taking{engine: h.Now.Engine, feed: f, batch: make([]heatmap.Ping, 0, pingsAtOnce)}
	t.answer = taken{Outcomes: map[heatmap.Outcome]int{}, Rejected: []rejected{}}
	body := api.PatientBody(w, r, maxBody)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == wire.ContentType {
		err = t.records(body)
	} else {
		err = t.lines(body)
	}
	t.flush()
	if err != nil {
		return fault(err, t.answer.Pings)
	}
	return api.WriteJSON(w, "application/json", t.answer)
}

// taking gathers the pings of a body.
type taking struct {
	engine *heatmap.Engine
	feed   feed
	batch  []heatmap.Ping
	answer taken
}

func (t *taking) add(p heatmap.Ping) {
	if t.batch = append(t.batch, p); len(t.batch) == pingsAtOnce {
		t.flush()
	}
}

func (t *taking) flush() {
	for o, n := range t.engine.Take(t.batch, t.feed.synthetic) {
		t.answer.Outcomes[o] += n
	}
	t.answer.Pings += len(t.batch)
	t.batch = t.batch[:0]
}

// reject notes that a line or record, counted from 1, is no ping.
func (t *taking) reject(n int, err error) {
	t.answer.RejectedCount++
	if len(t.answer.Rejected) < maxReasons {
		t.answer.Rejected = append(t.answer.Rejected, rejected{n, err.Error()})
	}
}

// lines takes NDJSON.
func (t *taking) lines(body io.Reader) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, maxLine), maxLine)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if p, err := t.feed.read(line); err != nil {
			t.reject(n, err)
		} else {
			t.add(p)
		}
	}
	return lines.Err()
}

// records takes the compact form. A device is that whose name in NDJSON is its number
// in 16 hexadecimal digits.
func (t *taking) records(body io.Reader) error {
	in, some := wire.NewReader(body), make([]wire.Record, pingsAtOnce)
	names := make([]byte, 0, pingsAtOnce*nameDigits)
	for n := 1; ; {
		read, err := in.Read(some)
		names = names[:0]
		for i := range some[:read] {
			names = appendName(names, some[i].Device)
		}
		all := string(names) // one allocation for all
		for i := range some[:read] {
			r := &some[i]
			if err := r.Fault(); err != nil {
				t.reject(n+i, err)
				continue
			}
			t.add(heatmap.Ping{
				Device: all[i*nameDigits:][:nameDigits], Time: r.Time,
				Place: t.feed.datum.ToWGS84(r.Place), Accuracy: float64(r.Accuracy),
			})
		}
		n += read
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// nameDigits is the length of the name of a device that has a number.
const nameDigits = 16

func appendName(b []byte, device uint64) []byte {
	var raw [nameDigits / 2]byte
	binary.BigEndian.PutUint64(raw[:], device)
	return hex.AppendEncode(b, raw[:])
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
	case errors.Is(err, wire.ErrHead) || errors.Is(err, wire.ErrKept) || errors.Is(err, wire.ErrShort):
		reason = err.Error()
	}
	return layers.InputErrorf("body", "%s; %d pings before that were taken", reason, pings)
}

// ping is a line.
type ping struct {
	Device   string   `json:"device"`
	Time     instant  `json:"t"`
	Lon      *float64 `json:"lon"`
	Lat      *float64 `json:"lat"`
	Accuracy float64  `json:"accuracy"`
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
	if p.Time.IsZero() {
		return heatmap.Ping{}, errTime
	}
	return heatmap.Ping{
		Device: p.Device, Time: p.Time.Time, Accuracy: p.Accuracy,
		Place: f.datum.ToWGS84(orb.Point{*p.Lon, *p.Lat}),
	}, nil
}

// instant is written as Unix milliseconds or as RFC 3339.
type instant struct{ time.Time }

var errTime = errors.New("t: want Unix milliseconds or RFC 3339")

// UnmarshalJSON reads either.
func (i *instant) UnmarshalJSON(raw []byte) error {
	if ms, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		i.Time = time.UnixMilli(ms)
		return nil
	}
	if raw[0] != '"' || i.Time.UnmarshalJSON(raw) != nil {
		return errTime
	}
	return nil
}
