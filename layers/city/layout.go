package city

import "math"

// layout puts buildings on a parcel. It works in the parcel's own frame: x along
// the rows, about east, y to the back, about north; buildings face south.
type layout struct {
	ground *ground
	loose  *boxes // roads within blocks
	known  *boxes // known buildings
	parcel *parcel
	index  int32
	angle  float64
	axis   vec
	ring   []vec
	lo, hi vec
	d      *dice
	out    []building
}

// fill returns the buildings of a parcel, added to out.
func (l *layout) fill(out []building) []building {
	l.out = out
	l.turn()
	switch l.parcel.use {
	case lilong:
		l.lanes()
	case walkups:
		l.slabs(4, 6, l.d.between(11, 12.5), l.d.between(18, 23), l.d.between(38, 62), 1974, 2001)
	case slabs:
		l.slabs(7, 12, l.d.between(12.5, 14.5), l.d.between(30, 40), l.d.between(34, 56), 1996, 2022)
	case towers:
		l.towers()
	case villas:
		l.villas()
	case village:
		l.village()
	case offices:
		l.offices()
	case shops:
		l.shops()
	case industry:
		l.sheds()
	case school:
		l.school()
	case park:
		l.pavilions()
	case farmland, site:
		return l.out
	}
	if len(l.out) == len(out) {
		l.single()
	}
	return l.out
}

// single puts one building on a parcel that is too small for more.
func (l *layout) single() {
	b := building{use: useCommercial, floors: int16(2 + l.d.intN(4)), year: l.year(1975, 2015)}
	switch u := l.parcel.use; {
	case u == offices:
		b.use, b.floors = useOffice, int16(min(66, max(5, l.parcel.skyline*l.d.between(0.5, 1)/useOffice.storey())))
	case u.housing():
		b.use = useResidential
	case u != shops && u != industry && u != school:
		return
	}
	size := l.hi.sub(l.lo)
	for _, share := range [...]float64{0.8, 0.62, 0.45, 0.3} {
		w, d := min(44, size.x*share), min(32, size.y*share)
		if w >= 9 && d >= 9 && l.put((l.lo.x+l.hi.x)/2, (l.lo.y+l.hi.y)/2, w, d, b) {
			return
		}
	}
}

// turn sets the frame along the sides of the parcel, but within 22 degrees of
// facing south where people live.
func (l *layout) turn() {
	const most = 0.38 // radians
	l.angle = grain4(l.parcel.ring)
	if l.parcel.use.housing() || l.parcel.use == village {
		l.angle = min(most, max(-most, l.angle))
	}
	l.axis = heading(l.angle)
	l.ring = l.ring[:0]
	l.lo, l.hi = vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, v := range l.parcel.ring {
		r := v.sub(l.parcel.middle)
		p := vec{r.dot(l.axis), r.dot(l.axis.left())}
		l.ring = append(l.ring, p)
		l.lo = vec{min(l.lo.x, p.x), min(l.lo.y, p.y)}
		l.hi = vec{max(l.hi.x, p.x), max(l.hi.y, p.y)}
	}
}

// put builds at a place of the frame, if there is room.
func (l *layout) put(x, y, w, d float64, b building) bool {
	figure := [4]vec{{x - w/2, y - d/2}, {x + w/2, y - d/2}, {x + w/2, y + d/2}, {x - w/2, y + d/2}}
	if !holds(l.ring, figure[:]) {
		return false
	}
	for i, c := range figure {
		figure[i] = l.parcel.middle.add(l.axis.scale(c.x)).add(l.axis.left().scale(c.y))
	}
	if l.loose.hit(figure[:]) || l.known.hit(figure[:]) {
		return false
	}
	for i := 0; i < 4 && !l.parcel.dry; i++ {
		if !l.ground.dryLine(figure[i], figure[(i+1)%4]) || !l.ground.dryLine(figure[i], figure[(i+2)%4]) {
			return false
		}
	}
	b.at = figure[0].lerp(figure[2], 0.5)
	b.angle, b.w, b.d, b.parcel = float32(l.angle), float32(w), float32(d), l.index
	l.out = append(l.out, b)
	return true
}

// rows visits rows of a depth, spread evenly from y0 to y1, gap or a little more
// apart, with the room there is between x0 and x1.
func (l *layout) rows(y0, y1, depth, gap float64, f func(y, x0, x1 float64)) {
	n := int((y1 - y0 + gap) / (depth + gap))
	if n < 1 {
		return
	}
	pitch := depth + gap
	if n > 1 {
		pitch = (y1 - y0 - depth) / float64(n-1)
	}
	pitch = min(pitch, 1.25*(depth+gap))
	y := (y0+y1)/2 - pitch*float64(n-1)/2
	for range n {
		a0, a1, ok := spanAt(l.ring, y-depth/2-0.01)
		b0, b1, ok2 := spanAt(l.ring, y+depth/2+0.01)
		if x0, x1 := max(a0, b0), min(a1, b1); ok && ok2 && x0 < x1 {
			f(y, x0+0.1, x1-0.1)
		}
		y += pitch
	}
}

