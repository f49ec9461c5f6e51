package city

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// drawnLine is one feature of an embedded GeoJSON file of lines. Which fields a
// file uses is told in schematic/README.md.
type drawnLine struct {
	Between [2]string `json:"between"`
	Along   string    `json:"along"`
	Curve   bool      `json:"curve"`
	Name    string    `json:"name"`
	NameEn  string    `json:"name_en"`
	MinZoom int       `json:"min_zoom"`
	Class   string    `json:"class"`
	Lanes   int       `json:"lanes"`
	Tunnel  bool      `json:"tunnel"`
	line    orb.LineString
}

func readLines(name string) ([]drawnLine, error) {
	data, err := schematicFiles.ReadFile("schematic/" + name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Features []struct {
			Properties drawnLine        `json:"properties"`
			Geometry   geojson.Geometry `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	lines := make([]drawnLine, len(file.Features))
	for i, f := range file.Features {
		line, ok := f.Geometry.Coordinates.(orb.LineString)
		if !ok || len(line) < 2 {
			return nil, fmt.Errorf("%s: feature %d is no line", name, i+1)
		}
		lines[i] = f.Properties
		lines[i].line = line
	}
	return lines, nil
}

// row is one line of an embedded table. The tables are part of the program, and a
// test reads them all: a cell that does not parse is a programmer's mistake.
type row struct {
	columns []string
	cells   []string
}

// readTable reads an embedded CSV file, which must have just these columns.
func readTable(name string, columns ...string) ([]row, error) {
	data, err := schematicFiles.ReadFile("schematic/" + name)
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, fmt.Errorf("%s: the columns are not %v", name, columns)
	}
	rows := make([]row, len(records)-1)
	for i, cells := range records[1:] {
		rows[i] = row{columns: columns, cells: cells}
	}
	return rows, nil
}

func (r row) text(column string) string { return r.cells[slices.Index(r.columns, column)] }

func (r row) number(column string) float64 {
	v, err := strconv.ParseFloat(r.text(column), 64)
	if err != nil {
		panic(fmt.Sprintf("embedded table: %s: %v", column, err))
	}
	return v
}

// integer is a whole number; an empty cell is 0.
func (r row) integer(column string) int64 {
	if r.text(column) == "" {
		return 0
	}
	v, err := strconv.ParseInt(r.text(column), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("embedded table: %s: %v", column, err))
	}
	return v
}

func (r row) point() orb.Point { return orb.Point{r.number("lon"), r.number("lat")} }
