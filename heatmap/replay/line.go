package replay

import (
	"math"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/paulmach/orb"
)

// line is a way on the ground, with what a walk along it needs.
type line struct {
	// points are lon, lat.
	points orb.LineString
	// legs are from each point to the next.
	legs []leg
	// length is in metres.
	length float64
}

// leg is a straight part of a line: its length in metres, and its direction in metres
// east and north, of length 1.
type leg struct{ length, east, north float64 }

var _ yaml.InterfaceUnmarshaler = (*line)(nil)

// UnmarshalYAML reads a list of points.
func (l *line) UnmarshalYAML(decode func(any) error) error {
	var points orb.LineString
	if err := decode(&points); err != nil {
		return err
	}
	*l = newLine(points)
	return nil
}

func newLine(points orb.LineString) line {
	l := line{points: points}
	x, y := metres()
	for i := 1; i < len(points); i++ {
		dx, dy := (points[i][0]-points[i-1][0])*x, (points[i][1]-points[i-1][1])*y
		d := math.Hypot(dx, dy)
		l.legs = append(l.legs, leg{d, dx / d, dy / d})
		l.length += d
	}
	return l
}

// metres are the lengths in metres of a degree of longitude and of latitude at the
// Bund.
func metres() (x, y float64) { return 111_320 * math.Cos(31.235*math.Pi/180), 110_870 }

// at is the point at a share of the length, and the direction there: metres east and
// north, of length 1.
func (l *line) at(share float64) (p orb.Point, east, north float64) {
	left := share * l.length
	for i, g := range l.legs {
		if left <= g.length || i == len(l.legs)-1 {
			f, a, b := min(1, left/g.length), l.points[i], l.points[i+1]
			return orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}, g.east, g.north
		}
		left -= g.length
	}
	return l.points[0], 1, 0
}

// aside is a point moved to the left of a direction.
func aside(p orb.Point, east, north, by float64) orb.Point {
	x, y := metres()
	return orb.Point{p[0] - north*by/x, p[1] + east*by/y}
}

// stripStep is how far apart the corners of a strip are, in metres.
const stripStep = 25

// part is the line between two shares of its length.
func (l *line) part(from, to float64) line {
	n := max(1, int(math.Ceil((to-from)*l.length/stripStep)))
	part := make(orb.LineString, n+1)
	for i := range part {
		part[i], _, _ = l.at(from + (to-from)*float64(i)/float64(n))
	}
	return newLine(part)
}

// strip is the ring around a line at a distance in metres, with blunt ends.
func (l *line) strip(by float64) orb.Ring {
	corners := len(l.part(0, 1).points)
	var left, right orb.Ring
	for i := range corners {
		p, east, north := l.at(float64(i) / float64(corners-1))
		left = append(left, aside(p, east, north, by))
		right = append(right, aside(p, east, north, -by))
	}
	ring := right // counterclockwise
	for _, p := range slices.Backward(left) {
		ring = append(ring, p)
	}
	return append(ring, ring[0])
}
