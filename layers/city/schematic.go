package city

import (
	"embed"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"yiping/layers"
)

//go:embed schematic
var schematicFiles embed.FS

// schematicSource is the name of the source of all that Schematic draws.
const schematicSource = "schematic"

// Schematic is the base map that the binary carries: Shanghai drawn by hand from
// well-known facts, good to a few hundred metres (some fifty along the Bund). It
// needs nothing from outside. Names, populations, heights and line colours are
// facts; the outlines are sketches, and the towns inside the districts are made up
// altogether and say so in their names.
func Schematic() (*Base, error) {
	b := &Base{
		Title:     "上海（示意）",
		Schematic: true,
		Centre:    peoplesSquare(),
		Sources: []layers.Source{{
			Name: schematicSource, Title: "示意底图（手绘，非测绘成果）",
			Licence: "Apache-2.0", Datum: "WGS84", Synthetic: true, Schematic: true,
		}},
	}
	d := drawing{plane: newPlane(b.Centre), base: b}
	for _, draw := range []func() error{
		d.regions, d.rivers, d.lakes, d.towns, d.roads, d.metro, d.towers, d.heritage, d.places,
	} {
		if err := draw(); err != nil {
			return nil, fmt.Errorf("schematic base map: %w", err)
		}
	}
	return b, nil
}

// peoplesSquare is 人民广场, from where Shanghai measures its distances.
func peoplesSquare() orb.Point { return orb.Point{121.4708, 31.2312} }

// drawing is the state of Schematic while it draws.
type drawing struct {
	plane   plane
	base    *Base
	streams map[string]stream
}

// regions draws the districts and the sea, which share one set of borders.
func (d *drawing) regions() error {
	streams, err := d.readStreams()
	if err != nil {
		return err
	}
	d.streams = streams
	borders, err := d.readBorders()
	if err != nil {
		return err
	}
	districts, err := readTable("districts.csv", "code", "name", "name_en", "towns", "population", "population_year")
	if err != nil {
		return err
	}
	for _, r := range districts {
		a := Area{
			Code: r.text("code"), Name: r.text("name"), NameEn: r.text("name_en"),
			Source: schematicSource, SourceID: "district/" + r.text("code"),
			Population: r.integer("population"), PopulationYear: int(r.integer("population_year")),
		}
		if a.Geometry, err = region(a.Code, borders); err != nil {
			return err
		}
		d.base.Districts = append(d.base.Districts, a)
	}
	for _, w := range seas() {
		if w.Geometry, err = region(strings.TrimPrefix(w.SourceID, "water/"), borders); err != nil {
			return err
		}
		d.base.Water = append(d.base.Water, w)
	}
	return nil
}

// seas are the waters that have borders with the land. The lines between them are
// those in common use: Qidong to Nanhui Point, Nanhui Point to Zhenhai.
func seas() []Water {
	return []Water{
		{Name: "长江口", NameEn: "Yangtze Estuary", Kind: "sea", Source: schematicSource, SourceID: "water/yangtze"},
		{Name: "杭州湾", NameEn: "Hangzhou Bay", Kind: "sea", Source: schematicSource, SourceID: "water/hangzhou"},
		{Name: "东海", NameEn: "East China Sea", Kind: "sea", Source: schematicSource, SourceID: "water/donghai"},
	}
}

func (d *drawing) readBorders() ([]border, error) {
	features, err := readLines("borders.geojson")
	if err != nil {
		return nil, err
	}
	borders := make([]border, 0, len(features))
	for i, f := range features {
		line := f.line
		switch along := f.Along; {
		case along != "":
			if line, err = riverBetween(d.streams[along].line, line[0], line[len(line)-1]); err != nil {
				return nil, fmt.Errorf("borders.geojson: border %d along %s: %w", i+1, along, err)
			}
		case f.Curve:
			line = curve(d.plane, line)
		}
		borders = append(borders, border{between: f.Between, line: line})
	}
	return borders, nil
}

// riverBetween is the part of a line from one of its vertices to another.
func riverBetween(line orb.LineString, from, to orb.Point) (orb.LineString, error) {
	start, end := -1, -1
	for i, p := range line {
		if p == from {
			start = i
		}
		if p == to {
			end = i
		}
	}
	if start < 0 || end < 0 || start == end {
		return nil, fmt.Errorf("%v and %v are not two control points of it", from, to)
	}
	part := line[min(start, end) : max(start, end)+1].Clone()
	if start > end {
		part.Reverse()
	}
	return part, nil
}

// readStreams reads the centre lines of the rivers, by name.
func (d *drawing) readStreams() (map[string]stream, error) {
	rows, err := readTable("rivers.csv", "name", "name_en", "min_zoom", "width_m", "lon", "lat")
	if err != nil {
		return nil, err
	}
	control := map[string]stream{}
	for _, r := range rows {
		s := control[r.text("name")]
		s.line = append(s.line, r.point())
		s.metres = append(s.metres, r.number("width_m"))
		control[r.text("name")] = s
	}
	for name, s := range control {
		control[name] = s.smoothed(d.plane)
	}
	return control, nil
}

func (d *drawing) rivers() error {
	rows, err := readTable("rivers.csv", "name", "name_en", "min_zoom", "width_m", "lon", "lat")
	if err != nil {
		return err
	}
	last := ""
	for _, r := range rows {
		name := r.text("name")
		if name == last {
			continue
		}
		last = name
		d.base.Water = append(d.base.Water, Water{
			Name: name, NameEn: r.text("name_en"), Kind: "river", MinZoom: int(r.integer("min_zoom")),
			Source: schematicSource, SourceID: "water/" + name,
			Geometry: orb.MultiPolygon{d.streams[name].ribbon(d.plane)},
		})
	}
	return nil
}

func (d *drawing) lakes() error {
	features, err := readLines("lakes.geojson")
	if err != nil {
		return err
	}
	for _, f := range features {
		shore := turned(orb.Ring(curve(d.plane, f.line)), orb.CCW)
		d.base.Water = append(d.base.Water, Water{
			Name: f.Name, NameEn: f.NameEn, Kind: "lake", MinZoom: f.MinZoom,
			Source: schematicSource, SourceID: "water/" + f.Name,
			Geometry: orb.MultiPolygon{{shore}},
		})
	}
	return nil
}
