package place

import (
	_ "embed"

	"github.com/paulmach/orb"

	"yiping/heatmap"
)

//go:embed pedestrian.geojson
var pedestrian []byte

// First are the places that a new database begins with, beside those of the evenings.
func First(within orb.Bound) ([]heatmap.Place, error) {
	p, err := Parse("nanjing_road_pedestrian", pedestrian, within)
	return []heatmap.Place{p}, err
}
