package bench

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"yiping/geo"
)

// WalkConfig says how to walk.
type WalkConfig struct {
	// Seed decides the walk: equal seeds and places give equal tiles.
	Seed uint64
	// Tiles is how many different tiles to make. There are fewer if the zooms
	// have no more where the features are.
	Tiles int
	// MinZoom and MaxZoom are the zooms of the tiles, both inclusive.
	MinZoom, MaxZoom geo.Zoom
}

// A screen is a viewport in CSS pixels.
type screen struct{ width, height float64 }

// screens are who looks: three analysts at a desk for each wall.
func screens() []screen { return []screen{{1440, 900}, {1440, 900}, {1920, 1080}, {3840, 2160}} }

// tilePixels is the size at which MapLibre draws a vector tile.
const tilePixels = 512

// maxIdleMoves ends a walk that finds nothing new any more.
const maxIdleMoves = 2000

// Walk makes the tiles that screens ask for one after another while people pan,
// zoom in and out and jump to places, each tile once: a screen that comes back
// has it already. Jumps go to places, so that the walk is where features are; a
// walk that leaves their bounds jumps.
func Walk(places []orb.Point, cfg WalkConfig) []geo.TileID {
	if len(places) == 0 {
		return nil
	}
	w := walker{
		random: rand.New(rand.NewPCG(cfg.Seed, 1)), places: places, cfg: cfg,
		bound: orb.MultiPoint(places).Bound(), seen: map[geo.TileID]bool{},
	}
	w.jump()
	for idle := 0; len(w.tiles) < cfg.Tiles && idle < maxIdleMoves; idle++ {
		if w.look() {
			idle = 0
		}
		w.move()
	}
	return w.tiles[:min(len(w.tiles), cfg.Tiles)]
}

// walker is one screen after another.
type walker struct {
	random *rand.Rand
	places []orb.Point
	bound  orb.Bound
	cfg    WalkConfig

	screen screen
	at     orb.Point
	zoom   geo.Zoom

	seen  map[geo.TileID]bool
	tiles []geo.TileID
}

// jump opens another screen at a place, at any zoom.
func (w *walker) jump() {
	all := screens()
	w.screen = all[w.random.IntN(len(all))]
	w.at = w.places[w.random.IntN(len(w.places))]
	w.zoom = w.cfg.MinZoom + geo.Zoom(w.random.IntN(int(w.cfg.MaxZoom-w.cfg.MinZoom)+1))
}

// move goes on as people do: half the time they pan, else they zoom or jump.
func (w *walker) move() {
	switch chance := w.random.Float64(); {
	case chance < 0.5:
		w.pan()
	case chance < 0.7 && w.zoom < w.cfg.MaxZoom:
		w.zoom++
	case chance < 0.85 && w.zoom > w.cfg.MinZoom:
		w.zoom--
	default:
		w.jump()
	}
	if !w.bound.Contains(w.at) {
		w.jump()
	}
}

// pan moves by about half a screen in any direction.
func (w *walker) pan() {
	x, y := project(w.at)
	sin, cos := math.Sincos(w.random.Float64() * 2 * math.Pi)
	world := worldPixels(w.zoom)
	w.at = unproject(x+cos*w.screen.width/2/world, y+sin*w.screen.height/2/world)
}

// look asks for the tiles that are not there yet, nearest to the middle first as
// MapLibre does. It reports whether there were any.
func (w *walker) look() bool {
	x, y := project(w.at)
	world := worldPixels(w.zoom)
	halfWidth, halfHeight := w.screen.width/2/world, w.screen.height/2/world
	first := geo.TileAt(unproject(x-halfWidth, y-halfHeight), w.zoom)
	last := geo.TileAt(unproject(x+halfWidth, y+halfHeight), w.zoom)
	var fresh []geo.TileID
	for ty := first.Y; ty <= last.Y; ty++ {
		for tx := first.X; tx <= last.X; tx++ {
			if id := (geo.TileID{Z: w.zoom, X: tx, Y: ty}); !w.seen[id] {
				w.seen[id] = true
				fresh = append(fresh, id)
			}
		}
	}
	side := math.Exp2(float64(w.zoom))
	distance := func(id geo.TileID) float64 {
		return math.Hypot((float64(id.X)+0.5)/side-x, (float64(id.Y)+0.5)/side-y)
	}
	slices.SortStableFunc(fresh, func(a, b geo.TileID) int { return cmp.Compare(distance(a), distance(b)) })
	w.tiles = append(w.tiles, fresh...)
	return len(fresh) > 0
}

// worldPixels is the side of the world at a zoom.
func worldPixels(z geo.Zoom) float64 { return tilePixels * math.Exp2(float64(z)) }

// project is the place of a point in the square of Web Mercator, from 0 to 1 with
// the origin top left.
func project(p orb.Point) (x, y float64) {
	f := geo.FixedAt(p)
	return float64(f.X) / (1 << 32), float64(f.Y) / (1 << 32)
}

// unproject undoes project; what lies outside the square is moved to its edge.
func unproject(x, y float64) orb.Point {
	unit := func(v float64) uint32 { return uint32(max(0, min(v*(1<<32), 1<<32-1))) }
	return geo.Fixed{X: unit(x), Y: unit(y)}.Point()
}
