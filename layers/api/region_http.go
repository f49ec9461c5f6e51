package api

import (
	"net/http"
	"strconv"
	"strings"

	"yiping/layers"
)

// regions answers GET /regions: the chain of regions at a point, or, without
// one, all regions.
func (h statsHandlers) regions(w http.ResponseWriter, r *http.Request) error {
	p, err := readParameters(r, "point", "crs")
	if err != nil {
		return err
	}
	crs, err := p.crs("crs")
	if err != nil {
		return err
	}
	if !p.values.Has("point") {
		all, err := h.store.Regions(r.Context())
		if err != nil {
			return err
		}
		return WriteJSON(w, "application/json", struct {
			Regions []layers.Region `json:"regions"`
		}{all})
	}
	lon, lat, err := parsePoint(p.values.Get("point"), crs)
	if err != nil {
		return err
	}
	chain, err := h.store.RegionsAt(r.Context(), lon, lat)
	if err != nil {
		return err
	}
	return WriteJSON(w, "application/json", struct {
		// Point is lon, lat on WGS 84.
		Point [2]float64 `json:"point"`
		*layers.RegionChain
	}{[2]float64{lon, lat}, chain})
}

// parsePoint reads two numbers in the order of the system's axes.
func parsePoint(text string, crs layers.CRS) (lon, lat float64, err error) {
	first, second, ok := strings.Cut(text, ",")
	x, errX := strconv.ParseFloat(first, 64)
	y, errY := strconv.ParseFloat(second, 64)
	if !ok || errX != nil || errY != nil {
		return 0, 0, layers.InputErrorf("point", "%s is not two numbers with a comma between, such as 121.49,31.24", layers.Shown(text))
	}
	if lon, lat, err = crs.ToLonLat(x, y); err != nil {
		return 0, 0, layers.InputErrorf("point", "%v", err)
	}
	return lon, lat, nil
}
