package api

import (
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

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/heatmap"
	"yiping/heatmap/wire"
	"yiping/layers/api"
)

// Bounds of pings.
const (
	maxDevice   = 128
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
	rejects
}

// pings answers POST /heat/pings. What was read before a body broke off counts.
func (h *handlers) pings(w http.ResponseWriter, r *http.Request) error {
	f, err := readFeed(r)
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = "" // lines, as of who names no type
	}
	answer, err := h.Now.take(api.PatientBody(w, r, maxBody), f, kind == wire.ContentType)
	if err != nil {
		return fault(err, answer.Pings)
	}
	return api.WriteJSON(w, "application/json", answer)
}

// TakeMessage takes pings of real devices in WGS 84 that came as a message, as the body
// of POST /heat/pings in either form. Lines that are no pings are left out; the error
// says why the rest was not read.
func (r *Run) TakeMessage(data []byte) error {
	_, err := r.take(bytes.NewReader(data), feed{datum: geo.WGS84}, wire.Is(data))
	return err
}

// take takes a body of pings. What was read before a fault counts.
func (r *Run) take(body io.Reader, f feed, compact bool) (taken, error) {
	t := &taking{engine: r.Engine, feed: f, batch: make([]heatmap.Ping, 0, pingsAtOnce)}
	t.answer = taken{Outcomes: map[heatmap.Outcome]int{}, rejects: newRejects()}
	read := t.lines
	if compact {
		read = t.records
	}
	err := read(body)
	t.flush()
	return t.answer, err
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

// lines takes NDJSON.
func (t *taking) lines(body io.Reader) error {
	return readLines(body, func(n int, line []byte) {
		if p, err := t.feed.read(line); err != nil {
			t.answer.reject(n, err)
		} else {
			t.add(p)
		}
	})
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
				t.answer.reject(n+i, err)
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
