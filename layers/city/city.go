package city

import (
	"fmt"
	"iter"
	"slices"
	"sync"

	"yiping/layers"
)

// Config says how much of the city is made, and which of all possible ones.
type Config struct {
	// Scale is the share of the published figures, in (0, 1].
	Scale float64
	// Seed is where all chance starts; equal seeds make equal cities.
	Seed uint64
}

// City is a demonstration city on a base map.
type City struct {
	base    *Base
	seed    uint64
	figures figures
	plane   plane

	network func() *network
	stock   func() (*stock, error)
	pipes   func() ([]pipe, error)
}

// sourceName is the source of all that is generated.
const sourceName = "demo"

// New prepares a city on a base map. It checks what it is given and starts no
// work: each step is done when a layer first needs it.
func New(base *Base, cfg Config) (*City, error) {
	if !(cfg.Scale > 0 && cfg.Scale <= 1) {
		return nil, layers.InputErrorf("scale", "is %v; it must be above 0 and at most 1", cfg.Scale)
	}
	bound, err := checkBase(base)
	if err != nil {
		return nil, err
	}
	c := &City{base: base, seed: mix(cfg.Seed), figures: figuresAt(cfg.Scale), plane: newPlane(bound.Center())}
	c.network = sync.OnceValue(func() *network {
		g := newGround(&c.plane, base)
		return newNetwork(g, newDensity(g, base, c.seed), base, c.seed)
	})
	c.stock = sync.OnceValues(func() (*stock, error) { return newStock(c.network(), base, c.figures, c.seed) })
	c.pipes = sync.OnceValues(func() ([]pipe, error) { return growPipes(c.network(), c.figures.pipeMetres, c.seed) })
	return c, nil
}

// Sources are those of the base map, and the generator's own.
func (c *City) Sources() []layers.Source {
	return append(slices.Clip(c.base.Sources), layers.Source{
		Name: sourceName, Title: "合成演示数据（按规则与种子生成，非真实）",
		Licence: "Apache-2.0", Datum: "WGS84", Synthetic: true,
	})
}

// Layers are the layers of the city in the order in which they load: regions
// first, because all others are placed into them.
func (c *City) Layers() []string { return layers.StandardNames() }

// Expected is the number of features that a layer will have. It may take the
// same time as the first feature does, because steps that are counted must be
// done. It is 0 for what Features would refuse.
func (c *City) Expected(layer string) int {
	n := 0
	switch layer {
	case "district":
		n = len(c.base.Districts)
	case "street":
		n = len(c.base.Streets)
	case "village":
		n = len(c.base.Villages)
	case "water":
		n = len(c.base.Water)
	case "road":
		n = len(c.base.Roads) + len(c.network().streets)
	case "metro_line":
		n = len(c.base.MetroLines)
	case "metro_station":
		n = len(c.base.MetroStations)
	case "place":
		n = len(c.base.Places)
	case "heritage":
		n = c.figures.heritage
	case "building":
		n = c.figures.buildings
	case "curtain_wall":
		n = c.figures.curtainWalls
	case "compound":
		n = c.figures.compounds
	case "construction_site":
		n = c.figures.sites
	case "pipeline":
		pipes, _ := c.pipes()
		n = len(pipes)
	case "component":
		n = c.figures.components
	}
	return n
}

// Features makes the features of a layer, always the same ones in the same
// order. The Feature that it yields, its geometry and its properties are reused:
// they are valid until the next one. After an error nothing follows.
func (c *City) Features(layer string) iter.Seq2[*layers.Feature, error] {
	return func(yield func(*layers.Feature, error) bool) {
		out := &sink{yield: yield}
		out.Source, out.Synthetic = sourceName, true
		if err := c.write(layer, out); err != nil && !out.stopped {
			yield(nil, fmt.Errorf("generate %s: %w", layer, err))
		}
	}
}

func (c *City) write(layer string, out *sink) error {
	switch layer {
	case "district":
		return c.writeDistricts(out)
	case "street":
		return c.writeStreets(out)
	case "village":
		return c.writeVillages(out)
	case "water":
		return c.writeWater(out)
	case "road":
		return c.writeRoads(out)
	case "metro_line":
		return c.writeMetroLines(out)
	case "metro_station":
		return c.writeMetroStations(out)
	case "place":
		return c.writePlaces(out)
	case "heritage":
		return c.writeHeritage(out)
	case "building":
		return c.writeBuildings(out)
	case "curtain_wall":
		return c.writeCurtainWalls(out)
	case "compound":
		return c.writeCompounds(out)
	case "construction_site":
		return c.writeSites(out)
	case "pipeline":
		return c.writePipes(out)
	case "component":
		return c.writeComponents(out)
	default:
		return layers.InputErrorf("layer", "%q is no layer of the city", layer)
	}
}

// sink hands features on, one Feature used for all.
type sink struct {
	layers.Feature
	yield   func(*layers.Feature, error) bool
	stopped bool
}

// send yields the feature as it stands and says whether to go on.
func (s *sink) send() bool {
	s.stopped = !s.yield(&s.Feature, nil)
	return !s.stopped
}

// set gives the feature its properties, in the order of the layer.
func (s *sink) set(properties ...any) {
	s.Properties = append(s.Properties[:0], properties...)
}

// known sets the feature to be one of the base map.
func (s *sink) known(code, source, id string, synthetic map[string]bool) {
	s.Code, s.Source, s.SourceID, s.Synthetic = code, source, id, synthetic[source]
}

// made sets the feature to be a generated one.
func (s *sink) made(code string) {
	s.Code, s.Source, s.SourceID, s.Synthetic = code, sourceName, code, true
}

// orNull is a string property: null if empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// intOrNull is an integer property: null if unknown, which is 0.
func intOrNull(n int) any {
	if n <= 0 {
		return nil
	}
	return int64(n)
}

// floatOrNull is a number property: null if unknown, which is 0.
func floatOrNull(x float64) any {
	if x <= 0 {
		return nil
	}
	return x
}
