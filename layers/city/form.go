package city

// form is the outline of a building.
type form uint8

const (
	block   form = iota
	notched      // a slab with a recess between its two stairs
	angled       // an L
	court        // a U, open to the north
	cross        // a tower with its corners taken out
	octagon
	forms
)

// corners appends the outline of a form of width w and depth d around the
// origin, anticlockwise.
func (f form) corners(buf []vec, w, d float64) []vec {
	x, y := w/2, d/2
	switch f {
	case notched:
		r := min(2, d/4)
		return append(buf, vec{-x, -y}, vec{x, -y}, vec{x, y}, vec{x / 3, y}, vec{x / 3, y - r}, vec{-x / 3, y - r}, vec{-x / 3, y}, vec{-x, y})
	case angled:
		return append(buf, vec{-x, -y}, vec{x, -y}, vec{x, -0.1 * y}, vec{-0.1 * x, -0.1 * y}, vec{-0.1 * x, y}, vec{-x, y})
	case court:
		return append(buf, vec{-x, -y}, vec{x, -y}, vec{x, y}, vec{0.55 * x, y}, vec{0.55 * x, -0.4 * y}, vec{-0.55 * x, -0.4 * y}, vec{-0.55 * x, y}, vec{-x, y})
	case cross:
		u, v := 0.58*x, 0.58*y
		return append(buf, vec{-u, -y}, vec{u, -y}, vec{u, -v}, vec{x, -v}, vec{x, v}, vec{u, v}, vec{u, y}, vec{-u, y}, vec{-u, v}, vec{-x, v}, vec{-x, -v}, vec{-u, -v})
	case octagon:
		u, v := 0.5*x, 0.5*y
		return append(buf, vec{-u, -y}, vec{u, -y}, vec{x, -v}, vec{x, v}, vec{u, y}, vec{-u, y}, vec{-x, v}, vec{-x, -v})
	default:
		return append(buf, vec{-x, -y}, vec{x, -y}, vec{x, y}, vec{-x, y})
	}
}

// use is what a building is used for.
type use uint8

const (
	useResidential use = iota
	useOffice
	useCommercial
	useIndustrial
	usePublic
	useTransport
	useOther
	uses
)

// useNames are the values of the property use of the layer building.
func useNames() [uses]string {
	return [...]string{"residential", "office", "commercial", "industrial", "public", "transport", "other"}
}

// storey is the usual height of a floor in metres.
func (u use) storey() float64 {
	return [...]float64{2.95, 4.1, 4.6, 7.5, 3.8, 6, 4}[u]
}

// building is a building that was made: an outline on a parcel.
type building struct {
	at     vec
	angle  float32
	w, d   float32
	parcel int32
	year   int16
	floors int16
	form   form
	use    use
	// glass says that it has a curtain wall.
	glass bool
}

func (b *building) height() float64 { return float64(b.floors)*b.use.storey() + 1 }

// outline appends the corners of the building on the plane.
func (b *building) outline(buf []vec) []vec {
	from := len(buf)
	buf = b.form.corners(buf, float64(b.w), float64(b.d))
	axis := heading(float64(b.angle))
	for i, c := range buf[from:] {
		buf[from+i] = b.at.add(axis.scale(c.x)).add(axis.left().scale(c.y))
	}
	return buf
}

// footprint is the area of the outline in square metres.
func (b *building) footprint() float64 {
	var buf [12]vec
	return areaOf(b.form.corners(buf[:0], float64(b.w), float64(b.d)))
}
