package city

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// towers draws well-known buildings: true names, floors and heights on footprints
// of the right size and simple shape.
func (d *drawing) towers() error {
	rows, err := readTable("towers.csv", "name", "name_en", "use", "floors", "height_m", "built_year",
		"lon", "lat", "shape", "width_m", "depth_m", "turn_deg")
	if err != nil {
		return err
	}
	for _, r := range rows {
		shape, err := footprint(r.text("shape"))
		if err != nil {
			return fmt.Errorf("towers.csv: %s: %w", r.text("name"), err)
		}
		middle := d.plane.vec(r.point())
		turn := heading(r.number("turn_deg") * math.Pi / 180)
		ring := make(orb.Ring, 0, len(shape)+1)
		for _, v := range shape {
			east, north := v.x*r.number("width_m")/2, v.y*r.number("depth_m")/2
			ring = append(ring, d.plane.point(middle.add(turn.scale(east)).add(turn.left().scale(north))))
		}
		d.base.Buildings = append(d.base.Buildings, Building{
			Name: r.text("name"), NameEn: r.text("name_en"), Use: r.text("use"),
			Floors: int(r.integer("floors")), HeightMetres: r.number("height_m"),
			BuiltYear: int(r.integer("built_year")),
			Source:    schematicSource, SourceID: "building/" + r.text("name"),
			Geometry: orb.MultiPolygon{{append(ring, ring[0])}},
		})
	}
	return nil
}

// footprint is a shape in the square from -1 to 1, anticlockwise.
func footprint(shape string) ([]vec, error) {
	switch shape {
	case "box":
		return []vec{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}, nil
	case "octagon": // a box with its corners cut off
		const c = 0.6
		return []vec{{-c, -1}, {c, -1}, {1, -c}, {1, c}, {c, 1}, {-c, 1}, {-1, c}, {-1, -c}}, nil
	case "round":
		return rounded(32, func(float64) float64 { return 1 }), nil
	case "triangle": // with bulging sides, as Shanghai Tower has
		return rounded(36, func(angle float64) float64 { return 0.86 + 0.14*math.Cos(3*angle) }), nil
	default:
		return nil, fmt.Errorf("%q is no shape", shape)
	}
}

// rounded is an outline of n corners with a radius for each direction.
func rounded(n int, radius func(angle float64) float64) []vec {
	outline := make([]vec, n)
	for i := range outline {
		angle := 2 * math.Pi * float64(i) / float64(n)
		outline[i] = heading(angle).scale(radius(angle))
	}
	return outline
}

func (d *drawing) heritage() error {
	rows, err := readTable("heritage.csv", "name", "name_en", "grade", "built_year", "style", "lon", "lat")
	if err != nil {
		return err
	}
	for _, r := range rows {
		d.base.Heritage = append(d.base.Heritage, Heritage{
			Name: r.text("name"), NameEn: r.text("name_en"), Grade: r.text("grade"),
			BuiltYear: int(r.integer("built_year")), Style: r.text("style"),
			Source: schematicSource, SourceID: "heritage/" + r.text("name"),
			Geometry: r.point(),
		})
	}
	return nil
}

func (d *drawing) places() error {
	rows, err := readTable("places.csv", "name", "name_en", "kind", "min_zoom", "lon", "lat")
	if err != nil {
		return err
	}
	for _, r := range rows {
		d.base.Places = append(d.base.Places, Place{
			Name: r.text("name"), NameEn: r.text("name_en"), Kind: r.text("kind"),
			MinZoom: int(r.integer("min_zoom")),
			Source:  schematicSource, SourceID: "place/" + r.text("name"),
			Geometry: r.point(),
		})
	}
	return nil
}
