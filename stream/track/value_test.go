package track_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/stream/track"
)

func TestValue(t *testing.T) {
	t.Parallel()
	d := track.Definition{Mover: true, Fields: []track.Field{{Name: "plate", Type: layers.String}, {Name: "load", Type: layers.Number}}}
	full := &track.Report{Speed: 5, Heading: 90, State: 2, Synthetic: true, Fields: []any{"沪A-D1029", nil}}
	bare := &track.Report{Speed: math.NaN(), Heading: math.NaN()}
	for name, want := range map[string][2]any{
		"s": {5.0, nil}, "h": {90.0, nil}, "st": {int64(2), int64(0)}, "synthetic": {true, false}, "stale": {false, false},
		"plate": {"沪A-D1029", nil}, "load": {nil, nil}, "colour": {nil, nil},
	} {
		if diff := cmp.Diff([2]any{d.Value(full, name), d.Value(bare, name)}, want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}
