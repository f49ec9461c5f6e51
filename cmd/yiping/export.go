package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"yiping/layers"
	"yiping/layers/export"
	"yiping/layers/postgis"
)

type exportCommand struct {
	Layer      string   `required:"" help:"Layer to export." placeholder:"NAME"`
	Filter     string   `help:"Only features for which this CQL2 filter is true." placeholder:"CQL2"`
	FilterLang string   `help:"Language of the filter: cql2-text or cql2-json. Default: ${default}." enum:"cql2-text,cql2-json" default:"cql2-text"`
	BBox       string   `name:"bbox" help:"Only features that touch this box, in degrees." placeholder:"WEST,SOUTH,EAST,NORTH"`
	Properties []string `help:"Columns to write, in this order. Default: all." placeholder:"NAME"`
	Format     string   `help:"geojsonseq, csv or geoparquet. Default: by the file's name." placeholder:"FORMAT"`
	JSON       bool     `name:"json" help:"Print the report as JSON."`
	File       string   `arg:"" help:"File to write; - is standard output."`
}

// exportReport is what became of an export.
type exportReport struct {
	File     string        `json:"file"`
	Layer    string        `json:"layer"`
	Format   export.Format `json:"format"`
	Features int64         `json:"features"`
	Bytes    int64         `json:"bytes"`
}

// Run writes the file. It appears whole or not at all.
func (c *exportCommand) Run(ctx context.Context, g *Globals) error {
	return withDatabase(ctx, g, func(db *database) error {
		report, err := c.export(ctx, db.store)
		if err != nil {
			return err
		}
		switch {
		case c.JSON && c.File == "-":
			return json.NewEncoder(os.Stderr).Encode(report)
		case c.JSON:
			return json.NewEncoder(os.Stdout).Encode(report)
		case c.File != "-":
			fmt.Printf("%s: %d features of %s, %d bytes\n", report.File, report.Features, report.Layer, report.Bytes)
		}
		return nil
	})
}

func (c *exportCommand) export(ctx context.Context, store *postgis.Store) (exportReport, error) {
	report := exportReport{File: c.File, Layer: c.Layer, Format: export.Format(c.Format)}
	q, err := c.query(store.Catalog())
	if err != nil {
		return report, err
	}
	if c.Format == "" {
		if report.Format, err = export.FormatOf(c.File); err != nil {
			return report, err
		}
	}
	total := int64(-1)
	if len(q.Filters) == 0 {
		summaries, err := store.Summaries(ctx)
		if err != nil {
			return report, err
		}
		if sum, ok := summaries[c.Layer]; ok {
			total = sum.Features
		}
	}
	bar := newProgress(total, c.Layer, "features")
	defer bar.Close() //nolint:errcheck // a picture on a terminal
	err = toFile(c.File, func(file io.Writer) error {
		counted := &countingWriter{w: file}
		w, err := export.New(report.Format, counted, q.Layer, q.Columns)
		if err != nil {
			return err
		}
		report.Features, err = store.Export(ctx, q, func(row *layers.ExportRow) error {
			_ = bar.Add(1)
			return w.Write(row)
		})
		if err != nil {
			return err
		}
		err = w.Close()
		report.Bytes = counted.n
		return err
	})
	if err != nil {
		return report, fmt.Errorf("write %s: %w", c.File, err)
	}
	return report, nil
}

// query reads the flags that choose what is written.
func (c *exportCommand) query(catalog *layers.Catalog) (*layers.ExportQuery, error) {
	l, err := catalog.Layer(c.Layer)
	if err != nil {
		return nil, err
	}
	q := &layers.ExportQuery{Layer: l}
	if q.Columns, err = l.ExportColumns(c.Properties); err != nil {
		return nil, err
	}
	if c.Filter != "" {
		f, err := layers.ParseFilter(l, c.Filter, c.FilterLang, layers.CRS84)
		if err != nil {
			return nil, err
		}
		q.Filters = append(q.Filters, f)
	}
	if c.BBox == "" {
		return q, nil
	}
	box, err := boxCondition(c.BBox)
	if err != nil {
		return nil, err
	}
	f, err := layers.ParseFilter(l, box, "", layers.CRS84)
	if err != nil {
		return nil, layers.InputErrorf("--bbox", "%v", err)
	}
	q.Filters = append(q.Filters, f)
	return q, nil
}

// boxCondition is a box as a filter. One whose west is greater than its east
// crosses the antimeridian.
func boxCondition(text string) (string, error) {
	corners := strings.Split(text, ",")
	if len(corners) != 4 {
		return "", layers.InputErrorf("--bbox", "%q is not four numbers WEST,SOUTH,EAST,NORTH", text)
	}
	for i, corner := range corners {
		f, err := strconv.ParseFloat(strings.TrimSpace(corner), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return "", layers.InputErrorf("--bbox", "%q is not a number", corner)
		}
		corners[i] = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return "S_INTERSECTS(geom,BBOX(" + strings.Join(corners, ",") + "))", nil
}

// toFile lets write fill a file that takes its place only when it is whole and
// on the disk. "-" is standard output.
func toFile(path string, write func(io.Writer) error) (err error) {
	if path == "-" {
		return write(os.Stdout)
	}
	// A device or a pipe would be replaced by the rename.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return layers.InputErrorf("file", "is not a regular file; write - for standard output")
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// countingWriter counts what passes.
type countingWriter struct {
	w io.Writer
	n int64
}

// Write passes p on.
func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
