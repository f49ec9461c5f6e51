package layers

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"yiping/geo"
)

// CRS is a coordinate reference system that coordinates are asked or answered
// in. The zero value is CRS84.
type CRS int

// The systems, each with the order of its axes. CGCS2000 is taken as equal to
// WGS 84, as everywhere (see geo.CGCS2000).
const (
	// CRS84 is WGS 84 as longitude, latitude in degrees: what is stored.
	CRS84 CRS = iota
	// EPSG4326 is WGS 84 as latitude, longitude in degrees.
	EPSG4326
	// EPSG4490 is CGCS2000 as latitude, longitude in degrees.
	EPSG4490
	// EPSG3857 is Web Mercator: x, y in metres.
	EPSG3857
	// GCJ02 is the shifted system of Chinese base maps: longitude, latitude in
	// degrees. No authority has given it a name, so it has one of ours.
	GCJ02
)

// CRSs lists the systems, the stored one first.
func CRSs() []CRS { return []CRS{CRS84, EPSG4326, EPSG4490, EPSG3857, GCJ02} }

// URI is the name of the system as OGC API uses it.
func (c CRS) URI() string {
	switch c {
	case EPSG4326:
		return "http://www.opengis.net/def/crs/EPSG/0/4326"
	case EPSG4490:
		return "http://www.opengis.net/def/crs/EPSG/0/4490"
	case EPSG3857:
		return "http://www.opengis.net/def/crs/EPSG/0/3857"
	case GCJ02:
		return "urn:yiping:def:crs:gcj02"
	default:
		return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	}
}

// ParseCRS reads a URI, or "gcj02" for short. field is the parameter that an
// InputError names.
func ParseCRS(field, uri string) (CRS, error) {
	if strings.EqualFold(uri, "gcj02") {
		return GCJ02, nil
	}
	uris := make([]string, 0, len(CRSs()))
	for _, c := range CRSs() {
		if uri == c.URI() {
			return c, nil
		}
		uris = append(uris, c.URI())
	}
	return CRS84, InputErrorf(field, "%s is none of the systems here: %s", Shown(uri), strings.Join(uris, ", "))
}

// webMercatorRadius is the radius of EPSG:3857's sphere in metres, the
// semi-major axis of WGS 84.
const webMercatorRadius = 6378137

// ToLonLat converts a coordinate pair, in the order of the system's axes, to
// longitude and latitude on WGS 84. Web Mercator is inverted by the formulas of
// EPSG Guidance Note 7-2, 3.2.1.2 (Popular Visualisation Pseudo Mercator).
func (c CRS) ToLonLat(x, y float64) (lon, lat float64, err error) {
	switch c {
	case EPSG4326, EPSG4490:
		lon, lat = y, x
	case EPSG3857:
		lon = x / webMercatorRadius * 180 / math.Pi
		if math.Abs(lon) > 180 && math.Abs(lon) < 180+1e-9 {
			lon = math.Copysign(180, lon) // the edge of the world, but for rounding
		}
		lat = math.Atan(math.Sinh(y/webMercatorRadius)) * 180 / math.Pi
	case GCJ02:
		p := geo.GCJ02.ToWGS84(orb.Point{x, y})
		lon, lat = p[0], p[1]
	default:
		lon, lat = x, y
	}
	if math.IsNaN(lon) || math.IsInf(lon, 0) || math.IsNaN(lat) || math.IsInf(lat, 0) {
		return 0, 0, errors.New("a coordinate is not a finite number")
	}
	if math.Abs(lon) > 180 || math.Abs(lat) > 90 {
		return 0, 0, fmt.Errorf("%v, %v lies outside the world of %s%s", x, y, c.URI(), c.axes())
	}
	return lon, lat, nil
}

// axes reminds of the order in which a client has most likely erred.
func (c CRS) axes() string {
	switch c {
	case EPSG4326, EPSG4490:
		return ", whose axes are latitude, longitude"
	case EPSG3857:
		return ", whose axes are x, y in metres"
	default:
		return ", whose axes are longitude, latitude"
	}
}
