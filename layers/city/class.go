package city

// class ranks roads, the greatest first.
type class uint8

const (
	motorway class = iota
	trunk
	primary
	secondary
	tertiary
	residential
	service
	pedestrian
	path
	// notRoad is the frame around the city and what else only closes a face.
	notRoad
)

// classes are the values of the property class of the layer road.
func classes() [notRoad]string {
	return [...]string{
		"motorway", "trunk", "primary", "secondary", "tertiary",
		"residential", "service", "pedestrian", "path",
	}
}

// classOf reads a class; an unknown one is a small street.
func classOf(name string) class {
	for i, c := range classes() {
		if c == name {
			return class(i)
		}
	}
	return residential
}

// halfWidth is the distance in metres from the middle of a road to the building
// plots beside it.
func (c class) halfWidth() float64 {
	return [...]float64{24, 20, 19, 14, 10.5, 7.5, 5, 6, 3, 0}[c]
}

// kerb is the distance in metres from the middle of a road to its kerb.
func (c class) kerb() float64 {
	return [...]float64{14, 12.5, 11.5, 8.5, 6, 4, 3, 3.5, 1.5, 0}[c]
}

func (c class) lanes() int64 {
	return [...]int64{8, 6, 6, 4, 2, 2, 1, 1, 1, 1}[c]
}

// minZoom is the first zoom that shows a road.
func (c class) minZoom() int64 {
	return [...]int64{7, 8, 9, 11, 12, 13, 14, 14, 15, 22}[c]
}
