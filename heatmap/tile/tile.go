package tile

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/tiles/mvt"
)

// The layer of a tile.
const (
	Layer  = "heat"
	extent = 4096
	buffer = 64
)

// maxCells is more than a tile has: at the resolution of its zoom it has some 3,000 at
// most, with those around it.
const maxCells = 20_000

// Resolution is that of the cells on the tiles of a zoom, as far as there are such:
// hexagons of 18 to 65 pixels at 31° north, on tiles of 512 pixels.
func Resolution(z geo.Zoom, r heatmap.Rules) int {
	resolution := 11
	switch {
	case z < 9:
		resolution = 6
	case z < 11:
		resolution = 7
	case z < 12:
		resolution = 8
	case z < 14:
		resolution = 9
	case z < 15:
		resolution = 10
	}
	return min(max(resolution, r.Coarsest), r.Finest)
}

// Encode draws the cells of a frame that was made by rules; nil if there are none. It
// fails if the rules are of so large a part of the world that a tile has too many.
func Encode(f *heatmap.Frame, id geo.TileID, r heatmap.Rules) ([]byte, error) {
	var e mvt.Encoder
	e.Begin(Layer, extent)
	names := keys{e.Key("cell"), e.Key("devices"), e.Key("density"), e.Key("synthetic")}
	g := gridOf(id)
	resolution := Resolution(id.Z, r)
	all := f.Cells(resolution)
	near, err := g.cells(resolution, r.Bound)
	if err != nil {
		return nil, fmt.Errorf("draw the heat of tile %v: %w", id, err)
	}
	for _, c := range near {
		at, ok := slices.BinarySearchFunc(all, c, func(h heatmap.Heat, c cell.Cell) int { return cmp.Compare(h.Cell, c) })
		if !ok {
			continue
		}
		ring := g.ring(c)
		if len(ring) == 0 {
			continue
		}
		e.Feature(-1, mvt.Polygons)
		e.Ring(ring)
		e.Tag(names.cell, e.String(c.String()))
		e.Tag(names.devices, e.Int(int64(all[at].Devices)))
		e.Tag(names.density, e.Float(all[at].Density))
		e.Tag(names.synthetic, e.Bool(f.Synthetic))
		e.EndFeature()
	}
	e.End()
	return e.Bytes(), nil
}

// keys are those of the properties.
type keys struct{ cell, devices, density, synthetic mvt.Key }

// grid is the plane of a tile.
type grid struct {
	bound orb.Bound // lon, lat, with the buffer
	// left and top are the corner of the tile on a plane with 1 for the world, units
	// what 1 is on the grid.
	left, top, units float64
}

func gridOf(id geo.TileID) grid {
	tiles := float64(uint64(1) << id.Z)
	b := id.Bound()
	return grid{
		bound: b.Pad(max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]) * buffer / extent),
		left:  float64(id.X) / tiles, top: float64(id.Y) / tiles, units: tiles * extent,
	}
}

// cells are those of a resolution that may meet the tile, inside a part of the world, in
// ascending order.
func (g *grid) cells(resolution int, world orb.Bound) ([]cell.Cell, error) {
	// What lies on the rim of the world has its cell's centre beyond it.
	rim := 2 * cell.EdgeLength(resolution) / degreeMetres
	b := orb.Bound{
		Min: orb.Point{max(g.bound.Min[0], world.Min[0]-rim), max(g.bound.Min[1], world.Min[1]-rim)},
		Max: orb.Point{min(g.bound.Max[0], world.Max[0]+rim), min(g.bound.Max[1], world.Max[1]+rim)},
	}
	if b.IsEmpty() {
		return nil, nil
	}
	inner, border, err := cell.Cover(orb.MultiPolygon{b.ToPolygon()}, resolution, maxCells)
	all := append(inner, border...)
	slices.Sort(all)
	return all, err
}

// degreeMetres is less than a degree of longitude has up to 60° north.
const degreeMetres = 55_000

// ring is the outline of a cell on the grid, clipped, clockwise as seen on the screen;
// nil if nothing of it is left.
func (g *grid) ring(c cell.Cell) []mvt.Point {
	outline := c.Boundary()
	for i, p := range outline {
		outline[i] = g.project(p)
	}
	box := orb.Bound{Min: orb.Point{-buffer, -buffer}, Max: orb.Point{extent + buffer, extent + buffer}}
	outline = clip.Ring(box, outline)
	ring := make([]mvt.Point, 0, len(outline))
	for _, p := range outline {
		q := mvt.Point{X: int32(math.Round(p[0])), Y: int32(math.Round(p[1]))}
		if len(ring) == 0 || ring[len(ring)-1] != q {
			ring = append(ring, q)
		}
	}
	for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	switch area := twiceArea(ring); {
	case area == 0:
		return nil
	case area < 0:
		slices.Reverse(ring)
	}
	return ring
}

// project is a place (lon, lat) on the grid: x to the right, y down.
func (g *grid) project(p orb.Point) orb.Point {
	lat := p[1] * math.Pi / 180
	x := (p[0] + 180) / 360
	y := (1 - math.Asinh(math.Tan(lat))/math.Pi) / 2
	return orb.Point{(x - g.left) * g.units, (y - g.top) * g.units}
}

// twiceArea is positive of a ring that is clockwise as seen on the screen (the surveyor's
// formula of the specification, 4.3.3.3).
func twiceArea(ring []mvt.Point) (sum int64) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
	}
	return sum
}
