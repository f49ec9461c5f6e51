package sim_test

import (
	"testing"
	"time"

	"github.com/paulmach/orb/geo"

	"yiping/cmd/yiping/internal/sim"
)

// A fleet goes on where another was seen, in the same direction.
func TestFleetResumes(t *testing.T) {
	t.Parallel()
	n := network(t, town())
	before := sim.Vehicles(n, 60, 7)
	seen := map[string]sim.Seen{"of another": {}}
	last := map[string]sim.Fix{}
	ride(before, time.Second, 100, func(_ int, _, is sim.Fix) {
		seen[is.Key], last[is.Key] = sim.Seen{Place: place(is), Heading: is.Heading}, is
	})
	lost := "v-00060"
	seen[lost] = sim.Seen{Place: geo.PointAtBearingAndDistance(place(last[lost]), 90, 100_000)}
	after := sim.Vehicles(n, 60, 8)
	if got := after.Resume(seen); got != 59 {
		t.Errorf("%d were put where they were seen, want all but one that is off the streets", got)
	}
	for i := range 59 {
		is, _ := after.Report(i, time.Time{}).(sim.Fix)
		was := last[is.Key]
		if away := geo.DistanceHaversine(place(was), place(is)); away > 0.2 || headingsApart(was.Heading, is.Heading) > 1 {
			t.Errorf("%s was seen at %v heading %v, and goes on %.2f m away heading %v", is.Key, place(was), was.Heading, away, is.Heading)
		}
	}
}
