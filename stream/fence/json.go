package fence

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"yiping/geo"
	"yiping/layers"
)

// feature is a definition as GeoJSON.
type feature struct {
	Type       string     `json:"type"`
	ID         string     `json:"id,omitempty"`
	Geometry   *geo.Shape `json:"geometry"`
	Properties properties `json:"properties"`
}

// properties are those of a fence. Periods are seconds.
type properties struct {
	Title      string   `json:"title"`
	Buffer     float64  `json:"buffer_m"`
	Streams    []string `json:"streams"`
	Kinds      []Kind   `json:"kinds,omitempty"`
	Where      string   `json:"where,omitempty"`
	Hysteresis float64  `json:"hysteresis_m"`
	Near       float64  `json:"near_m"`
	Settle     float64  `json:"settle_s"`
	Dwell      float64  `json:"dwell_s"`
	Absence    float64  `json:"absence_s"`
	Synthetic  bool     `json:"synthetic"`
	Version    int32    `json:"version,omitempty"`
}

// Parse reads a definition, a GeoJSON Feature, and checks it. It takes no notice of
// id and version, which are not the client's. Without kinds all are told. Errors are
// *layers.InputError.
func Parse(data []byte) (Definition, error) {
	var f feature
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return Definition{}, layers.InputErrorf("body", "%.200s", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Definition{}, layers.InputErrorf("body", "more text follows the Feature")
	}
	switch {
	case f.Type != "Feature":
		return Definition{}, layers.InputErrorf("type", "is Feature")
	case f.Geometry == nil:
		return Definition{}, layers.InputErrorf("geometry", "is missing")
	}
	p := f.Properties
	d := Definition{
		Title: p.Title, Geometry: f.Geometry.Geometry, Buffer: p.Buffer, Streams: p.Streams, Kinds: p.Kinds,
		Where: p.Where, Hysteresis: p.Hysteresis, Near: p.Near, Settle: period(p.Settle), Dwell: period(p.Dwell), Absence: period(p.Absence),
		Synthetic: p.Synthetic,
	}
	if len(d.Kinds) == 0 {
		d.Kinds = Kinds()
	}
	return d, d.Check()
}

// period is a number of seconds, to the ms. What is out of all bounds stays so.
func period(seconds float64) time.Duration {
	if !(seconds >= 0 && seconds <= 2*MaxPeriod.Seconds()) {
		return -1
	}
	return time.Duration(seconds*1000+0.5) * time.Millisecond
}

// featureOf is a definition as GeoJSON.
func featureOf(d *Definition) feature {
	return feature{
		Type: "Feature", ID: d.ID, Geometry: &geo.Shape{Geometry: d.Geometry},
		Properties: properties{
			Title: d.Title, Buffer: d.Buffer, Streams: d.Streams, Kinds: d.Kinds,
			Where: d.Where, Hysteresis: d.Hysteresis, Near: d.Near,
			Settle: d.Settle.Seconds(), Dwell: d.Dwell.Seconds(), Absence: d.Absence.Seconds(),
			Synthetic: d.Synthetic, Version: d.Version,
		},
	}
}
