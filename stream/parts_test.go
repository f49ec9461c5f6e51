package stream_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/stream"
)

// The bbox for a camera of a screen of 1920 × 1080 holds it, and is not much larger.
func TestSnap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var ratios []float64
	for range 2000 {
		zoom := 8 + 9*r.Float64()
		units := math.Exp2(32-zoom) / 512 // of a pixel
		c := geo.FixedAt(orb.Point{121 + r.Float64(), 30.7 + r.Float64()})
		half := geo.Fixed{X: uint32(960 * units), Y: uint32(540 * units)}
		low, high := geo.Fixed{X: c.X - half.X, Y: c.Y - half.Y}.Point(), geo.Fixed{X: c.X + half.X, Y: c.Y + half.Y}.Point()
		camera := orb.Bound{Min: orb.Point{low[0], high[1]}, Max: orb.Point{high[0], low[1]}}
		b := stream.Snap(camera, zoom)
		if !b.Contains(camera.Min) || !b.Contains(camera.Max) {
			t.Fatalf("%v at zoom %v does not hold the camera %v", b, zoom, camera)
		}
		area := func(b orb.Bound) float64 { return (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]) }
		ratios = append(ratios, area(b)/area(camera))
	}
	slices.Sort(ratios)
	if median := ratios[len(ratios)/2]; median < 1.2 || median > 1.6 {
		t.Errorf("the bbox is %.2f times the camera in the median (%.2f to %.2f), want 1.2 to 1.6", median, ratios[0], ratios[len(ratios)-1])
	}
}

func TestToken(t *testing.T) {
	secret, now := []byte("a secret"), time.Unix(1_577_808_000, 0)
	good := stream.Token(secret, "form", "epoch/77", now)
	if len(good) > 256 {
		t.Errorf("a token has %d characters", len(good))
	}
	changed := []byte(good)
	changed[40] ^= 1
	tests := []struct {
		name, token, form string
		secret            []byte
		at                time.Time
		position, why     string
	}{
		{"good", good, "form", secret, now.Add(24 * time.Hour), "epoch/77", ""},
		{"of another subscription", good, "other", secret, now, "", "filter"},
		{"of another service", good, "form", []byte("another"), now, "", "expired"},
		{"too old", good, "form", secret, now.Add(8 * 24 * time.Hour), "", "expired"},
		{"changed", string(changed), "form", secret, now, "", "expired"},
		{"cut off", good[:20], "form", secret, now, "", "expired"},
		{"no token", "{}", "form", secret, now, "", "expired"},
		{"nothing", "", "form", secret, now, "", "expired"},
	}
	for _, tt := range tests {
		position, why := stream.Position(tt.secret, tt.token, tt.form, tt.at)
		if position != tt.position || why != tt.why {
			t.Errorf("%s: %q, %q; want %q, %q", tt.name, position, why, tt.position, tt.why)
		}
	}
}

// The tick doubles for each three seconds of trouble, then the other rungs follow; each
// ten seconds of health undo one step.
func TestLadder(t *testing.T) {
	l, now := stream.NewLadder(stream.DefaultPace()), time.Unix(0, 0)
	type step struct{ Tick, Rung int64 }
	var got []step
	run := func(seconds int, rtt time.Duration) {
		for range seconds {
			now = now.Add(time.Second)
			tick, rung := l.Acked(rtt, now)
			if s := (step{tick.Milliseconds(), int64(rung)}); len(got) == 0 || got[len(got)-1] != s {
				got = append(got, s)
			}
		}
	}
	run(20, 10*time.Millisecond)
	run(30, 5*time.Second)
	run(100, 10*time.Millisecond)
	want := []step{
		{100, 0},
		{200, 1},
		{400, 1},
		{800, 1},
		{1600, 1},
		{2000, 1},
		{2000, 2},
		{2000, 3},
		{2000, 4},
		{2000, 3},
		{2000, 2},
		{2000, 1},
		{1600, 1},
		{800, 1},
		{400, 1},
		{200, 1},
		{100, 0},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("ticks in ms (-got +want):\n%s", diff)
	}
}

// tilesOf gathers the tiles that are named until the server is level.
func tilesOf(c *client, times int) (named [][3]uint32, all bool) {
	seen := 0
	c.until(func() bool {
		for ; seen < len(c.tiles); seen++ {
			named, all = append(named, c.tiles[seen].Tiles...), all || c.tiles[seen].All
			times--
		}
		return times <= 0
	})
	return named, all
}

// A change names its tiles of each zoom; those of low zooms twice, because old ones
// may have been sent meanwhile.
func TestTilesAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}}
	f := h.sub()
	f["as"], f["tz"] = "tiles", []int{9, 14}
	if answer := c.ask(f, h); answer.F != "ok" {
		t.Fatalf("%+v", answer)
	}
	at := orb.Point{121.5, 31.5}
	w.change(t, map[int64]*thing{1: {at, 1}, 2: {orb.Point{100, 10}, 1}})
	got, all := tilesOf(c, 2)
	low, high := geo.TileAt(at, 9), geo.TileAt(at, 14)
	want := [][3]uint32{{9, low.X, low.Y}, {14, high.X, high.Y}, {9, low.X, low.Y}}
	if diff := cmp.Diff(got, want); diff != "" || all {
		t.Errorf("tiles (all %v, -got +want):\n%s", all, diff)
	}
}

// Tiles that were fetched before a camera was told, and changed before it was told,
// are named when it is.
func TestACameraHearsOfWhatHasJustChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 121.1, 31.1}, above: -1}, view: true}
	f := h.sub()
	f["as"], f["tz"] = "tiles", []int{14}
	c.ask(f, h)
	at := orb.Point{121.5, 31.5}
	w.change(t, map[int64]*thing{1: {at, 1}})
	c.ask(map[string]any{"f": "view", "sid": h.sid, "bbox": []float64{121.49, 31.49, 121.51, 31.51}, "zoom": 14, "tz": []int{14}}, nil)
	got, _ := tilesOf(c, 1)
	high := geo.TileAt(at, 14)
	if diff := cmp.Diff(got, [][3]uint32{{14, high.X, high.Y}}); diff != "" {
		t.Errorf("tiles (-got +want):\n%s", diff)
	}
}
