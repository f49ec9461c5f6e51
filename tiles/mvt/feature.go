package mvt

import "encoding/binary"

// GeometryType is the type of a feature's geometry, multi forms included.
type GeometryType uint8

// The geometry types as the specification numbers them (4.3.4).
const (
	Points   GeometryType = 1
	Lines    GeometryType = 2
	Polygons GeometryType = 3
)

// Point is a position in the grid of a tile.
type Point struct{ X, Y int32 }

// The commands of a geometry (4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// feature is the feature being written.
type feature struct {
	id       int64
	kind     GeometryType
	tags     []byte
	geometry []byte
	cursor   Point
}

// Feature begins a feature. Ids below zero, which the format cannot write, are
// left out. Its geometry and its properties follow, in any order.
func (e *Encoder) Feature(id int64, kind GeometryType) {
	f := &e.feature
	f.id, f.kind, f.cursor = id, kind, Point{}
	f.tags, f.geometry = f.tags[:0], f.geometry[:0]
}

// SetID changes the id of the feature.
func (e *Encoder) SetID(id int64) { e.feature.id = id }

// Tag gives the feature a property. A feature has each key at most once.
func (e *Encoder) Tag(k Key, v Value) {
	f := &e.feature
	f.tags = binary.AppendUvarint(f.tags, uint64(k))
	f.tags = binary.AppendUvarint(f.tags, uint64(v))
}

// Point makes p the geometry of a feature of type Points.
func (e *Encoder) Point(p Point) {
	e.feature.command(moveTo, 1)
	e.feature.move(p)
}

// MultiPoint makes the points the geometry of a feature of type Points.
func (e *Encoder) MultiPoint(points []Point) {
	e.feature.command(moveTo, len(points))
	for _, p := range points {
		e.feature.move(p)
	}
}

// Line adds a line, of at least two points, to a feature of type Lines. No two
// points in a row are the same.
func (e *Encoder) Line(line []Point) {
	f := &e.feature
	f.command(moveTo, 1)
	f.move(line[0])
	f.command(lineTo, len(line)-1)
	for _, p := range line[1:] {
		f.move(p)
	}
}

// Ring adds a ring, of at least three points, to a feature of type Polygons. The
// first point is not repeated at the end. Outer rings run clockwise as seen on
// the screen, and the inner rings of each follow it, anticlockwise (4.3.4.4).
func (e *Encoder) Ring(ring []Point) {
	e.Line(ring)
	e.feature.command(closePath, 1)
}

// EndFeature appends the feature to the layer. A feature without a geometry is
// left out.
func (e *Encoder) EndFeature() {
	f := &e.feature
	if len(f.geometry) == 0 {
		return
	}
	size := 2 + sizeBytes(len(f.geometry))
	if f.id >= 0 {
		size += 1 + sizeVarint(uint64(f.id))
	}
	if len(f.tags) > 0 {
		size += sizeBytes(len(f.tags))
	}
	b := binary.AppendUvarint(append(e.features, tagFeature), uint64(size))
	if f.id >= 0 {
		b = binary.AppendUvarint(append(b, tagID), uint64(f.id))
	}
	if len(f.tags) > 0 {
		b = appendBytes(b, tagTags, f.tags)
	}
	b = append(b, tagType, byte(f.kind))
	e.features = appendBytes(b, tagGeometry, f.geometry)
	e.count++
}

func (f *feature) command(id, count int) {
	f.geometry = binary.AppendUvarint(f.geometry, uint64(count)<<3|uint64(id))
}

// move appends the way from the cursor to p, zigzag encoded as 32-bit parameters
// (4.3.2), and moves the cursor there.
func (f *feature) move(p Point) {
	f.geometry = binary.AppendUvarint(f.geometry, zigzag(p.X-f.cursor.X))
	f.geometry = binary.AppendUvarint(f.geometry, zigzag(p.Y-f.cursor.Y))
	f.cursor = p
}

func zigzag(n int32) uint64 { return uint64(uint32(n<<1) ^ uint32(n>>31)) }
