package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Rule names what a point must obey.
type Rule string

// The rules of a point.
const (
	// Finite: neither coordinate is NaN or infinite.
	Finite Rule = "finite"
	// InWorld: longitude within −180..180, latitude within −90..90 degrees.
	InWorld Rule = "in-world"
	// LonLat: longitude comes first.
	LonLat Rule = "lon-lat"
)

// PointError says which rule a point breaks.
type PointError struct {
	Rule  Rule
	Point orb.Point
}

// Error describes the bad point.
func (e *PointError) Error() string {
	x, y := e.Point[0], e.Point[1]
	switch e.Rule {
	case Finite:
		return fmt.Sprintf("coordinate (%g, %g) is not a finite number", x, y)
	case LonLat:
		return fmt.Sprintf("coordinate (%g, %g) is outside the world but would fit as lat, lon: longitude must come first", x, y)
	case InWorld:
	}
	return fmt.Sprintf("coordinate (%g, %g) is outside the world, longitude −180..180, latitude −90..90", x, y)
}

// CheckFinite tests a point of any plane or sphere by the rule Finite.
func CheckFinite(p orb.Point) error {
	// x−x is NaN, and so unequal to itself, exactly for NaN and the infinities.
	if dx, dy := p[0]-p[0], p[1]-p[1]; dx != 0 || dy != 0 {
		return &PointError{Rule: Finite, Point: p}
	}
	return nil
}

// CheckPoint tests a point (lon, lat in degrees) by all rules.
func CheckPoint(p orb.Point) error {
	if err := CheckFinite(p); err != nil {
		return err
	}
	if inWorld(p) {
		return nil
	}
	if inWorld(swap(p)) {
		return &PointError{Rule: LonLat, Point: p}
	}
	return &PointError{Rule: InWorld, Point: p}
}

func inWorld(p orb.Point) bool { return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 }

func swap(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }

// AxisOrder finds sources that give lat, lon where both orders are in the world.
// That takes an expected area: the order is wrong if no point lies in it and all
// would when swapped. An area that overlaps its own mirror image proves nothing
// for the points in both, and no error comes of them. Not safe for concurrent use.
type AxisOrder struct {
	expected               orb.Bound
	points, inside, mirror int64
}

// NewAxisOrder starts a test against the area that the points should lie in.
func NewAxisOrder(expected orb.Bound) *AxisOrder { return &AxisOrder{expected: expected} }

// Add counts one point.
func (a *AxisOrder) Add(p orb.Point) {
	a.points++
	if a.expected.Contains(p) {
		a.inside++
	}
	if a.expected.Contains(swap(p)) {
		a.mirror++
	}
}

// Err is an error if the points so far are all in the wrong order.
func (a *AxisOrder) Err() error {
	if a.points == 0 || a.inside > 0 || a.mirror < a.points {
		return nil
	}
	return fmt.Errorf("all %d points lie outside the expected area and would lie inside it as lat, lon: "+
		"swap the coordinates so that longitude comes first", a.points)
}
