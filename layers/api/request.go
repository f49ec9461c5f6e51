package api

import (
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// ReadNumbers reads a parameter of as many numbers as are wanted, with commas
// between.
func ReadNumbers(values url.Values, name string, want int) ([]float64, error) {
	words := strings.Split(values.Get(name), ",")
	if len(words) != want {
		return nil, layers.InputErrorf(name, "has %d numbers and not %d", len(words), want)
	}
	out := make([]float64, want)
	for i, word := range words {
		f, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, layers.InputErrorf(name, "%s is not a number", layers.Shown(word))
		}
		out[i] = f
	}
	return out, nil
}

// ReadBound reads bbox of what has no other system than WGS 84: west, south, east,
// north in degrees. It is nil without one.
func ReadBound(values url.Values) (*orb.Bound, error) {
	if !values.Has("bbox") {
		return nil, nil //nolint:nilnil // no box takes all
	}
	n, err := ReadNumbers(values, "bbox", 4)
	if err != nil {
		return nil, err
	}
	b := orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[2], n[3]}}
	for _, corner := range []orb.Point{b.Min, b.Max} {
		if err := geo.CheckPoint(corner); err != nil {
			return nil, layers.InputErrorf("bbox", "%v", err)
		}
	}
	if n[0] > n[2] || n[1] > n[3] {
		return nil, layers.InputErrorf("bbox", "want west, south, east, north")
	}
	return &b, nil
}

// ReadDatum reads datum, the system of the places in a body: one that has no
// parameters of its own, WGS 84 if none is named.
func ReadDatum(values url.Values) (geo.Datum, error) {
	if !values.Has("datum") {
		return geo.WGS84, nil
	}
	d, err := geo.ParseDatum(values.Get("datum"))
	if err != nil || !d.Native() {
		return d, layers.InputErrorf("datum", "%s is none of wgs84, cgcs2000, gcj02, bd09", layers.Shown(values.Get("datum")))
	}
	return d, nil
}

// ReadFlag reads true or false; false if it is not there.
func ReadFlag(values url.Values, name string) (bool, error) {
	switch text := values.Get(name); {
	case text == "true":
		return true, nil
	case text == "false" || !values.Has(name):
		return false, nil
	default:
		return false, layers.InputErrorf(name, "%s is neither true nor false", layers.Shown(text))
	}
}

// bodySilence is how long a body may keep silent.
const bodySilence = 30 * time.Second

// PatientBody is the body of a request that may take as long as it likes, but not be
// silent for half a minute nor longer than so many bytes.
func PatientBody(w http.ResponseWriter, r *http.Request, most int64) io.Reader {
	return http.MaxBytesReader(w, io.NopCloser(&patient{r.Body, http.NewResponseController(w)}), most)
}

type patient struct {
	body    io.Reader
	control *http.ResponseController
}

// Read reads what comes within bodySilence.
func (p *patient) Read(b []byte) (int, error) {
	// Where there is no connection below there is none that hangs.
	_ = p.control.SetReadDeadline(time.Now().Add(bodySilence))
	return p.body.Read(b)
}
