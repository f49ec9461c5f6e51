package stream_test

import (
	"encoding/binary"
	"encoding/hex"
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
)

// What the layout of cells is, byte by byte. The page's decoder is tested with the same
// frames, one a line, in testdata.
func TestBinaryCellsLayout(t *testing.T) {
	t.Parallel()
	w := newGridWorld(t, nil)
	near, far := orb.Point{121.5, 31.5}, orb.Point{121.75, 31.75}
	w.change(t, map[int64]*thing{1: {at: near}, 2: {at: near}, 3: {at: far}})
	sub := `{"f":"sub","ref":1,"stream":"heat","area":{"bbox":[121,31,122,32]},"lod":"h3:9"}`
	all := frames(t, w, sub, 2, func() { w.change(t, map[int64]*thing{1: nil, 3: nil}) })
	for _, data := range all { // what differs from run to run
		binary.LittleEndian.PutUint64(data[24:], 1_577_808_000_000) // now
		binary.LittleEndian.PutUint32(data[32:], 0)                 // tick
	}
	u32 := func(values ...uint32) string {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return hex.EncodeToString(b)
	}
	low := func(c cell.Cell) uint32 { return uint32(c) }
	high := func(c cell.Cell) uint32 { return uint32(c >> 32) }
	a, b := cell.At(near, gridFinest).Parent(9), cell.At(far, gridFinest).Parent(9)
	one, two := math.Float32bits(1), math.Float32bits(2)
	lines := func(frames ...string) string { return strings.Join(frames, "\n") + "\n" }
	want := lines(
		"4c010102"+"01000000"+"0100000000000000"+"0100000000000000"+"0074af5c6f010000"+"00000000"+"0100"+"0100"+
			"02000000"+"00000000"+"00000000"+"00000000"+"09"+"00"+"0200"+"00000000"+
			u32(low(b), low(a), high(b), high(a), one, two, one, two),
		"4c010202"+"01000000"+"0100000000000000"+"0200000000000000"+"0074af5c6f010000"+"00000000"+"0100"+"0100"+
			"01000000"+"00000000"+"01000000"+"00000000"+"09"+"00"+"0200"+"00000000"+
			u32(low(a), high(a), one, one, low(b), high(b)),
	)
	got := lines(hex.EncodeToString(all[0]), hex.EncodeToString(all[1]))
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("frames (-got +want):\n%s", diff)
	}
	const golden = "testdata/cells.golden.hex"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil { //nolint:gosec // everybody may read it
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, string(kept)); diff != "" {
		t.Errorf("%s; rewrite it with -update (-got +want):\n%s", golden, diff)
	}
}
