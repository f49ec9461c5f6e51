package track_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"yiping/stream/track"
)

const ndjson = "application/x-ndjson"

// document is what the tests read of an answer.
type document struct {
	Detail, Field  string
	NumberMatched  int
	NumberReturned int
	Features       []struct {
		ID       string
		Geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
		Properties map[string]any
	}
	Gaps []struct{ From, To string }
	track.Outcome
	Error string
}

func get(t *testing.T, w *world, target string) (int, document) {
	t.Helper()
	status, body := ask(t, serve(t, w.Tracker, nil), "GET", target, "", nil)
	var d document
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return status, d
}

func (d *document) ids() string {
	var ids []string
	for _, f := range d.Features {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, " ")
}

func TestObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	w.report(t, at("a", noon(), 121.40, 31.2), at("b", noon(), 121.41, 31.2), at("c", noon(), 121.42, 31.2))
	w.report(t, track.Report{Key: `"d"`, Time: noon(), Place: orb.Point{121.43, 31.2}, Speed: math.NaN(), Heading: math.NaN(), Fields: []any{"沪A", nil, nil}, Synthetic: true})
	tests := []struct {
		name  string
		query url.Values
		want  string
		all   int
	}{
		{"all", nil, `a b c "d"`, 4},
		{"some", url.Values{"limit": {"2"}}, "a b", 4},
		{"in a box", url.Values{"bbox": {"121.405,31,121.42,32"}}, "b c", 2},
		{"by place", url.Values{"where": {"S_INTERSECTS(geom, POLYGON((121.405 31, 121.415 31, 121.415 32, 121.405 31)))"}}, "b", 1},
		{"by key", url.Values{"where": {"code IN ('a', 'c')"}}, "a c", 2},
		{"by text", url.Values{"where": {"plate LIKE '沪%'"}}, `"d"`, 1},
		{"by what is unknown", url.Values{"where": {"s IS NULL AND h IS NULL"}}, `"d"`, 1},
		{"by number", url.Values{"where": {"s > 4.9 AND st = 2"}}, "a b c", 3},
		{"by mark", url.Values{"where": {"synthetic = true AND stale = false"}}, `"d"`, 1},
		{"by time", url.Values{"where": {"updated_at < TIMESTAMP('2026-11-22T12:00:00Z')"}}, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, d := get(t, w, "/streams/vehicles?"+tt.query.Encode())
			if status != 200 || d.ids() != tt.want || d.NumberMatched != tt.all || d.NumberReturned != len(d.Features) {
				t.Errorf("%d: got %s of %d, want %s of %d (%s)", status, d.ids(), d.NumberMatched, tt.want, tt.all, d.Detail)
			}
		})
	}
	_, body := ask(t, serve(t, w.Tracker, nil), "GET", "/streams/vehicles/%22d%22", "", nil)
	const want = `{"type":"Feature","id":"\"d\"","geometry":{"type":"Point","coordinates":[121.43,31.2]},"properties":{"t":"2026-11-22T12:00:00.000Z","ver":4,"st":0,"plate":"沪A","synthetic":true,"stale":false}}`
	if diff := cmp.Diff(body, want); diff != "" {
		t.Error(diff)
	}
}

func TestQueryFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	tests := []struct {
		target string
		status int
		field  string
	}{
		{"/streams?x=1", 400, "x"},
		{"/streams/dragons", 404, ""},
		{"/streams/vehicles?bbox=1,2,3", 400, "bbox"},
		{"/streams/vehicles?bbox=3,2,1,4", 400, "bbox"},
		{"/streams/vehicles?bbox=1,2,3,NaN", 400, "bbox"},
		{"/streams/vehicles?bbox=1,2,3,91", 400, "bbox"},
		{"/streams/vehicles?limit=0", 400, "limit"},
		{"/streams/vehicles?where=colour%3D1", 400, "where"},
		{"/streams/vehicles?where=district%3D%27310101%27", 400, "where"},
		{"/streams/vehicles?where=" + strings.Repeat("(", 9000), 400, "where"},
		{"/streams/vehicles/nobody", 404, ""},
		{"/streams/vehicles/nobody/track", 404, ""},
		{"/streams/vehicles/nearest", 400, "point"},
		{"/streams/vehicles/nearest?point=31,121", 400, "point"},
		{"/streams/vehicles/nearest?point=121,31&k=x", 400, "k"},
		{"/streams/vehicles/nearest?point=121,31&within_m=-1", 400, "within_m"},
		{"/streams/vehicles/feed", 400, "Upgrade"},
		{"/streams/vehicles/feed?datum=mars", 400, "datum"},
	}
	for _, tt := range tests {
		if status, d := get(t, w, tt.target); status != tt.status || d.Field != tt.field {
			t.Errorf("%.60s: %d, field %q (%s), want %d, %q", tt.target, status, d.Field, d.Detail, tt.status, tt.field)
		}
	}
}

func TestReportOverHTTP(t *testing.T) {
	t.Parallel()
	const good = `{"k":"a","t":1795348800000,"lon":121.49,"lat":31.24}`
	tests := []struct {
		name, target, kind, body string
		status                   int
		want                     string
	}{
		{"one", "", "application/json", good, 200, `{"accepted":1,"late":0,"duplicate":0,"rejected":[],"rejected_count":0}`},
		{"array", "", "application/json; charset=utf-8", "[" + good + "," + good + "]", 200, `{"accepted":1,"late":0,"duplicate":1,"rejected":[],"rejected_count":0}`},
		{"lines", "?datum=gcj02", ndjson, good + "\n{}\n", 200, `{"accepted":1,"late":0,"duplicate":0,"rejected":[{"line":2,"reason":"lon: is missing","rule":"malformed"}],"rejected_count":1}`},
		{"not JSON", "", "application/json", "<html>", 400, `"field":"body"`},
		{"lines and not JSON", "", ndjson, lines(1200) + "<html>", 400, "before it 1000 reports were accepted"},
		{"a long line", "", ndjson, strings.Repeat("x", 70<<10), 400, "line 1 is longer"},
		{"another type", "", "text/csv", good, 415, "application/x-ndjson"},
		{"no type", "", "", good, 415, "application/x-ndjson"},
		{"a system that is none here", "?datum=EPSG:3857", ndjson, good, 400, `"field":"datum"`},
		{"too much", "", "application/json", strings.Repeat(" ", 8<<20) + good, 413, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "vehicles")
			status, body := ask(t, serve(t, w.Tracker, nil), "POST", "/streams/vehicles"+tt.target, tt.kind, strings.NewReader(tt.body))
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("%d %s, want %d %s", status, body, tt.status, tt.want)
			}
		})
	}
}

func TestStreams(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	w.report(t, at("a", noon(), 121.40, 31.2), at("a", noon(), 121.40, 31.2), at("b", noon().Add(-2*time.Minute), 121.40, 31.2), at("b", noon().Add(time.Hour), 121, 31))
	w.clock.pass(2 * time.Second)
	w.Age()
	_, body := ask(t, serve(t, w.Tracker, nil), "GET", "/streams", "", nil)
	var got struct{ Streams []map[string]any }
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	s := got.Streams[0]
	for name, want := range map[string]any{
		"name": "vehicles", "mover": true, "ttl_s": 600.0, "stale_after_s": 60.0, "objects": 2.0, "stale": 1.0, "accepted": 2.0,
		"duplicate": 1.0, "per_second": 0.2, "last_input": "2026-11-22T12:00:00Z", "last_time": "2026-11-22T12:00:00Z", "idle_ms": 2000.0,
	} {
		if s[name] != want {
			t.Errorf("%s is %v, want %v", name, s[name], want)
		}
	}
	if n := s["rejected"].(map[string]any)["future"]; n != 1.0 {
		t.Errorf("%v are of the future", n)
	}
}

func TestNearestOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	for i := range 30 {
		w.report(t, at(key(i), noon(), east(float64(i)*100), 31.24))
	}
	_, d := get(t, w, "/streams/vehicles/nearest?point="+fmt.Sprint(east(1010))+",31.24&k=3")
	if d.ids() != "v-10 v-11 v-9" || d.Features[1].Properties["distance_m"] != 90.0 {
		t.Errorf("got %s at %v", d.ids(), d.Features[1].Properties["distance_m"])
	}
	_, d = get(t, w, "/streams/vehicles/nearest?point=121.49,31.24&within_m=150&where=code%3C%3E%27v-0%27")
	if d.ids() != "v-1" {
		t.Errorf("within 150 m: %s", d.ids())
	}
}

// The plane's distances are as true as it says.
func TestPlane(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		a := orb.Point{r.Float64()*360 - 180, r.Float64()*80 - 40}
		for _, reach := range []struct{ degrees, share float64 }{{0.5, 0.01}, {0.05, 0.001}} {
			b := orb.Point{a[0] + (r.Float64()-0.5)*reach.degrees, a[1] + (r.Float64()-0.5)*reach.degrees}
			want := geo.DistanceHaversine(a, b)
			if got := track.Distance(a, b) * orb.EarthRadius / 6371008.8; math.Abs(got-want) > reach.share*want+1e-3 {
				t.Fatalf("from %v to %v are %v m, want %v", a, b, got, want)
			}
		}
	}
}

func TestAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	north := func(metres float64) float64 { return 31.24 + metres/111194.9 }
	w.report(t,
		at("behind", noon(), east(-60), 31.24), at("start", noon(), east(-30), 31.24),
		at("beside", noon(), east(500), north(40)), at("far", noon(), east(500), north(60)),
		at("corner", noon(), east(1000), north(10)), at("end", noon(), east(1000), north(500)),
	)
	body := fmt.Sprintf(`{"route":{"type":"LineString","coordinates":[[121.49,31.24],[%v,31.24],[%v,%v]]},"buffer_m":50}`, east(1000), east(1000), north(480))
	status, answer := ask(t, serve(t, w.Tracker, nil), "POST", "/streams/vehicles/along", "application/json", strings.NewReader(body))
	var d document
	if err := json.Unmarshal([]byte(answer), &d); err != nil || status != 200 {
		t.Fatalf("%d %v: %s", status, err, answer)
	}
	if d.ids() != "start beside corner end" {
		t.Errorf("got %s", d.ids())
	}
	want := []float64{0, 500, 1010, 1480}
	for i, f := range d.Features {
		if got := f.Properties["along_m"].(float64); math.Abs(got-want[i]) > 2 {
			t.Errorf("%s is at %v m, want %v", f.ID, got, want[i])
		}
	}
}

// Nobody within the buffer of a route is left out, and nobody else is named.
func TestAlongFindsAll(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	w := newWorld(t, "vehicles")
	var reports []track.Report
	for i := range 100 {
		reports = append(reports, at(key(i), noon(), 121.4+r.Float64()*0.1, 31.2+r.Float64()*0.1))
	}
	w.report(t, reports...)
	for range 10 {
		route := orb.LineString{}
		for range 4 {
			route = append(route, orb.Point{121.4 + r.Float64()*0.1, 31.2 + r.Float64()*0.1})
		}
		keys, distance, along := track.Along(w.Table().View(), route, 100)
		found := map[string]float64{}
		for i, k := range keys {
			if found[k] = distance[i]; i > 0 && along[i] < along[i-1] {
				t.Fatal("not in the order of the route")
			}
		}
		for _, o := range reports {
			nearest := math.Inf(1)
			for step := range 3 * 2000 { // by walking the route
				leg, part := step/2000, float64(step%2000)/2000
				a, b := route[leg], route[leg+1]
				p := orb.Point{a[0] + (b[0]-a[0])*part, a[1] + (b[1]-a[1])*part}
				nearest = math.Min(nearest, geo.Distance(p, o.Place))
			}
			if d, ok := found[o.Key]; ok && math.Abs(d-nearest) > 5 || !ok && nearest < 95 {
				t.Fatalf("%s is %v m from the route; found %v, %v", o.Key, nearest, ok, d)
			}
		}
	}
}

