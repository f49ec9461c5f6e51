package load_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/load"
)

func TestGeoJSONSeq(t *testing.T) {
	t.Parallel()
	feature := func(id string) string {
		return `{"type":"Feature","id":"` + id + `","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}`
	}
	const rs = "\x1e"
	for _, tt := range []struct {
		name, file string
		options    load.Options
		want       seen
	}{
		{
			name: "one a line, blank lines between, none at the end",
			file: "\n" + feature("a") + "\r\n\n  \n" + feature("b"),
			want: seen{Features: []string{"a  [1 2] [<nil> <nil> <nil>] line 2 feature 1", "b  [1 2] [<nil> <nil> <nil>] line 5 feature 2"}},
		},
		{
			name: "record separators, line ends inside",
			file: rs + feature("a") + "\n" + rs + strings.ReplaceAll(feature("b"), ",", ",\n") + "\n" + rs + rs + "\n",
			want: seen{Features: []string{"a  [1 2] [<nil> <nil> <nil>] line 1 feature 1", "b  [1 2] [<nil> <nil> <nil>] line 2 feature 2"}},
		},
		{
			name: "bare geometry",
			file: `{"type":"Point","coordinates":[1,2]}`,
			want: seen{Features: []string{"sha256:10a39f36ce6fbfdb4ad86e3d96a0fcd0  [1 2] [<nil> <nil> <nil>] line 1 feature 1"}},
		},
		{
			name:    "bad records are rejected and the rest goes on",
			file:    feature("a") + "\n{\"type\":\n" + strings.Repeat("x", 300) + "\n" + feature("b") + "\n" + `{"type":"FeatureCollection","features":[]}` + "\n" + feature("c")[:30],
			options: load.Options{MaxFeatureBytes: 200},
			want: seen{
				Features: []string{"a  [1 2] [<nil> <nil> <nil>] line 1 feature 1", "b  [1 2] [<nil> <nil> <nil>] line 4 feature 4"},
				Rejected: []string{
					"line 2 feature 2 : is not valid JSON: unexpected end of JSON input",
					"line 3 feature 3 : is longer than the limit of 200 bytes",
					`line 5 feature 5 : has the type "FeatureCollection", a Feature is wanted`,
					"line 6 feature 6 : is not valid JSON: unexpected end of JSON input",
				},
			},
		},
		{name: "empty", file: "", want: seen{Err: "file: is empty"}},
		{name: "only a separator", file: rs},
		{
			name: "no sequence at all",
			file: "{\n\"type\":\n",
			want: seen{
				Rejected: []string{
					"line 1 feature 1 : is not valid JSON: unexpected end of JSON input",
					"line 2 feature 2 : is not valid JSON: invalid character ':' after top-level value",
				},
				Err: "file: no record of it is valid JSON: a sequence has one whole feature a line, or each after a record separator",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink := newMemory()
			report, err := load.GeoJSONSeq(t.Context(), reader(tt.file), lamp(), tt.options, sink)
			if diff := cmp.Diff(summary(sink, report, err), tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}
