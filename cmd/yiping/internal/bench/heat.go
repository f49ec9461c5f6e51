package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"yiping/geo/cell"
	"yiping/stream/client"
)

// Heat measures the heatmap of a server.
type Heat struct {
	HTTP     *Client
	Duration time.Duration
	Seed     uint64
}

// Pings measures how many pings the server takes over two connections, in bodies of n
// pings each. Times are of bodies.
func (h *Heat) Pings(ctx context.Context, name, contentType string, n int, body func(r *rand.Rand) []byte) (LiveResult, error) {
	const connections = 2
	r := rand.New(rand.NewPCG(h.Seed, 6))
	bodies := make([][]byte, 8)
	for i := range bodies {
		bodies[i] = body(r)
	}
	times := make([][]time.Duration, connections)
	start := time.Now()
	group, running := errgroup.WithContext(ctx)
	for i := range connections {
		group.Go(func() error {
			for n := i; n < connections || time.Since(start) < h.Duration; n++ {
				begun := time.Now()
				if err := h.HTTP.pings(running, contentType, bodies[n%len(bodies)]); err != nil {
					return err
				}
				times[i] = append(times[i], time.Since(begun))
			}
			return nil
		})
	}
	err := group.Wait()
	took := time.Since(start)
	result := Timed(name, slices.Concat(times...), 0)
	rate := float64(result.N*n) / took.Seconds()
	result.N, result.PerSecond = result.N*n, &rate
	return result, err
}

// pings sends a body of pings.
func (c *Client) pings(ctx context.Context, contentType string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/heat/pings?synthetic=true", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	var answer bytes.Buffer
	return c.send(req, &answer)
}

// probes is how many crowds PingToFrame sends, each to a cell of its own of a grid.
const (
	probes     = 100
	probesSide = 10
	probesStep = 0.01 // degrees
)

// probe is where a crowd is sent.
func probe(i int) orb.Point {
	return orb.Point{121 + probesStep*float64(i%probesSide), 30.9 + probesStep*float64(i/probesSide)}
}

// PingToFrame measures the time from before a crowd is sent until its cell, of the finest
// resolution, is decoded in a client of the stream heat. Crowds are sent at any time of a
// tick.
func (h *Heat) PingToFrame(ctx context.Context, finest int) (LiveResult, error) {
	box := orb.MultiPoint{probe(0), probe(probes - 1)}.Bound().Pad(probesStep / 2)
	s := client.NewSubscription(client.Query{
		Stream: "heat", Area: client.Area{BBox: &[4]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]}},
		LOD: fmt.Sprintf("h3:%d", finest), MaxObjects: maxAreaRows,
	})
	conn, err := open(ctx, h.HTTP.base, s)
	if err != nil {
		return LiveResult{}, err
	}
	w := newWaiting()
	followed := make(chan error, 1)
	go func() { followed <- w.follow(conn) }()
	r := rand.New(rand.NewPCG(h.Seed, 4))
	group, running := errgroup.WithContext(ctx)
	for i := range probes {
		wait := time.Duration(r.Float64() * float64(h.Duration))
		group.Go(func() error {
			if err := pause(running, wait); err != nil {
				return err
			}
			body := h.crowd(i)
			w.await(cell.At(probe(i), finest).String(), time.Now())
			return h.HTTP.pings(running, "application/x-ndjson", body)
		})
	}
	err = group.Wait()
	missing := 0
	if err == nil {
		missing = w.empty(ctx)
	}
	conn.Close()
	ended := <-followed
	if err != nil {
		return LiveResult{}, err
	}
	result := Timed("ping_to_frame", w.times, 0)
	if result.Errors = missing; missing > 0 && client.CloseCode(ended) > 0 {
		return result, ended // the server ended it: that is why they are missing
	}
	return result, ctx.Err()
}

// crowd is pings of now of as many devices as are told of, at a probe.
func (h *Heat) crowd(i int) []byte {
	const people = 12
	var body bytes.Buffer
	for n := range people {
		fmt.Fprintf(&body, "{\"device\":\"bench-%d-%d-%d\",\"t\":%d,\"lon\":%.6f,\"lat\":%.6f}\n",
			h.Seed, i, n, time.Now().UnixMilli(), probe(i)[0], probe(i)[1])
	}
	return body.Bytes()
}

// PlaceDay measures how long the minutes of a day of a place take, of days drawn by
// chance from so many that end at a time. A day without all of its minutes is an error.
func (h *Heat) PlaceDay(ctx context.Context, run, place string, end time.Time, days int) (LiveResult, error) {
	const fewest, minutesOfDay = 20, 24 * 60
	r := rand.New(rand.NewPCG(h.Seed, 5))
	var times []time.Duration
	wrong := 0
	for begun := time.Now(); len(times) < fewest || time.Since(begun) < h.Duration; {
		from := end.Add(-time.Duration(1+r.IntN(days)) * 24 * time.Hour)
		query := url.Values{"run": {run}, "from": {from.Format(time.RFC3339)}, "to": {from.Add((minutesOfDay - 1) * time.Minute).Format(time.RFC3339)}}
		var day struct{ Minutes []struct{ T time.Time } }
		start := time.Now()
		if err := h.HTTP.JSON(ctx, "/heat/places/"+url.PathEscape(place)+"/minutes", query, &day); err != nil {
			return LiveResult{}, err
		}
		times = append(times, time.Since(start))
		if len(day.Minutes) != minutesOfDay {
			wrong++
		}
	}
	result := Timed("place_day", times, 0)
	result.Errors = wrong
	return result, nil
}
