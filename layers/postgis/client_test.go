package postgis_test

import (
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

func itoa(i int) string { return strconv.Itoa(i) }

func wkbOf(t *testing.T, g orb.Geometry) []byte {
	t.Helper()
	data, err := wkb.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
