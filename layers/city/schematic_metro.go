package city

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// metro draws the lines as curves through their stations.
func (d *drawing) metro() error {
	stations, err := readTable("stations.csv", "name", "name_en", "lon", "lat")
	if err != nil {
		return err
	}
	lines, err := readTable("metro.csv", "ref", "name", "name_en", "colour", "stations")
	if err != nil {
		return err
	}
	at := make(map[string]orb.Point, len(stations))
	for _, s := range stations {
		at[s.text("name")] = s.point()
	}
	stops := map[string][]string{} // the lines of each station
	for _, l := range lines {
		line := MetroLine{
			Name: l.text("name"), NameEn: l.text("name_en"), Ref: l.text("ref"), Colour: l.text("colour"),
			Source: schematicSource, SourceID: "metro_line/" + l.text("ref"),
		}
		for branch := range strings.SplitSeq(l.text("stations"), "|") {
			var track orb.LineString
			for name := range strings.FieldsSeq(branch) {
				p, ok := at[name]
				if !ok {
					return fmt.Errorf("metro.csv: line %s stops at %s, which stations.csv lacks", line.Ref, name)
				}
				track = append(track, p)
				if refs := stops[name]; len(refs) == 0 || refs[len(refs)-1] != line.Ref {
					stops[name] = append(refs, line.Ref)
				}
			}
			line.Geometry = append(line.Geometry, curve(d.plane, track))
		}
		d.base.MetroLines = append(d.base.MetroLines, line)
	}
	for _, s := range stations {
		d.base.MetroStations = append(d.base.MetroStations, MetroStation{
			Name: s.text("name"), NameEn: s.text("name_en"), Status: "open",
			Lines:  strings.Join(stops[s.text("name")], ","),
			Source: schematicSource, SourceID: "metro_station/" + s.text("name"),
			Geometry: s.point(),
		})
	}
	return nil
}
