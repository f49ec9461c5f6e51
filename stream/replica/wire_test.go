package replica_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/stream/replica"
	"yiping/stream/track"
)

const mixed = `
- name: mixed
  title: {zh: 杂, en: Mixed}
  mover: true
  ttl: 10m
  stale_after: 1m
  clock_skew: 30s
  fields:
    - {name: label, type: string, title: {zh: 名, en: Label}}
    - {name: level, type: number, title: {zh: 级, en: Level}}
    - {name: count, type: integer, title: {zh: 数, en: Count}}
    - {name: open, type: boolean, title: {zh: 开, en: Open}}
`

func definition(tb testing.TB) *track.Definition {
	tb.Helper()
	all, err := track.ParseDefinitions([]byte(mixed))
	if err != nil {
		tb.Fatal(err)
	}
	return all[0]
}

// randomReport is one whose numbers the wire keeps exactly.
func randomReport(r *rand.Rand, key string, at time.Time) track.Report {
	report := track.Report{
		Key: key, Time: at.UTC().Truncate(time.Millisecond),
		Place: orb.Point{float64(r.Int32N(3_600_000_000/2)) / 1e7, float64(r.Int32N(900_000_000)) / 1e7},
		Speed: float64(r.IntN(65_535)) / 100, Heading: float64(r.IntN(36_000)) / 100,
		State: uint8(r.IntN(128)), Synthetic: r.IntN(2) == 0,
	}
	if r.IntN(4) == 0 {
		report.Speed, report.Heading = math.NaN(), math.NaN()
	}
	if r.IntN(4) > 0 {
		pick := func(v any) any {
			if r.IntN(3) == 0 {
				return nil
			}
			return v
		}
		report.Fields = []any{pick("沪A·1"), pick(r.NormFloat64()), pick(r.Int64() - r.Int64()), pick(r.IntN(2) == 0)}
	}
	return report
}

func TestWireKeepsReports(t *testing.T) {
	t.Parallel()
	d := definition(t)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that repeats
	var want []track.Report
	for range 2000 {
		want = append(want, randomReport(random, "v-"+string(rune('a'+random.IntN(26))), time.UnixMilli(1+random.Int64N(4e12))))
	}
	data := replica.Encode(d, want)
	got, err := replica.Decode(d, data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-sent +received):\n%.3000s", diff)
	}
	t.Logf("%d bytes a report", len(data)/len(want))
	// Every beginning of the message is refused, or is what some of the reports are.
	small := replica.Encode(d, want[:20])
	for n := range small {
		if part, err := replica.Decode(d, small[:n]); err == nil && !bytes.Equal(replica.Encode(d, part), small[:n]) {
			t.Fatalf("%d bytes of %d are taken for something else", n, len(small))
		}
	}
}

func TestWireRefusesOtherDefinitions(t *testing.T) {
	t.Parallel()
	d := definition(t)
	other := *d
	other.Fields = d.Fields[:3]
	data := replica.Encode(d, []track.Report{{Key: "a", Time: time.UnixMilli(1)}})
	if _, err := replica.Decode(&other, data); err == nil {
		t.Error("a message of another definition is taken")
	}
	data[0]++
	if _, err := replica.Decode(d, data); err == nil {
		t.Error("a message of another version is taken")
	}
}

// Whatever comes, it is refused or it is reports that are written the same again.
func FuzzWire(f *testing.F) {
	d := definition(f)
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // seeds
	for n := range 5 {
		var reports []track.Report
		for range n {
			reports = append(reports, randomReport(random, "key", time.UnixMilli(1e12)))
		}
		f.Add(replica.Encode(d, reports))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reports, err := replica.Decode(d, data)
		if err != nil {
			return
		}
		again, err := replica.Decode(d, replica.Encode(d, reports))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(reports, again, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}

func BenchmarkWire(b *testing.B) {
	d := definition(b)
	random := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // a benchmark that repeats
	var reports []track.Report
	for range 1000 {
		reports = append(reports, randomReport(random, "v-1029", time.UnixMilli(1e12)))
	}
	data := replica.Encode(d, reports)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			replica.Encode(d, reports)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := replica.Decode(d, data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
