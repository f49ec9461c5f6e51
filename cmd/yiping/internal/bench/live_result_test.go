package bench_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/cmd/yiping/internal/bench"
)

func TestLiveReport(t *testing.T) {
	t.Parallel()
	p50, p99, rate, bytes := 88.0, 201.5, 999.6, int64(39_000)
	report := bench.LiveReport{
		{Case: "commit_to_frame", N: 60000, P50: &p50, P99: &p99, PerSecond: &rate, Errors: 2},
		{Case: "idle_connections", N: 1000, Bytes: &bytes, Errors: 1},
	}
	var json, table strings.Builder
	if err := report.WriteJSON(&json); err != nil {
		t.Fatal(err)
	}
	want := `[{"case":"commit_to_frame","n":60000,"p50_ms":88,"p99_ms":201.5,"per_s":999.6,"bytes":null,"cpu":null,"errors":2},` +
		`{"case":"idle_connections","n":1000,"p50_ms":null,"p99_ms":null,"per_s":null,"bytes":39000,"cpu":null,"errors":1}]` + "\n"
	if diff := cmp.Diff(json.String(), want); diff != "" {
		t.Errorf("JSON (-got +want):\n%s", diff)
	}
	if err := report.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"commit_to_frame  60000    88.0   201.5   1000", "39000"} {
		if !strings.Contains(table.String(), text) {
			t.Errorf("the table lacks %q:\n%s", text, table.String())
		}
	}
	if n := report.Errors(); n != 3 {
		t.Errorf("%d errors", n)
	}
}
