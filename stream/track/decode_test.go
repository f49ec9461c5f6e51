package track_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream/track"
)

const whole = `{"k":"v-1029","t":"2026-11-22T03:00:00.25Z","lon":121.49,"lat":31.24,"s":5.2,"h":271.5,"st":2,"plate":"沪A-D1029","synthetic":true}`

func TestDecode(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	three := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	tests := []struct {
		name, stream, data string
		want               track.Report
	}{
		{"whole", "vehicles", whole, track.Report{
			Key: "v-1029", Time: three.Add(250 * time.Millisecond), Place: orb.Point{121.49, 31.24},
			Speed: 5.2, Heading: 271.5, State: 2, Fields: []any{"沪A-D1029", nil, nil}, Synthetic: true,
		}},
		{"least", "vehicles", `{"k":"a","t":1795316400000,"lon":-1e1,"lat":0}`, track.Report{
			Key: "a", Time: three, Place: orb.Point{-10, 0}, Speed: nan, Heading: nan,
		}},
		{"blanks, nulls and another order", "vehicles", " {\t\"lat\" : 1 ,\r\n\"lon\":2, \"s\":null,\"h\":null,\"plate\":null, \"t\":1795316400000,\"k\":\"a\"} ", track.Report{
			Key: "a", Time: three, Place: orb.Point{2, 1}, Speed: nan, Heading: nan,
		}},
		{"escapes", "vehicles", `{"\u006b":"a\"\\\/\u00e9","t":"2026-11-22T11:00:00+08:00","lon":2,"lat":1,"kind":"\ud83d\ude00"}`, track.Report{
			Key: `a"\/é`, Time: three, Place: orb.Point{2, 1}, Speed: nan, Heading: nan, Fields: []any{nil, "😀", nil},
		}},
		{"sensor", "sensors", `{"k":"s","t":1795316400000,"lon":2,"lat":1,"kind":"gas","value":-1.5e-3,"unit":"%","limit":20,"over":false}`, track.Report{
			Key: "s", Time: three, Place: orb.Point{2, 1}, Speed: nan, Heading: nan, Fields: []any{"gas", -1.5e-3, "%", 20.0, false},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := definition(t, tt.stream)
			got, err := d.Decode([]byte(tt.data), geo.WGS84)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tt.want, cmpopts.EquateNaNs()); diff != "" {
				t.Error(diff)
			}
			again, err := d.Decode(d.AppendReport(nil, &got), geo.WGS84)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(again, got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("written and read again:\n%s", diff)
			}
		})
	}
}

