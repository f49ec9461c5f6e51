package api_test

import (
	"encoding/json"
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
)

// Names and values that need care arrive as they are.
func TestStatsJSON(t *testing.T) {
	t.Parallel()
	of := func(v float64) []layers.Tally { return []layers.Tally{{N: 1, Sum: v, Min: v, Max: v}} }
	store := fakeStats{cells: []layers.StatsCell{
		{Regions: layers.Regions{District: "1"}, Properties: []any{"a \"quoted\"\n\x00 <b>"}, Count: 2, Tallies: of(1e6)},
		{Regions: layers.Regions{District: "1"}, Properties: []any{nil}, Count: 3, Tallies: of(1e-9)},
		{Properties: []any{"x"}, Count: 4, Tallies: of(math.Inf(1))},
	}}
	w, err := askStats(store, &url.URL{Path: "/stats/thing", RawQuery: "by=city,district,kind&measures=count,sum:size&per=km2,head"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Measures []string
		Levels   []any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	var want any
	text := `[
		{"level": "city", "groups": [
			{"properties": {"kind": "a \"quoted\"\n\u0000 <b>"}, "measures": {"count": 2, "sum:size": 1e6}, "per": PER0},
			{"properties": {"kind": "x"}, "measures": {"count": 4, "sum:size": null}, "per": PER0},
			{"properties": {"kind": null}, "measures": {"count": 3, "sum:size": 1e-9}, "per": PER0}]},
		{"level": "district", "groups": [
			{"regions": {"district": {"code": "1", "name": ""}}, "properties": {"kind": "a \"quoted\"\n\u0000 <b>"}, "measures": {"count": 2, "sum:size": 1e6}, "per": PERX},
			{"regions": {"district": {"code": "1", "name": ""}}, "properties": {"kind": null}, "measures": {"count": 3, "sum:size": 1e-9}, "per": PERX},
			{"regions": {"district": null}, "properties": {"kind": "x"}, "measures": {"count": 4, "sum:size": null}, "per": PERX}]}]`
	const shares = `, "population": null, "km2": {"count": null, "sum:size": null}, "head": {"count": null, "sum:size": null}}`
	text = strings.NewReplacer("PER0", `{"area_km2": 0`+shares, "PERX", `{"area_km2": null`+shares).Replace(text)
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(any(got.Levels), want); diff != "" {
		t.Errorf("levels (-got +want):\n%s\n%s", diff, w.Body)
	}
	if diff := cmp.Diff(got.Measures, []string{"count", "sum:size"}); diff != "" {
		t.Errorf("measures (-got +want):\n%s", diff)
	}
}