func TestAlongFaults(t *testing.T) {
	t.Parallel()
	const route = `"route":{"type":"LineString","coordinates":[[121,31],[121.1,31]]}`
	for body, field := range map[string]string{
		"": "body", "{": "body", `{"rout":1}`: "body", "{} {}": "body", "{}": "route", `{"route":{"type":"Point","coordinates":[1,2]}}`: "route",
		`{"route":{"type":"LineString","coordinates":[[121,31]]}}`: "route", `{"route":{"type":"LineString","coordinates":[[31,121],[1,2]]}}`: "route",
		"{" + route + `,"buffer_m":-1}`: "buffer_m", "{" + route + `,"buffer_m":5001}`: "buffer_m", "{" + route + `,"limit":0}`: "limit", "{" + route + `,"where":"x"}`: "where",
	} {
		w := newWorld(t, "vehicles")
		status, answer := ask(t, serve(t, w.Tracker, nil), "POST", "/streams/vehicles/along", "application/json", strings.NewReader(body))
		if status != 400 || !strings.Contains(answer, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s, want field %s", body, status, answer, field)
		}
	}
}

// past is a history of one object.
type past []track.Report

func (p past) Track(_ context.Context, _ *track.Definition, _ string, from, to time.Time, _ int) ([]track.Report, error) {
	var out []track.Report
	for _, f := range p {
		if !f.Time.Before(from) && !f.Time.After(to) {
			out = append(out, f)
		}
	}
	return out, nil
}

// A track has no line across a gap.
func TestTrackHasGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	var h past
	for _, s := range []int{0, 10, 70, 131, 300, 310} { // a minute and a second is a gap
		h = append(h, at("v", noon().Add(time.Duration(s-600)*time.Second), rounded(orb.Point{121.4 + float64(s)/1e5})[0], 31.2))
	}
	_, body := ask(t, serve(t, w.Tracker, h), "GET", "/streams/vehicles/v/track", "", nil)
	var d document
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err, body)
	}
	var got []string
	for _, f := range d.Features {
		got = append(got, fmt.Sprint(f.Geometry.Type, " ", string(f.Geometry.Coordinates), " ", f.Properties["s"]))
	}
	want := []string{
		"LineString [[121.4,31.2],[121.4001,31.2],[121.4007,31.2]] [5 5 5]", "Point [121.40131,31.2] [5]", "LineString [[121.403,31.2],[121.4031,31.2]] [5 5]",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	if len(d.Gaps) != 2 || d.Gaps[0].From != "2026-11-22T11:51:10.000Z" || d.Gaps[0].To != "2026-11-22T11:52:11.000Z" {
		t.Errorf("gaps are %v", d.Gaps)
	}
	_, body = ask(t, serve(t, w.Tracker, h), "GET", "/streams/vehicles/v/track?from=2026-11-22T11:54:00Z&to=2026-11-22T11:55:00Z", "", nil)
	if !strings.Contains(body, `"fixes":1,`) || !strings.Contains(body, `"gaps":[]`) {
		t.Errorf("a part of it: %s", body)
	}
	for _, q := range []string{"from=x", "from=2026-11-01T00:00:00Z&to=2026-11-22T00:00:00Z", "to=2026-11-01T00:00:00Z&from=2026-11-22T00:00:00Z"} {
		if status, body := ask(t, serve(t, w.Tracker, h), "GET", "/streams/vehicles/v/track?"+q, "", nil); status != 400 {
			t.Errorf("%s: %d %s", q, status, body)
		}
	}
}
