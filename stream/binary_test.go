package stream_test

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

// frames reads binary frames of a subscription until it has n; change follows the first.
func frames(t *testing.T, w *world, sub string, n int, change func()) (all [][]byte) {
	t.Helper()
	ws, _, err := dialAs(t, w.url, "live1.bin", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close() //nolint:errcheck // the test is over
	_ = ws.WriteMessage(websocket.TextMessage, []byte(sub))
	for len(all) < n {
		kind, data, err := ws.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if kind == websocket.BinaryMessage {
			if all = append(all, data); len(all) == 1 {
				change()
			}
		}
	}
	return all
}

// What the layout is, byte by byte: the columns of three objects begin at 64, 76, 88,
// 100, 108, 116 and 124, and end at 128.
func TestBinaryLayout(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, nil)
	w.change(t, map[int64]*thing{7: {orb.Point{121.5, 31.5}, 260}, 8: {orb.Point{121.25, 31.25}, 3}, 9: {orb.Point{121.75, 31.75}, 5}})
	all := frames(t, w, `{"f":"sub","ref":1,"stream":"vehicles","area":{"bbox":[121,31,122,32]}}`, 2, func() {
		w.change(t, map[int64]*thing{7: nil, 8: {orb.Point{10, 10}, 1}, 9: {orb.Point{121.75, 31.75}, 6}})
	})
	snap := all[0]
	for _, data := range all { // what differs from run to run
		binary.LittleEndian.PutUint64(data[24:], 0) // now
		binary.LittleEndian.PutUint32(data[32:], 0) // tick
	}
	row := func(parts ...string) string { return strings.Join(parts, "") }
	want := []string{row(
		"4c010101", "01000000", "0100000000000000", "0100000000000000", "0000000000000000", "00000000", "0100", "0100",
		"03000000", "00000000", "00000000", "03000000", "ff", "00", "0000", "00000000",
		"00000000", "01000000", "02000000", // handles
		lons(snap), "0401", "0300", "0500", "0000", "ffffffffffff0000", "fefffefffeff0000", "820202", "00",
		"00000000", "01", hex.EncodeToString([]byte("7")), "01000000", "01", hex.EncodeToString([]byte("8")), "02000000", "01", hex.EncodeToString([]byte("9")),
	), row(
		"4c010201", "01000000", "0100000000000000", "0200000000000000", "0000000000000000", "00000000", "0100", "0100",
		"01000000", "01000000", "01000000", "00000000", "ff", "00", "0000", "00000000",
		"02000000", hex.EncodeToString(snap[84:88]), hex.EncodeToString(snap[96:100]), "06000000", "ffff0000", "feff0000", "82000000",
		"01000000", "00000000",
	)}
	for i, data := range all {
		if diff := cmp.Diff(hex.EncodeToString(data), want[i]); diff != "" {
			t.Errorf("frame %d (-got +want):\n%s", i, diff)
		}
	}
	if got := len(snap) - 3*len("handl7"); got != 128 {
		t.Errorf("a snapshot of three objects without their names has %d bytes, want 128", got)
	}
}

// lons are the columns lon and lat of a frame of three objects, which the fixed-point
// plane rounds, after a check of what they are near.
func lons(data []byte) string {
	for i, want := range []int32{1_215_000_000, 1_212_500_000, 1_217_500_000, 315_000_000, 312_500_000, 317_500_000} {
		if got := int32(binary.LittleEndian.Uint32(data[76+4*i:])); got < want-2 || got > want+2 {
			return "far off"
		}
	}
	return hex.EncodeToString(data[76:100])
}
