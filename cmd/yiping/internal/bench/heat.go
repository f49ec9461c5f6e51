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

	"golang.org/x/sync/errgroup"
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

// PingToFrame measures the time from before a crowd is sent until a client that asks
// without a pause has a frame with its cell. Each crowd is at a place of its own;
// they are sent at any time of a tick.
func (h *Heat) PingToFrame(ctx context.Context) (LiveResult, error) {
	const probes, people, askEvery = 100, 12, 20 * time.Millisecond
	times := make([]time.Duration, probes)
	group, running := errgroup.WithContext(ctx)
	r := rand.New(rand.NewPCG(h.Seed, 4))
	for i := range probes {
		wait := time.Duration(r.Float64() * float64(h.Duration))
		lon, lat := 121.0+0.01*float64(i%10), 30.9+0.01*float64(i/10)
		group.Go(func() error {
			if err := pause(running, wait); err != nil {
				return err
			}
			var body bytes.Buffer
			for n := range people {
				fmt.Fprintf(&body, "{\"device\":\"bench-%d-%d-%d\",\"t\":%d,\"lon\":%.6f,\"lat\":%.6f}\n", h.Seed, i, n, time.Now().UnixMilli(), lon, lat)
			}
			box := url.Values{"bbox": {fmt.Sprintf("%.4f,%.4f,%.4f,%.4f", lon-0.002, lat-0.002, lon+0.002, lat+0.002)}}
			begun := time.Now()
			if err := h.HTTP.pings(running, "application/x-ndjson", body.Bytes()); err != nil {
				return err
			}
			for {
				var frame struct{ Cells []struct{ Devices int } }
				if err := h.HTTP.JSON(running, "/heat/11", box, &frame); err != nil {
					return err
				}
				if len(frame.Cells) > 0 {
					times[i] = time.Since(begun)
					return nil
				}
				if err := pause(running, askEvery); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return LiveResult{}, err
	}
	return Timed("ping_to_frame", times, 0), nil
}