// bars shares a row among bars of about a length, gap apart, none shorter than
// least.
func bars(x0, x1, length, gap, least float64, f func(x, w float64)) {
	n := max(1, int(math.Round((x1-x0+gap)/(length+gap))))
	w := min((x1-x0+gap)/float64(n)-gap, 1.3*length)
	if w < least {
		return
	}
	pitch := w + gap
	if n > 1 {
		pitch = (x1 - x0 - w) / float64(n-1)
	}
	x := x0 + w/2
	if n == 1 {
		x = (x0 + x1) / 2
	}
	for range n {
		f(x, w)
		x += pitch
	}
}

func (l *layout) year(from, to int) int16 { return int16(from + l.d.intN(to-from+1)) }

// lanes are rows of narrow houses, as the concessions built them.
func (l *layout) lanes() {
	depth, gap, length := l.d.between(8.5, 11), l.d.between(3, 4.5), l.d.between(22, 46)
	b := building{use: useResidential, floors: int16(2 + l.d.intN(2)), year: l.year(1908, 1941)}
	main := l.d.between(0.3, 0.7) // where the main lane runs through
	l.rows(l.lo.y, l.hi.y, depth, gap, func(y, x0, x1 float64) {
		lane := l.lo.x + main*(l.hi.x-l.lo.x)
		for _, part := range [2][2]float64{{x0, min(x1, lane-2.5)}, {max(x0, lane+2.5), x1}} {
			bars(part[0], part[1], length, 2.6, 9, func(x, w float64) {
				if l.d.chance(0.04) {
					return // a yard
				}
				l.put(x, y, w, depth, b)
			})
		}
	})
}

// slabs are parallel houses that face south.
func (l *layout) slabs(fewest, most int, depth, gap, length float64, from, to int) {
	b := building{use: useResidential, form: notched, year: l.year(from, to)}
	floors := fewest + l.d.intN(most-fewest+1)
	shift := l.d.between(0, 5)
	l.rows(l.lo.y+1, l.hi.y-1, depth, gap, func(y, x0, x1 float64) {
		bars(x0+shift, x1, length, l.d.between(7, 12), 18, func(x, w float64) {
			b.floors = int16(floors)
			if most > fewest {
				b.floors += int16(l.d.intN(3) - 1)
			}
			if l.d.chance(0.025) { // the neighbourhood's own house
				l.put(x, y, w*0.6, depth, building{use: usePublic, floors: 2, year: b.year})
				return
			}
			l.put(x, y, w, depth, b)
		})
	})
}

// towers stand apart, with lower houses for shops at the southern side.
func (l *layout) towers() {
	year := l.year(1994, 2023)
	floors := min(36, 13+int(l.parcel.skyline/6)+l.d.intN(10))
	w, depth := l.d.between(24, 34), l.d.between(15, 21)
	shape := notched
	if l.d.chance(0.45) {
		shape, depth = cross, w*l.d.between(0.8, 0.95)
	}
	gap := max(22, 0.6*float64(floors)*2.95)
	y0 := l.lo.y
	if l.d.chance(0.5) {
		y0 += 18
		l.rows(l.lo.y, l.lo.y+13, 12, 4, func(y, x0, x1 float64) {
			bars(x0, x1, 44, 5, 12, func(x, w float64) {
				l.put(x, y, w, 12, building{use: useCommercial, floors: 2, year: year})
			})
		})
	}
	odd := false
	l.rows(y0+2, l.hi.y-2, depth, gap, func(y, x0, x1 float64) {
		if odd = !odd; !odd {
			x0 += w / 2 // every other row is moved, for the view
		}
		bars(x0, x1, w, 0.65*gap, 0.8*w, func(x, room float64) {
			l.put(x, y, min(room, w), depth, building{
				use: useResidential, form: shape, floors: int16(floors + l.d.intN(5) - 2), year: year,
			})
		})
	})
}

func (l *layout) villas() {
	year := l.year(1995, 2020)
	w := l.d.between(12, 17)
	l.rows(l.lo.y+2, l.hi.y-2, 11.5, l.d.between(11, 16), func(y, x0, x1 float64) {
		bars(x0, x1, w, 7, 9, func(x, room float64) {
			b := building{use: useResidential, floors: int16(2 + l.d.intN(2)), year: year}
			if l.d.chance(0.5) {
				b.form = angled
			}
			l.put(x, y, min(room, w), 11.5, b)
		})
	})
}

