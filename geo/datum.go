package geo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Datum names the system that a source's coordinates are in. A positive value is
// an EPSG code; GCJ-02 and BD-09 have none and are negative. Unstated, the zero
// value, means that nobody has said.
type Datum int

// The datums of Chinese map data, which convert without a database.
const (
	Unstated Datum = 0
	// WGS84 is EPSG:4326 read as longitude, latitude.
	WGS84 Datum = 4326
	// CGCS2000 is the national system, EPSG:4490, read as longitude, latitude.
	// It is taken as equal to WGS 84: they differ by less than a metre.
	CGCS2000 Datum = 4490
	// GCJ02 is the obfuscated system that Chinese law asks of public maps: AMap,
	// Tencent, and all positions that come from phones' map kits.
	GCJ02 Datum = -1
	// BD09 is Baidu's further shift of GCJ-02 (its lon, lat form).
	BD09 Datum = -2
)

// maxEPSG is the largest SRID that PostGIS lets a user have.
const maxEPSG = 998999

// ParseDatum reads a datum as the command line and layer definitions write it:
// wgs84, cgcs2000, gcj02, bd09 or EPSG:n, in any case, "-" and "_" ignored in
// the names. EPSG:4326 and EPSG:4490 are WGS84 and CGCS2000.
func ParseDatum(s string) (Datum, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	if digits, ok := strings.CutPrefix(name, "epsg:"); ok {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > maxEPSG {
			return Unstated, fmt.Errorf("datum %q: an EPSG code is a number from 1 to %d", s, maxEPSG)
		}
		return Datum(n), nil
	}
	switch strings.NewReplacer("-", "", "_", "").Replace(name) {
	case "wgs84":
		return WGS84, nil
	case "cgcs2000":
		return CGCS2000, nil
	case "gcj02":
		return GCJ02, nil
	case "bd09":
		return BD09, nil
	}
	return Unstated, fmt.Errorf("datum %q is not known: write wgs84, cgcs2000, gcj02, bd09 or EPSG:n", s)
}

// String is the name that ParseDatum reads, or "" if unstated.
func (d Datum) String() string {
	switch d {
	case Unstated:
		return ""
	case WGS84:
		return "WGS84"
	case CGCS2000:
		return "CGCS2000"
	case GCJ02:
		return "GCJ02"
	case BD09:
		return "BD09"
	}
	return "EPSG:" + strconv.Itoa(int(d))
}

// MarshalText writes the name.
func (d Datum) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a name as ParseDatum does; an empty text is Unstated.
func (d *Datum) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Unstated
		return nil
	}
	v, err := ParseDatum(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// SRID is the EPSG code, or 0 for GCJ-02, BD-09 and an unstated datum.
func (d Datum) SRID() int { return max(int(d), 0) }

// Native reports whether ToWGS84 and FromWGS84 know the datum. The others are
// for PostGIS to convert.
func (d Datum) Native() bool {
	return d == WGS84 || d == CGCS2000 || d == GCJ02 || d == BD09
}

// ToWGS84 converts a point (lon, lat in degrees) of a native datum to WGS 84.
// It panics for any other: ask Native first.
func (d Datum) ToWGS84(p orb.Point) orb.Point {
	switch d {
	case WGS84, CGCS2000:
		return p
	case GCJ02:
		return gcj02ToWGS84(p)
	case BD09:
		return gcj02ToWGS84(bd09ToGCJ02(p))
	default:
		panic(fmt.Sprintf("geo: %v does not convert here", d))
	}
}

// FromWGS84 converts a WGS 84 point (lon, lat in degrees) to a native datum. It
// panics for any other: ask Native first.
func (d Datum) FromWGS84(p orb.Point) orb.Point {
	switch d {
	case WGS84, CGCS2000:
		return p
	case GCJ02:
		return wgs84ToGCJ02(p)
	case BD09:
		return gcj02ToBD09(wgs84ToGCJ02(p))
	default:
		panic(fmt.Sprintf("geo: %v does not convert here", d))
	}
}
