package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/cmd/yiping/internal/sim"
	"yiping/layers"
	"yiping/stream/track"
)

// smallTown is a crossing of two streets with a pipeline and a lamp post.
const smallTown = `
	INSERT INTO city.road (class, geom) VALUES
		('primary', 'SRID=4326;LINESTRING(121.40 31.20, 121.45 31.20)'), ('primary', 'SRID=4326;LINESTRING(121.45 31.20, 121.50 31.20)'),
		('secondary', 'SRID=4326;LINESTRING(121.45 31.15, 121.45 31.20)'), ('residential', 'SRID=4326;LINESTRING(121.45 31.20, 121.45 31.25)');
	INSERT INTO city.pipeline (medium, geom) VALUES ('gas', 'SRID=4326;LINESTRING(121.40 31.20, 121.41 31.20)');
	INSERT INTO city.component (class, state, geom) VALUES ('0103', '完好', 'SRID=4326;POINT(121.45 31.21)');`

// streamCounts is what /streams says of one.
type streamCounts struct {
	Name      string
	Objects   int
	Accepted  int
	Late      int
	Duplicate int
	Rejected  map[string]int
}

func streamsAt(t *testing.T, url string) map[string]streamCounts {
	t.Helper()
	var answer struct{ Streams []streamCounts }
	if err := json.Unmarshal(ask(t, "GET", url+"/streams", nil).body, &answer); err != nil {
		t.Fatal(err)
	}
	all := map[string]streamCounts{}
	for _, s := range answer.Streams {
		all[s.Name] = s
	}
	return all
}

// What is simulated is taken as it is, whether it comes over HTTP or not: no rule of
// the streams finds anything at fault.
func TestSimulationIsTaken(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"over HTTP", "in the process"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			url, m, _, sql := liveServer(t)
			sql(smallTown)
			var to sim.Reporter = trackers(m.live.streams.trackers)
			if way == "over HTTP" {
				poster := sim.NewPoster(url)
				t.Cleanup(poster.Close)
				to = poster
			}
			c := &simCommand{Seed: 1, Count: 20, Hz: 10, Duration: 3 * time.Second}
			if err := c.simulate(t.Context(), url, to, 0, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
				t.Fatal(err)
			}
			// Another goes on where they are.
			c.Seed, c.Duration = 2, time.Second
			if err := c.simulate(t.Context(), url, to, 0, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
				t.Fatal(err)
			}
			for _, s := range streamsAt(t, url) {
				want := 20
				if s.Name == "sensors" {
					want = 2 // there is no room for more
				}
				faults := s.Late + s.Duplicate
				for _, n := range s.Rejected {
					faults += n
				}
				if s.Objects != want || s.Accepted < 5*want || faults > 0 {
					t.Errorf("%s: %+v", s.Name, s)
				}
			}
			var rows struct {
				Features []struct {
					Properties struct{ Synthetic bool }
				}
			}
			if err := json.Unmarshal(ask(t, "GET", url+"/streams/vehicles", nil).body, &rows); err != nil {
				t.Fatal(err)
			}
			for _, f := range rows.Features {
				if !f.Properties.Synthetic {
					t.Error("a simulated vehicle is not marked")
				}
			}
		})
	}
}

func TestSimulationOfAnEmptyCity(t *testing.T) {
	t.Parallel()
	url, m, _, _ := liveServer(t)
	for _, stream := range []string{"vehicles", "sensors"} {
		c := &simCommand{Streams: []string{stream}, Duration: time.Second}
		err := c.simulate(t.Context(), url, trackers(m.live.streams.trackers), 0, slog.New(slog.DiscardHandler))
		if !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("%s: error %v", stream, err)
		}
	}
}

func TestSimFlags(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]simCommand{
		"--count": {Count: -1}, "--hz": {Hz: 11}, "--duration": {Duration: -1},
	} {
		if fault, ok := errors.AsType[*layers.InputError](c.Run(t.Context(), &Globals{})); !ok || fault.Field != field {
			t.Errorf("%s: %v", field, fault)
		}
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ip   net.IP
		want string
	}{
		{net.IPv4(127, 0, 0, 1), "127.0.0.1:80"}, {net.IPv4zero, "localhost:80"}, {net.IPv6unspecified, "localhost:80"}, {net.IPv6loopback, "[::1]:80"},
	} {
		if got := reachable(&net.TCPAddr{IP: test.ip, Port: 80}); got != test.want {
			t.Errorf("%v: %s, want %s", test.ip, got, test.want)
		}
	}
}

// memory is a recorder that remembers what it was given.
type memory struct {
	track.Recorder
	kept []string
}

func (m *memory) Add(_ *track.Definition, _ int64, accepted, late []track.Report) {
	for _, r := range accepted {
		m.kept = append(m.kept, r.Key+r.Time.Format(" 05"))
	}
	for _, r := range late {
		m.kept = append(m.kept, "late "+r.Key+r.Time.Format(" 05"))
	}
}

// Of what is synthetic the history has a sample, of all else everything.
func TestSparseHistory(t *testing.T) {
	t.Parallel()
	m := &memory{}
	s := newSparse(m, 10*time.Second)
	at := func(key string, second int, synthetic bool) track.Report {
		return track.Report{Key: key, Time: time.Date(2026, 11, 22, 3, 0, second, 0, time.UTC), Synthetic: synthetic}
	}
	vehicles, patrols := &track.Definition{Name: "vehicles"}, &track.Definition{Name: "patrols"}
	s.Add(vehicles, 0, []track.Report{at("a", 0, true), at("b", 0, false)}, nil)
	s.Add(vehicles, 0, []track.Report{at("a", 9, true), at("b", 9, false), at("c", 9, true)}, []track.Report{at("a", 3, true)})
	s.Add(patrols, 0, []track.Report{at("a", 9, true)}, nil)
	s.Add(vehicles, 0, []track.Report{at("a", 10, true), at("c", 18, true)}, nil)
	want := []string{"a 00", "b 00", "b 09", "c 09", "late a 03", "a 09", "a 10"}
	if diff := cmp.Diff(m.kept, want); diff != "" {
		t.Errorf("kept (-got +want):\n%s", diff)
	}
}