// village is a knot of farmhouses in rows, in the middle of their fields.
func (l *layout) village() {
	knots := 1 + l.d.intN(1+int(l.parcel.area/90e3))
	pitch := l.d.between(15, 19)
	var centres [8]vec
	var radii, stretch [8]float64
	knots = min(knots, len(centres))
	for k := range knots {
		centres[k] = vec{l.d.around((l.lo.x+l.hi.x)/2, 0.36*(l.hi.x-l.lo.x)), l.d.around((l.lo.y+l.hi.y)/2, 0.36*(l.hi.y-l.lo.y))}
		stretch[k] = l.d.between(0.8, 3.4)
		radii[k] = l.d.between(62, 125) / math.Sqrt(stretch[k])
	}
	l.rows(l.lo.y, l.hi.y, 9, pitch-9, func(y, x0, x1 float64) {
		for x := x0; x < x1; {
			w := l.d.between(8.5, 13)
			at := vec{x + w/2, y}
			for k := range knots {
				r := at.sub(centres[k])
				if (vec{r.x / stretch[k], r.y}).len() < radii[k] && l.d.chance(0.86) {
					l.put(at.x, y, w, l.d.between(7.8, 9), building{
						use: useResidential, floors: int16(2 + l.d.intN(5)/4), year: l.year(1978, 2015),
					})
					break
				}
			}
			x += w + l.d.between(1.5, 4.5)
		}
	})
}

// offices are towers with lower houses around them, as high as the skyline is
// there.
func (l *layout) offices() {
	cell := l.d.between(46, 62)
	first := true
	l.rows(l.lo.y, l.hi.y, cell-9, 9, func(y, x0, x1 float64) {
		bars(x0, x1, cell-9, 9, 20, func(x, room float64) {
			height := l.parcel.skyline * l.d.between(0.35, 0.9)
			if first || l.d.chance(0.3) {
				height = l.parcel.skyline * l.d.between(0.8, 1.4)
			}
			b := building{use: useOffice, year: l.year(1988, 2023)}
			b.floors = int16(min(66, max(5, height/b.use.storey())))
			w, depth := room, cell-9
			switch {
			case b.floors > 9:
				w, depth = min(w, l.d.between(27, 44)), min(depth, l.d.between(27, 42))
				b.form = [...]form{block, block, octagon, cross, notched}[l.d.intN(5)]
				first = false
			case l.d.chance(0.5):
				b.form = [...]form{angled, court}[l.d.intN(2)]
			}
			if b.floors <= 9 && l.d.chance(0.35) {
				b.use = useCommercial
			}
			l.put(x, y, w, depth, b)
		})
	})
}

// shops line the streets around a block.
func (l *layout) shops() {
	depth := l.d.between(16, 26)
	top := max(3, min(9, int(l.parcel.skyline/9)))
	l.rows(l.lo.y, l.hi.y, depth, l.d.between(9, 16), func(y, x0, x1 float64) {
		bars(x0, x1, l.d.between(28, 70), 6, 12, func(x, w float64) {
			b := building{use: useCommercial, floors: int16(2 + l.d.intN(top)), year: l.year(1930, 2018)}
			if w > 40 && l.d.chance(0.3) {
				b.form = angled
			}
			l.put(x, y, w, depth, b)
		})
	})
}

func (l *layout) sheds() {
	depth, length := l.d.between(26, 52), l.d.between(60, 120)
	year := l.year(1985, 2018)
	l.rows(l.lo.y, l.hi.y, depth, l.d.between(12, 18), func(y, x0, x1 float64) {
		bars(x0, x1, length, l.d.between(9, 14), 24, func(x, w float64) {
			b := building{use: useIndustrial, floors: 1, year: year}
			switch {
			case l.d.chance(0.1):
				b = building{use: useOffice, floors: int16(3 + l.d.intN(3)), year: year}
				l.put(x, y, w*0.5, min(depth, 18), b)
				return
			case l.d.chance(0.12):
				b.floors = 2
			}
			l.put(x, y, w, depth, b)
		})
	})
}

// school has its houses in the north and the sports ground in the south.
func (l *layout) school() {
	year := l.year(1960, 2018)
	field := l.lo.y + 0.42*(l.hi.y-l.lo.y)
	l.rows(field, l.hi.y-2, 16, 18, func(y, x0, x1 float64) {
		bars(x0, x1, l.d.between(44, 70), 14, 16, func(x, w float64) {
			l.put(x, y, w, 16, building{use: usePublic, form: notched, floors: int16(3 + l.d.intN(2)), year: year})
		})
	})
}

func (l *layout) pavilions() {
	if l.parcel.area < 8000 {
		return
	}
	for range 1 + l.d.intN(2) {
		middle := vec{(l.lo.x + l.hi.x) / 2, (l.lo.y + l.hi.y) / 2}
		if l.put(l.d.around(middle.x, 0.2*(l.hi.x-l.lo.x)), middle.y, 12, 10, building{use: usePublic, floors: 1, year: l.year(1955, 2015)}) {
			return // one is enough, and a second might stand on it
		}
	}
}
