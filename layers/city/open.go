package city

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// ManifestName is the file that Open looks for in a folder.
const ManifestName = "city.yaml"

// maxFileBytes bounds a manifest's files: base maps are read whole.
const maxFileBytes = 512 << 20

// Open reads a base map of GeoJSON files by its manifest. The manifest is a file,
// or a folder with a city.yaml in it; root is the folder that its file names are
// relative to, empty for the manifest's own. No file outside root is read.
//
// Coordinates are converted to WGS 84 from the datum that their source states.
// Faults of the manifest and of the files are layers.InputErrors that say where.
func Open(manifest, root string) (*Base, error) {
	info, err := os.Stat(manifest)
	if err != nil {
		return nil, fmt.Errorf("open city manifest: %w", err)
	}
	if info.IsDir() {
		manifest = filepath.Join(manifest, ManifestName)
	}
	data, err := os.ReadFile(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, layers.InputErrorf(manifest, "is not there: a base map is a folder with a %s, or such a file itself", ManifestName)
	}
	if err != nil {
		return nil, fmt.Errorf("open city manifest: %w", err)
	}
	m, err := parseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	if root == "" {
		root = filepath.Dir(manifest)
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("open the folder of the base map: %w", err)
	}
	b, err := (&opening{manifest: m, dir: dir}).base()
	if err = errors.Join(err, dir.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	return b, nil
}

// opening is the state of Open while it reads.
type opening struct {
	manifest  *manifest
	dir       *os.Root
	schematic *Base // nil if the manifest asks nothing of it
	result    *Base
}

func (o *opening) base() (*Base, error) {
	m := o.manifest
	centre, err := m.centre()
	if err != nil {
		return nil, err
	}
	if m.Land != "" || len(m.Schematic) > 0 {
		if o.schematic, err = Schematic(); err != nil {
			return nil, err
		}
	}
	o.result = &Base{Title: m.Title, Centre: centre}
	for i, b := range m.Covered {
		bound, err := boundOf(fmt.Sprintf("covered[%d]", i), b)
		if err != nil {
			return nil, err
		}
		o.result.Covered = append(o.result.Covered, bound)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Sources)) {
		s := m.Sources[name]
		o.result.Sources = append(o.result.Sources, layers.Source{
			Name: name, Title: s.Title, Licence: s.Licence, Attribution: s.Attribution,
			Datum: s.datum().String(), Synthetic: s.Synthetic,
		})
	}
	for _, p := range m.parts() {
		for i, in := range p.inputs {
			at := fmt.Sprintf("%s[%d]", p.name, i)
			if err := o.readInput(at, p, in); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", at, in.File, err)
			}
		}
	}
	if err := o.settleAreas(); err != nil {
		return nil, err
	}
	o.settleStations()
	o.fillFromSchematic()
	return o.result, nil
}

// readInput reads one file into the part that it belongs to.
func (o *opening) readInput(at string, p manifestPart, in input) error {
	records, err := o.readRecords(at, p, in)
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := o.take(p.name, r); err != nil {
			return r.fault(r.faulty, err)
		}
	}
	return nil
}

// take makes one thing of a record and adds it to the map.
func (o *opening) take(part string, r *record) error {
	b := o.result
	switch part {
	case "districts", "streets", "villages":
		a := Area{
			Code: r.text("code"), Name: r.text("name"), NameEn: r.text("name_en"),
			Population: int64(r.integer("population")), PopulationYear: r.integer("population_year"),
			Source: r.source, SourceID: r.id, Geometry: r.polygons(),
		}
		switch part {
		case "districts":
			b.Districts = append(b.Districts, a)
		case "streets":
			b.Streets = append(b.Streets, a)
		default:
			b.Villages = append(b.Villages, a)
		}
	case "water":
		b.Water = append(b.Water, Water{
			Name: r.text("name"), NameEn: r.text("name_en"), Kind: r.text("kind"), MinZoom: r.integer("min_zoom"),
			Source: r.source, SourceID: r.id, Geometry: r.polygons(),
		})
	case "roads":
		b.Roads = append(b.Roads, Road{
			Name: r.text("name"), NameEn: r.text("name_en"), Class: r.text("class"), Lanes: r.integer("lanes"),
			Oneway: r.truth("oneway"), Bridge: r.truth("bridge"), Tunnel: r.truth("tunnel"),
			Source: r.source, SourceID: r.id, Geometry: r.line(),
		})
	case "metro_lines":
		b.MetroLines = append(b.MetroLines, MetroLine{
			Name: r.text("name"), NameEn: r.text("name_en"), Ref: r.text("ref"), Colour: r.text("colour"),
			Source: r.source, SourceID: r.id, Geometry: r.lines(),
		})
	case "metro_stations":
		b.MetroStations = append(b.MetroStations, MetroStation{
			Name: r.text("name"), NameEn: r.text("name_en"), Status: r.text("status"),
			Source: r.source, SourceID: r.id, Geometry: r.point(),
		})
	case "buildings":
		b.Buildings = append(b.Buildings, Building{
			Name: r.text("name"), NameEn: r.text("name_en"), Use: r.text("use"), Floors: r.integer("floors"),
			HeightMetres: r.number("height_metres"), BuiltYear: r.year("built_year"),
			Source: r.source, SourceID: r.id, Geometry: r.polygons(),
		})
	case "heritage":
		b.Heritage = append(b.Heritage, Heritage{
			Name: r.text("name"), NameEn: r.text("name_en"), Grade: r.text("grade"), ListedRef: r.text("listed_ref"),
			BuiltYear: r.year("built_year"), Style: r.text("style"),
			Source: r.source, SourceID: r.id, Geometry: r.geometry,
		})
	case "places":
		b.Places = append(b.Places, Place{
			Name: r.text("name"), NameEn: r.text("name_en"), Kind: r.text("kind"), MinZoom: r.integer("min_zoom"),
			Source: r.source, SourceID: r.id, Geometry: r.point(),
		})
	}
	return r.err
}

// middle is the middle of a geometry's bound, by which inputs are sorted out.
func middle(g orb.Geometry) orb.Point { return g.Bound().Center() }
