package indicator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"go.uber.org/goleak"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream"
	"yiping/stream/indicator"
	"yiping/stream/track"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests begin.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// grid is a city of n columns of districts, of which some are missing.
type grid struct {
	columns int
	missing map[int]bool
}

// The city's bound.
const west, south, side = 121.4, 31.2, 0.1

func code(column int) string { return fmt.Sprintf("3101%02d", column) }

// at is the district of a place; empty in none.
func (g grid) at(lon, lat float64) string {
	column := int((lon - west) / side * float64(g.columns))
	if lon < west || lon > west+side || lat < south || lat > south+side || g.missing[column] {
		return ""
	}
	return code(column)
}

// codes are those of the districts.
func (g grid) codes() (codes []string) {
	for c := range g.columns {
		if !g.missing[c] {
			codes = append(codes, code(c))
		}
	}
	return codes
}

func (g grid) regions() *indicator.Regions {
	var parts []layers.RegionPart
	names := map[string]string{}
	width := side / float64(g.columns)
	for c := range g.columns {
		if g.missing[c] {
			continue
		}
		w := west + float64(c)*width
		shape := orb.Polygon{{{w, south}, {w + width, south}, {w + width, south + side}, {w, south + side}, {w, south}}}
		parts = append(parts, layers.RegionPart{Layer: "district", Code: code(c), Shape: shape})
		names[code(c)] = "区" + code(c)
	}
	return indicator.NewRegions(layers.NewRegionIndex(parts), names)
}

// world is the standard streams, their indicators, and who hears of them.
type world struct {
	*indicator.Table

	r        *rand.Rand
	now      time.Time
	trackers []*track.Tracker
	regions  atomic.Pointer[indicator.Regions]
	// views are those that streams had when they were counted, by position.
	views map[string]stream.View
	told  func(track.Batch)
	made  int
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	seed := rand.Uint64()
	if s, err := strconv.ParseUint(os.Getenv("YIPING_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	tb.Logf("again with YIPING_TEST_SEED=%d", seed)
	w := &world{r: rand.New(rand.NewPCG(seed, 7)), now: noon(), views: map[string]stream.View{}, told: func(track.Batch) {}}
	definitions, err := track.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range definitions {
		d.MaxSpeed = 0 // they are where they like to be
		w.trackers = append(w.trackers, track.New(d, track.Config{
			Now: func() time.Time { return w.now }, Applied: func(b track.Batch) { w.told(b) },
		}))
	}
	w.Table, err = indicator.New(indicator.Config{
		Indicators: indicator.Standard(), Tables: w.tables(), Regions: w.regions.Load, Now: func() time.Time { return w.now },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func (w *world) tables() (all []stream.Table) {
	for _, t := range w.trackers {
		all = append(all, t.Table())
	}
	return all
}

// count counts, and keeps what was counted.
func (w *world) count(tb testing.TB, hub indicator.Hub) {
	tb.Helper()
	for _, t := range w.tables() {
		w.views[t.View().Position()] = t.View()
	}
	if err := w.Count(hub); err != nil {
		tb.Fatal(err)
	}
}

// report has n objects of a stream say something, one of them for the first time.
func (w *world) report(tb testing.TB, t *track.Tracker, n int) {
	tb.Helper()
	w.made++
	d := t.Definition()
	reports := make([]track.Report, n)
	for i := range reports {
		r := track.Report{
			Key: fmt.Sprint("k", w.r.IntN(100)), Time: w.now, Synthetic: w.r.IntN(20) == 0,
			Place: orb.Point{west - 0.02 + w.r.Float64()*(side+0.04), south + w.r.Float64()*side},
			Speed: math.NaN(), Heading: math.NaN(),
		}
		if i == 0 {
			r.Key = fmt.Sprint("new", w.made)
		}
		if d.Mover {
			r.State = uint8(w.r.IntN(5))
			if w.r.IntN(4) > 0 {
				r.Speed = w.r.Float64() * 1.5
			}
		} else if w.r.IntN(3) > 0 {
			r.Fields = make([]any, len(d.Fields))
			for f := range d.Fields {
				if d.Fields[f].Name == "over" {
					r.Fields[f] = w.r.IntN(2) == 0
				}
			}
		}
		reports[i] = r
	}
	out, err := t.Report(tb.Context(), reports)
	if err != nil || out.Accepted == 0 {
		tb.Fatalf("%+v, %v", out, err)
	}
}

// step lets time pass, in which all streams, or some, report and some objects go silent.
func (w *world) step(tb testing.TB, all bool) {
	tb.Helper()
	w.now = w.now.Add(time.Duration(1+w.r.IntN(30)) * time.Second)
	for i, t := range w.trackers {
		t.Age()
		if all || i == w.made%len(w.trackers) {
			w.report(tb, t, 1+w.r.IntN(20))
		}
	}
}

// city divides the city anew.
func (w *world) city() grid {
	g := grid{1 + w.r.IntN(6), map[int]bool{}}
	for c := range g.columns {
		g.missing[c] = w.r.IntN(4) == 0
	}
	w.regions.Store(g.regions())
	return g
}

// counted is a row of a tracker, as clients see it.
type counted struct {
	Lon, Lat         float64
	S                *float64
	St               int
	Over             bool
	Synthetic, Stale bool
}

// recount counts a view as if nobody knew of filters and regions.
func (g grid) recount(tb testing.TB, v stream.View, code, region string) (n int, synthetic bool) {
	tb.Helper()
	takes := map[string]func(counted) bool{
		"vehicles.present": func(counted) bool { return true },
		"vehicles.moving":  func(c counted) bool { return c.S != nil && *c.S >= 0.5 && !c.Stale },
		"patrols.present":  func(counted) bool { return true },
		"patrols.on_task":  func(c counted) bool { return c.St == 3 },
		"sensors.over":     func(c counted) bool { return c.Over },
	}
	all, err := v.Select(nil)
	if err != nil {
		tb.Fatal(err)
	}
	write := v.Writer(nil)
	all.Within(everywhere(), func(r stream.Row) bool {
		var c counted
		if err := json.Unmarshal(write(nil, r), &c); err != nil {
			tb.Fatal(err)
		}
		if takes[code](c) && (region == "" || g.at(c.Lon, c.Lat) == region) {
			n++
			synthetic = synthetic || c.Synthetic
		}
		return true
	})
	return n, synthetic
}

func everywhere() geo.FixedBox { return geo.TileID{}.FixedBox() }

// serve is a hub of the indicators, and the address of its server.
func (w *world) serve(t *testing.T) (hub *stream.Hub, url string) {
	t.Helper()
	pace := stream.DefaultPace()
	pace.Tick = time.Millisecond
	hub = stream.New(stream.Config{Tables: func() []stream.Table { return append(w.tables(), w.Table) }, Secret: []byte("a secret of the tests"), Pace: pace})
	w.told = func(b track.Batch) { hub.Touch(b.Stream, b.Touches, b.Position, b.Made) }
	mux := http.NewServeMux()
	hub.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			if err := serve(rw, r); err != nil {
				rw.WriteHeader(http.StatusBadRequest)
				_, _ = rw.Write([]byte(err.Error()))
			}
		})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		hub.Close(context.WithoutCancel(t.Context()))
		server.Close()
	})
	return hub, server.URL
}
