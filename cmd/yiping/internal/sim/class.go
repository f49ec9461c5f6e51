package sim

// class is how a kind of street is driven.
type class struct {
	// speed is that of free traffic. It is what is usual in a city, below the limits
	// of 120, 80, 60, 50, 40 and 30 km/h.
	speed float64
	// draw is how much rather than another street it is taken.
	draw float64
	// rank is 0 for the largest.
	rank int
}

// signalled is the rank down to which crossings have lights.
const signalled = 3

// classes are those that vehicles take. Footways are left out.
func classes() map[string]class {
	return map[string]class{
		"motorway":    {25, 3, 0},
		"trunk":       {18, 3, 1},
		"primary":     {14, 2.5, 2},
		"secondary":   {12, 2, 3},
		"tertiary":    {10, 1.4, 4},
		"residential": {7, 0.6, 5},
		"service":     {4, 0.2, 6},
	}
}
