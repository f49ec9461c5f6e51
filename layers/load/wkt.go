package load

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// parseWKT reads well-known text, with or without PostGIS's "SRID=4326;" before
// it; Z and M are dropped. orb's own reader knows neither. If srid is not 0 the
// text must not state another one.
func parseWKT(text string, srid int) (orb.Geometry, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, rejectf("has no geometry")
	}
	if rest, ok := cutPrefixFold(text, "SRID="); ok {
		digits, geometry, ok := strings.Cut(rest, ";")
		stated, err := strconv.Atoi(digits)
		if !ok || err != nil {
			return nil, rejectf("has a geometry with the SRID %.20q, a number and ; are wanted", digits)
		}
		if srid != 0 && stated != srid {
			return nil, rejectf("has a geometry of SRID %d, the file is said to be %d", stated, srid)
		}
		text = geometry
	}
	if len(text) > 8 && (strings.HasPrefix(text, "00") || strings.HasPrefix(text, "01")) {
		return nil, rejectf("has a geometry that looks like WKB in hexadecimal: export it with ST_AsText")
	}
	w := &wkt{text: text}
	g, err := w.geometry(0)
	if err != nil {
		return nil, err
	}
	if w.space(); w.at < len(w.text) {
		return nil, w.fault("the end")
	}
	return g, nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// wkt is a reader of one geometry, by recursive descent.
type wkt struct {
	text string
	at   int
}

func (w *wkt) geometry(depth int) (orb.Geometry, error) {
	kind := strings.ToUpper(w.word())
	empty := false
	for {
		mark := w.at
		switch strings.ToUpper(w.word()) {
		case "Z", "M", "ZM":
			continue
		case "EMPTY":
			empty = true
		default:
			w.at = mark
		}
		break
	}
	kind = strings.TrimSuffix(strings.TrimSuffix(kind, "M"), "Z") // POINTZ, as ESRI writes it
	if empty {
		return nil, rejectf("has an empty geometry")
	}
	switch kind {
	case "POINT":
		return geometry(w.point())
	case "MULTIPOINT":
		return geometry(wktList[orb.MultiPoint](w, w.multiPointMember))
	case "LINESTRING":
		return geometry(wktList[orb.LineString](w, w.position))
	case "MULTILINESTRING":
		return geometry(wktList[orb.MultiLineString](w, w.line))
	case "POLYGON":
		return geometry(w.polygon())
	case "MULTIPOLYGON":
		return geometry(wktList[orb.MultiPolygon](w, w.polygon))
	case "GEOMETRYCOLLECTION":
		if depth == maxNesting {
			return nil, rejectf("has collections nested more than %d deep", maxNesting)
		}
		return geometry(wktList[orb.Collection](w, func() (orb.Geometry, error) { return w.geometry(depth + 1) }))
	}
	return nil, rejectf("has a geometry of the unknown type %.40q", kind)
}

func (w *wkt) point() (orb.Point, error) {
	if err := w.expect('('); err != nil {
		return orb.Point{}, err
	}
	p, err := w.position()
	if err != nil {
		return p, err
	}
	return p, w.expect(')')
}

// multiPointMember reads both forms: (1 2) and 1 2.
func (w *wkt) multiPointMember() (orb.Point, error) {
	if w.space(); w.at < len(w.text) && w.text[w.at] == '(' {
		return w.point()
	}
	return w.position()
}

func (w *wkt) line() (orb.LineString, error) { return wktList[orb.LineString](w, w.position) }
func (w *wkt) ring() (orb.Ring, error)       { return wktList[orb.Ring](w, w.position) }

func (w *wkt) polygon() (orb.Polygon, error) { return wktList[orb.Polygon](w, w.ring) }

// wktList reads parts between brackets, with commas.
func wktList[L ~[]P, P any](w *wkt, part func() (P, error)) (L, error) {
	if err := w.expect('('); err != nil {
		return nil, err
	}
	var parts L
	for {
		p, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
		if w.space(); w.at < len(w.text) && w.text[w.at] == ',' {
			w.at++
			continue
		}
		return parts, w.expect(')')
	}
}

// position reads two numbers, and one or two more that it drops.
func (w *wkt) position() (orb.Point, error) {
	const most = 4
	var p orb.Point
	n := 0
	for ; n < most; n++ {
		w.space()
		start := w.at
		for w.at < len(w.text) && !strings.ContainsRune(" \t\r\n,()", rune(w.text[w.at])) {
			w.at++
		}
		if w.at == start {
			break
		}
		v, err := strconv.ParseFloat(w.text[start:w.at], 64)
		if err != nil {
			w.at = start
			return p, w.fault("a number")
		}
		if n < 2 {
			p[n] = v
		}
	}
	if n < 2 {
		return p, w.fault("a number")
	}
	return p, nil
}

// word uses letters.
func (w *wkt) word() string {
	w.space()
	start := w.at
	for w.at < len(w.text) && (w.text[w.at]|0x20 >= 'a' && w.text[w.at]|0x20 <= 'z') {
		w.at++
	}
	return w.text[start:w.at]
}

func (w *wkt) space() {
	for w.at < len(w.text) && strings.ContainsRune(" \t\r\n", rune(w.text[w.at])) {
		w.at++
	}
}

func (w *wkt) expect(c byte) error {
	if w.space(); w.at >= len(w.text) || w.text[w.at] != c {
		return w.fault(strconv.QuoteRune(rune(c)))
	}
	w.at++
	return nil
}

func (w *wkt) fault(want string) error {
	rest := w.text[min(w.at, len(w.text)):]
	if rest == "" {
		return rejectf("has well-known text that ends where %s is wanted", want)
	}
	return rejectf("has well-known text with %.20q at character %d, where %s is wanted", rest, w.at+1, want)
}
