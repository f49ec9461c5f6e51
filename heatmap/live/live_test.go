package live_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/live"
	"yiping/stream/client"
)

// screen is a client that holds the cells of one resolution.
type screen struct {
	*client.Subscription

	conn       *client.Conn
	resolution int
	least      int
}

func look(t *testing.T, url string, q client.Query) *screen {
	t.Helper()
	c, err := client.Dial(t.Context(), url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s := &screen{Subscription: client.NewSubscription(q), conn: c}
	if err := c.Subscribe(s.Subscription); err != nil {
		t.Fatal(err)
	}
	return s
}

// until reads frames until something is so.
func (s *screen) until(t *testing.T, is func() bool) {
	t.Helper()
	for !is() {
		if _, err := s.conn.Next(); err != nil {
			t.Fatal(err)
		}
	}
}

// devices is the number of a row.
func devices(t *testing.T, row client.Row) int {
	t.Helper()
	var r struct{ N int }
	if err := row.Read(&r); err != nil {
		t.Fatal(err)
	}
	return r.N
}

// lonely is how many the client holds to be at the lonely place.
func (s *screen) lonely(t *testing.T) int {
	t.Helper()
	row, ok := s.Rows()[cell.At(lonely(), 11).Parent(s.resolution).String()]
	if !ok {
		return 0
	}
	return devices(t, row)
}

// cells are the numbers of devices that the client holds, by cell.
func (s *screen) cells(t *testing.T) map[cell.Cell]int {
	t.Helper()
	all := map[cell.Cell]int{}
	for k, row := range s.Rows() {
		c, err := cell.Parse(k)
		if err != nil {
			t.Fatal(err)
		}
		all[c] = devices(t, row)
	}
	return all
}

// want is what it must hold of a frame.
func (s *screen) want(f *heatmap.Frame) map[cell.Cell]int {
	all := map[cell.Cell]int{}
	b := s.Area.BBox
	bound := orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
	for _, h := range f.Cells(s.resolution) {
		if bound.Contains(h.Cell.Center()) && h.Devices >= s.least {
			all[h.Cell] = h.Devices
		}
	}
	return all
}

// Clients hold exactly the cells of the newest frame that lie in their area, of their
// resolution and by their filter, whatever vanishes from one frame to the next.
func TestClientsHoldTheNewestFrame(t *testing.T) {
	streams := live.New(heatmap.DefaultRules())
	e := newEvening(t, streams.Open("").Observe)
	url := serve(t, streams)
	wide, narrow := [4]float64{120.9, 30.7, 121.7, 31.4}, [4]float64{121.05, 30.75, 121.55, 31.25}
	var screens []*screen
	for _, s := range []struct {
		bbox       [4]float64
		resolution int
		lod, where string
		least      int
	}{
		{wide, 6, "h3:6", "", 0},
		{wide, 9, "h3:9", "", 0},
		{narrow, 10, "h3:10", "", 0},
		{narrow, 11, "h3:11", "", 0},
		{wide, 8, "h3:8", "n >= 30 and d > 0", 30},
	} {
		screen := look(t, url, client.Query{Stream: "heat", Area: client.Area{BBox: &s.bbox}, LOD: s.lod, Where: s.where})
		screen.resolution, screen.least = s.resolution, s.least
		screens = append(screens, screen)
	}
	compared := map[int]int{}
	for range 20 { // a client is told ten times a second
		for range 1 + e.r.IntN(3) { // some frames may be passed over
			e.step(true)
		}
		for i, s := range screens {
			s.until(t, func() bool { return s.lonely(t) == told(e.steps) })
			want := s.want(e.Frame())
			if diff := cmp.Diff(s.cells(t), want); diff != "" {
				t.Fatalf("screen %d after %d steps (-got +want):\n%s", i, e.steps, diff)
			}
			compared[i] += len(want)
		}
	}
	for i := range screens {
		if compared[i] < 25 { // the lonely one is in each frame
			t.Errorf("screen %d had %d cells to compare: the walk proves nothing", i, compared[i])
		}
	}
	var row struct {
		K         string
		Ver, T    int64
		Lon, Lat  float64
		N         int
		D         float32
		Synthetic bool
	}
	h := e.Frame().Cells(6)[0]
	got := screens[0].Rows()[h.Cell.String()]
	if err := json.Unmarshal(got.Raw, &row); err != nil {
		t.Fatal(err)
	}
	if row.D != float32(h.Density) || !row.Synthetic || row.T > e.now.UnixMilli() || row.Ver > int64(e.steps) {
		t.Errorf("the row is %s of %+v", got.Raw, h)
	}
}

// The stream of an evening is there as long as it is played; when it is played again,
// who watches it sees that instead.
func TestEveningsComeAndGo(t *testing.T) {
	streams := live.New(heatmap.DefaultRules())
	streams.Open("")
	url := serve(t, streams)
	q := client.Query{Stream: "heat@bund-2019", Area: client.Area{BBox: &[4]float64{120.9, 30.7, 121.7, 31.4}}, LOD: "h3:9"}
	conn, err := client.Dial(t.Context(), url, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	var refused *client.ServerError
	if err := conn.Subscribe(client.NewSubscription(q)); !errors.As(err, &refused) || refused.Code != "unknown_stream" {
		t.Fatalf("before it is played: %v", err)
	}
	first := streams.Open("bund-2019")
	e := newEvening(t, first.Observe)
	e.step(true)
	s := look(t, url, q)
	s.resolution = 9
	s.until(t, func() bool { return s.lonely(t) == told(e.steps) })
	epoch := s.Epoch()

	second := streams.Open("bund-2019")
	again := newEvening(t, second.Observe)
	for range 5 { // of which the first plays on for a moment
		e.step(true)
		again.step(true)
	}
	first.Close()
	again.step(true)
	s.until(t, func() bool { return s.Whole() && s.lonely(t) == told(again.steps) })
	if diff := cmp.Diff(s.cells(t), s.want(again.Frame())); diff != "" || s.Epoch() == epoch {
		t.Errorf("epoch %s after %s; cells (-got +want):\n%s", s.Epoch(), epoch, diff)
	}
	second.Close()
	for err = nil; err == nil; {
		_, err = s.conn.Next()
	}
	if !errors.As(err, &refused) || refused.Code != "unavailable" {
		t.Errorf("when it has ended: %v", err)
	}
	if n := len(streams.Tables()); n != 1 {
		t.Errorf("%d streams are left, want heat alone", n)
	}
}
