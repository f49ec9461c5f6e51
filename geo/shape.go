package geo

import (
	"encoding/json"
	"errors"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// Shape is a GeoJSON geometry, lon, lat, that is no collection. It is for text of
// anybody: geojson.Geometry panics at a collection that holds null.
type Shape struct{ orb.Geometry }

var (
	_ json.Unmarshaler = (*Shape)(nil)
	_ json.Marshaler   = Shape{}
)

// UnmarshalJSON reads a geometry.
func (s *Shape) UnmarshalJSON(data []byte) error {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	if head.Type == "GeometryCollection" {
		return errors.New("geojson: a collection is not taken")
	}
	g, err := geojson.UnmarshalGeometry(data)
	if err != nil {
		return err
	}
	s.Geometry = g.Geometry()
	return nil
}

// MarshalJSON writes a geometry.
func (s Shape) MarshalJSON() ([]byte, error) { return json.Marshal(geojson.NewGeometry(s.Geometry)) }