func TestDecodeDatum(t *testing.T) {
	t.Parallel()
	got, err := definition(t, "vehicles").Decode([]byte(whole), geo.GCJ02)
	if err != nil {
		t.Fatal(err)
	}
	if want := rounded(geo.GCJ02.ToWGS84(orb.Point{121.49, 31.24})); got.Place != want || want == (orb.Point{121.49, 31.24}) {
		t.Errorf("place is %v, want %v", got.Place, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	with := func(member string) string {
		return strings.TrimSuffix(whole, "}") + "," + member + "}"
	}
	without := func(name string) string {
		var all map[string]any
		if err := json.Unmarshal([]byte(whole), &all); err != nil {
			t.Fatal(err)
		}
		delete(all, name)
		out, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	but := func(from, to string) string { return strings.Replace(whole, from, to, 1) }
	tests := []struct{ name, data, field, reason string }{
		{"no key", without("k"), "k", "missing"},
		{"empty key", but(`"v-1029"`, `""`), "k", "missing"},
		{"a number as key", but(`"v-1029"`, `7`), "k", "text"},
		{"a long key", but("v-1029", strings.Repeat("é", 65)), "k", "128"},
		{"a control character in the key", but("v-1029", `\u0000`), "k", "control"},
		{"a key that is an address", but("v-1029", "nearest"), "k", "address"},
		{"no time", without("t"), "t", "missing"},
		{"a time that is none", but("2026-11-22T03:00:00.25Z", "yesterday"), "t", "want"},
		{"a time without a zone", but("03:00:00.25Z", "03:00:00"), "t", "want"},
		{"a time with a fraction of milliseconds", but(`"2026-11-22T03:00:00.25Z"`, "1795316400000.5"), "t", "want"},
		{"a time before all", but("2026", "0001"), "t", "want"},
		{"no longitude", without("lon"), "lon", "missing"},
		{"no latitude", without("lat"), "lat", "missing"},
		{"a place as text", but("121.49", `"121.49"`), "lon", "number"},
		{"off the world", but("121.49", "181"), "lon", "outside"},
		{"latitude first", but(`"lon":121.49,"lat":31.24`, `"lon":31.24,"lat":121.49`), "lon", "longitude must come first"},
		{"a number that is too large", but("121.49", "1e999"), "lon", "number"},
		{"null as a place", but("121.49", "null"), "lon", "number"},
		{"backwards", but("5.2", "-1"), "s", "0 to"},
		{"faster than fits", but("5.2", "656"), "s", "0 to"},
		{"no heading", but("271.5", "361"), "h", "0 to"},
		{"no state", but(`"st":2`, `"st":128`), "st", "127"},
		{"half a state", but(`"st":2`, `"st":2.5`), "st", "127"},
		{"a long field", but("沪A-D1029", strings.Repeat("沪", 17)), "plate", "16"},
		{"a field of another type", but(`"沪A-D1029"`, "1"), "plate", "text"},
		{"a nested field", but(`"沪A-D1029"`, `{"a":[1,"]"]}`), "plate", "text"},
		{"an unknown member", with(`"colour":"red"`), "", "colour"},
		{"a member given twice", with(`"st":2`), "st", "twice"},
		{"synthetic as text", but("true", `"yes"`), "synthetic", "true or false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := definition(t, "vehicles").Decode([]byte(tt.data), geo.WGS84)
			var fault *layers.InputError
			if !errors.As(err, &fault) || fault.Field != tt.field || !strings.Contains(fault.Reason, tt.reason) {
				t.Errorf("%s: got %v, want %s: …%s…", tt.data, err, tt.field, tt.reason)
			}
		})
	}
}

func TestDecodeIsStrict(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", " ", "null", "7", `"a"`, "[]", "{", `{"k"`, `{"k":`, `{"k":"a"`, `{"k":"a",`, `{"k":"a",}`, `{k:"a"}`, `{"k":'a'}`, `{"k" "a"}`,
		`{"k":"a"}}`, `{"k":"a"} x`, `{"t":01}`, `{"t":1.}`, `{"t":.5}`, `{"t":+1}`, `{"t":1e}`, `{"t":-}`, `{"t":tru}`, `{"t":nul}`,
		"{\"k\":\"a\nb\"}", `{"k":"\x"}`, `{"k":"\u12"}`, `{"k":"\u12g4"}`, "{\"k\":\"\xff\"}", `{"k":[1,]}`, `{"k":{"a"}}`, `{"k":["a}`,
	} {
		_, err := definition(t, "vehicles").Decode([]byte(data), geo.WGS84)
		if _, ok := errors.AsType[*track.SyntaxError](err); !ok {
			t.Errorf("%q: got %v, want a SyntaxError", data, err)
		}
	}
}

// FuzzDecode holds the reader to encoding/json: it takes as JSON what that takes and
// is UTF-8, and reads the same of it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		whole, "{}", `{"k":"a","t":1795316400000,"lon":2,"lat":1}`, `{"k":"\ud800","t":1,"lon":0,"lat":0}`,
		`{"k":"a","x":[{"y":[]}],"lon":1}`, `{"k":"a\u0062","s":1E-2}`, "{\"k\":\"\xc3\"}",
	} {
		f.Add([]byte(seed))
	}
	d := definition(f, "vehicles")
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := d.Decode(data, geo.WGS84)
		var syntax *track.SyntaxError
		refused := errors.As(err, &syntax)
		var all map[string]any
		fault := json.Unmarshal(data, &all)
		object := fault == nil && all != nil && utf8.Valid(data)
		if refused == object {
			t.Fatalf("%q: got %v, encoding/json %v", data, err, fault)
		}
		if err != nil {
			return
		}
		lon, lat := all["lon"].(float64), all["lat"].(float64)
		if all["k"] != got.Key || rounded(orb.Point{lon, lat}) != got.Place {
			t.Fatalf("%q: got %+v, want %v", data, got, all)
		}
		for name, v := range map[string]float64{"s": got.Speed, "h": got.Heading} {
			if want, ok := all[name].(float64); ok && want != v || !ok && !math.IsNaN(v) {
				t.Fatalf("%q: %s is %v, want %v", data, name, v, all[name])
			}
		}
		again, err := d.Decode(d.AppendReport(nil, &got), geo.WGS84)
		if err != nil {
			t.Fatalf("%q: written and read again: %v", data, err)
		}
		if diff := cmp.Diff(again, got, cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("%q: written and read again:\n%s", data, diff)
		}
	})
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	const good = "- {name: trams, ttl: 10m, stale_after: 1m, mover: true, states: [{code: 1}], fields: [{name: line, type: string}]}"
	if _, err := track.ParseDefinitions([]byte(good)); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, from, to, reason string }{
		{"not YAML", good, "- {", "not a list"},
		{"unknown member", "ttl", "life", "not a list"},
		{"empty", good, "-", "empty"},
		{"name", "trams", "Trams", "name"},
		{"no life", "ttl: 10m, ", "", "ttl"},
		{"stale after life", "stale_after: 1m", "stale_after: 11m", "stale_after"},
		{"states of what does not move", "mover: true", "mover: false", "movers"},
		{"state", "code: 1", "code: 128", "127"},
		{"field name", "name: line", "name: synthetic", "belongs to every row"},
		{"field type", "type: string", "type: date", "none of"},
		{"bounds of a text", "type: string", "type: string, minimum: 1", "numbers"},
		{"twice", good, good + "\n" + good, "twice"},
		{"skew", "ttl", "clock_skew: -1s, ttl", "negative"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := track.ParseDefinitions([]byte(strings.Replace(good, tt.from, tt.to, 1)))
			var fault *layers.InputError
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("got %v, want an InputError with %q", err, tt.reason)
			}
		})
	}
}
