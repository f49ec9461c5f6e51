package wire_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/heatmap/wire"
)

func base() time.Time { return time.UnixMilli(1577808000000) }

// random are records whose numbers the format keeps exactly.
func random(n int) []wire.Record {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]wire.Record, n)
	for i := range all {
		all[i] = wire.Record{
			Device: r.Uint64(), Time: base().Add(time.Duration(r.Int32N(1e9)-5e8) * time.Millisecond),
			Place:    orb.Point{float64(r.Int64N(3_600_000_000)-1_800_000_000) / 1e7, float64(r.Int64N(1_800_000_000)-900_000_000) / 1e7},
			Accuracy: uint16(r.Uint32()),
		}
	}
	return all
}

func message(records []wire.Record) []byte {
	b := wire.AppendHead(nil, base())
	for i := range records {
		b = wire.Append(b, base(), &records[i])
	}
	return b
}

func read(in io.Reader) (all []wire.Record, err error) {
	r, some := wire.NewReader(in), make([]wire.Record, 7)
	for {
		n, err := r.Read(some)
		all = append(all, some[:n]...)
		if err != nil {
			return all, err
		}
	}
}

// What is written is read, however it comes.
func TestRecordsSurvive(t *testing.T) {
	t.Parallel()
	want := random(3000)
	data := message(want)
	if len(data) != wire.HeadBytes+len(want)*wire.RecordBytes {
		t.Errorf("%d records have %d bytes", len(want), len(data))
	}
	for name, in := range map[string]io.Reader{
		"whole": bytes.NewReader(data), "by halves": iotest.HalfReader(bytes.NewReader(data)), "by bytes": iotest.OneByteReader(bytes.NewReader(data)),
	} {
		got, err := read(in)
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("%s (-got +want):\n%.2000s", name, diff)
		}
	}
}

// Where a message breaks off is told, after what came before.
func TestFaults(t *testing.T) {
	t.Parallel()
	whole := message(random(3))
	kept := bytes.Clone(whole)
	kept[len(kept)-1] = 1
	broken := errors.New("the line is cut")
	for _, tt := range []struct {
		name string
		in   io.Reader
		n    int
		want error
	}{
		{"empty", bytes.NewReader(nil), 0, wire.ErrHead},
		{"half a head", bytes.NewReader(whole[:9]), 0, wire.ErrHead},
		{"another version", bytes.NewReader(append([]byte("yipings\x02"), whole[8:]...)), 0, wire.ErrHead},
		{"a head alone", bytes.NewReader(whole[:wire.HeadBytes]), 0, io.EOF},
		{"within a record", bytes.NewReader(whole[:len(whole)-1]), 2, wire.ErrShort},
		{"what is kept", bytes.NewReader(kept), 2, wire.ErrKept},
		{"a line that is cut", io.MultiReader(bytes.NewReader(whole[:len(whole)-5]), iotest.ErrReader(broken)), 2, broken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := read(tt.in)
			if len(got) != tt.n || !errors.Is(err, tt.want) {
				t.Errorf("%d records and %v, want %d and %v", len(got), err, tt.n, tt.want)
			}
		})
	}
}

// Whatever comes is refused or read; what is read and is a ping is written the same
// again.
func FuzzReader(f *testing.F) {
	f.Add(message(random(3)))
	f.Add(message(nil))
	f.Add(append(wire.AppendHead(nil, time.UnixMilli(math.MaxInt64)), make([]byte, wire.RecordBytes)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := read(bytes.NewReader(data))
		if err == nil || len(records) > len(data)/wire.RecordBytes {
			t.Fatalf("%d records of %d bytes: %v", len(records), len(data), err)
		}
		for i, r := range records {
			at := wire.HeadBytes + i*wire.RecordBytes
			head, raw := data[:wire.HeadBytes], data[at:at+wire.RecordBytes]
			if r.Fault() != nil {
				continue
			}
			// Alone, with the record's own time as base, only the offset differs.
			again := wire.Append(nil, r.Time, &r)
			copy(again[16:20], raw[16:20])
			if !bytes.Equal(again, raw) {
				t.Errorf("%x after %x is written as %x", raw, head, again)
			}
		}
	})
}

// BenchmarkReader reads a message of 10,000 records.
func BenchmarkReader(b *testing.B) {
	data, some := message(random(10_000)), make([]wire.Record, 1000)
	b.ReportAllocs()
	for b.Loop() {
		r := wire.NewReader(bytes.NewReader(data))
		for {
			if _, err := r.Read(some); err != nil {
				break
			}
		}
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "records/s")
}
