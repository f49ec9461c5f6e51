package bench

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/paulmach/orb"
)

// Traffic is objects that drive straight on in a box and turn back at its edges: all
// that a measurement needs of vehicles.
type Traffic struct {
	box     orb.Bound
	objects []object
}

type object struct {
	key   string
	place orb.Point
	// way in degrees a second.
	way orb.Point
	at  time.Time
}

const (
	// trafficSpeed is how fast objects are, in m/s.
	trafficSpeed = 12
	// metresPerDegree is along a meridian.
	metresPerDegree = 111_195
)

// NewTraffic puts n objects into a box at a time. Their keys are of this time, so
// that a stream which still knows those of an earlier run does not see them jump.
func NewTraffic(n int, box orb.Bound, seed uint64, at time.Time) *Traffic {
	r := rand.New(rand.NewPCG(seed, 5))
	t := &Traffic{box: box, objects: make([]object, n)}
	narrow := math.Cos(box.Center()[1] * math.Pi / 180)
	for i := range t.objects {
		sin, cos := math.Sincos(2 * math.Pi * r.Float64())
		t.objects[i] = object{
			key: "bench-" + strconv.FormatInt(at.UnixMilli(), 36) + "-" + strconv.Itoa(i+1), at: at,
			place: orb.Point{box.Min[0] + r.Float64()*(box.Max[0]-box.Min[0]), box.Min[1] + r.Float64()*(box.Max[1]-box.Min[1])},
			way:   orb.Point{trafficSpeed * cos / metresPerDegree / narrow, trafficSpeed * sin / metresPerDegree},
		}
	}
	return t
}

// Len is how many objects there are.
func (t *Traffic) Len() int { return len(t.objects) }

// Key is the name of object i.
func (t *Traffic) Key(i int) string { return t.objects[i].key }

// Drive moves object i to where it is at a time.
func (t *Traffic) Drive(i int, at time.Time) orb.Point {
	o := &t.objects[i]
	seconds := at.Sub(o.at).Seconds()
	o.at = at
	for axis := range o.place {
		o.place[axis] += o.way[axis] * seconds
		if v := o.place[axis]; v < t.box.Min[axis] && o.way[axis] < 0 || v > t.box.Max[axis] && o.way[axis] > 0 {
			o.way[axis] = -o.way[axis]
		}
	}
	return o.place
}

// Line drives object i and appends its report as a line of JSON.
func (t *Traffic) Line(b []byte, i int, at time.Time) []byte {
	p := t.Drive(i, at)
	b = append(append(append(b, `{"k":"`...), t.objects[i].key...), `","t":`...)
	b = strconv.AppendInt(b, at.UnixMilli(), 10)
	b = strconv.AppendFloat(append(b, `,"lon":`...), p[0], 'f', 7, 64)
	b = strconv.AppendFloat(append(b, `,"lat":`...), p[1], 'f', 7, 64)
	return append(b, `,"s":12,"h":90,"st":2,"plate":"模B00001","kind":"测试","synthetic":true}`+"\n"...)
}
