package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load"
	"yiping/layers/postgis"
)

type importCommand struct {
	File importFileCommand `cmd:"" default:"withargs" help:"Import GeoJSON, GeoJSON text sequences or CSV into one layer (the default)."`
	OSM  importOSMCommand  `cmd:"" name:"osm" help:"Import OpenStreetMap PBF or XML into the standard layers."`
}

// importing are the flags that both kinds of import share.
type importing struct {
	Strict      bool   `help:"Refuse the whole file if any feature of it is rejected."`
	Source      string `help:"Name of the source; a later import of the same source updates by it. Default: the file's name." placeholder:"NAME"`
	Title       string `help:"Title of the source." placeholder:"TEXT"`
	Licence     string `help:"Licence of the source." placeholder:"TEXT"`
	Attribution string `help:"Text that must be shown with the data." placeholder:"TEXT"`
	Synthetic   bool   `help:"The features were generated and not surveyed."`
	Rejects     string `help:"File for rejected features, one JSON object a line. Default: FILE.rejects.ndjson." type:"path" placeholder:"FILE"`
	JSON        bool   `name:"json" help:"Print the report as JSON."`
}

type importFileCommand struct {
	importing
	Layer    string            `required:"" help:"Layer to import into." placeholder:"NAME"`
	Datum    string            `help:"Datum of the coordinates: wgs84, cgcs2000, gcj02, bd09 or EPSG:n. Needed where the file does not state it." placeholder:"DATUM"`
	Map      map[string]string `help:"Property of the layer and the file's name for it." placeholder:"PROPERTY=NAME"`
	Set      map[string]string `help:"Property of the layer and its value for features that have none." placeholder:"PROPERTY=VALUE"`
	Value    map[string]string `help:"Value of the file, by property, and the layer's value for it." placeholder:"PROPERTY:THEIRS=OURS"`
	Code     string            `help:"The file's property with the business code." placeholder:"NAME"`
	ID       string            `name:"id" help:"The file's property that identifies a feature." placeholder:"NAME"`
	Lon      string            `help:"CSV column with the longitude (or easting)." placeholder:"NAME"`
	Lat      string            `help:"CSV column with the latitude (or northing)." placeholder:"NAME"`
	WKT      string            `name:"wkt" help:"CSV column with the geometry as well-known text." placeholder:"NAME"`
	Encoding string            `help:"Text encoding: utf-8 or gb18030." enum:"utf-8,gb18030" default:"utf-8"`
	Files    []string          `arg:"" name:"file" type:"existingfile" help:"Files to import."`
}

type importOSMCommand struct {
	importing
	AdminLevel map[string]string `help:"admin_level of boundaries and the layer they go to. Default: 6=district;8=street;10=village, as in Shanghai." placeholder:"LEVEL=LAYER"`
	Files      []string          `arg:"" name:"file" type:"existingfile" help:"Files to import."`
}

// Run imports each file in a transaction of its own.
func (c *importFileCommand) Run(ctx context.Context, g *Globals) error {
	return withDatabase(ctx, g, func(db *database) error {
		l, err := db.store.Catalog().Layer(c.Layer)
		if err != nil {
			return err
		}
		return c.each(c.Files, func(file string) (fileReport, error) { return c.one(ctx, db.store, l, file) })
	})
}

// one imports one file.
func (c *importFileCommand) one(ctx context.Context, store *postgis.Store, l *layers.Layer, file string) (fileReport, error) {
	format, err := load.Detect(file)
	if err != nil {
		return fileReport{}, err
	}
	datum, err := c.datum(ctx, file, format)
	if err != nil {
		return fileReport{}, err
	}
	values, err := c.values()
	if err != nil {
		return fileReport{}, err
	}
	o := load.Options{
		Datum: datum, Planar: !datum.Native(), Mapping: c.Map, Values: values, Defaults: c.Set, CodeProperty: c.Code, IDProperty: c.ID,
		Lon: c.Lon, Lat: c.Lat, WKT: c.WKT, Encoding: c.Encoding,
	}
	cfg := postgis.ImportConfig{Source: c.source(file, datum), Layers: []string{l.Name}}
	if !datum.Native() {
		cfg.SRID = datum.SRID()
	}
	return c.run(ctx, store, cfg, file, o, func(ctx context.Context, f *os.File, o load.Options, sink load.Sink) (load.Report, error) {
		switch format {
		case load.FormatGeoJSON:
			return load.GeoJSON(ctx, f, l, o, sink)
		case load.FormatGeoJSONSeq:
			return load.GeoJSONSeq(ctx, f, l, o, sink)
		case load.FormatCSV:
			return load.CSV(ctx, f, l, o, sink)
		default:
			return load.Report{}, layers.InputErrorf("file", "an OpenStreetMap file fills many layers; use: yiping import osm %s", file)
		}
	})
}

// values sorts the translations by property.
func (c *importFileCommand) values() (map[string]map[string]string, error) {
	values := map[string]map[string]string{}
	for key, ours := range c.Value {
		property, theirs, ok := strings.Cut(key, ":")
		if !ok {
			return nil, layers.InputErrorf("--value", "%q is not PROPERTY:THEIRS=OURS", key+"="+ours)
		}
		if values[property] == nil {
			values[property] = map[string]string{}
		}
		values[property][theirs] = ours
	}
	return values, nil
}

// datum is what the flag says, or what the file states; the two must agree.
func (c *importFileCommand) datum(ctx context.Context, file string, format load.Format) (geo.Datum, error) {
	said := geo.Unstated
	if c.Datum != "" {
		var err error
		if said, err = geo.ParseDatum(c.Datum); err != nil {
			return said, layers.InputErrorf("--datum", "%v", err)
		}
	}
	stated := geo.Unstated
	if format == load.FormatGeoJSON {
		f, err := os.Open(file)
		if err != nil {
			return said, fmt.Errorf("open: %w", err)
		}
		defer f.Close() //nolint:errcheck // nothing was written
		if stated, err = load.GeoJSONDatum(ctx, f, load.Options{Encoding: c.Encoding}); err != nil {
			return said, err
		}
	}
	switch {
	case said == geo.Unstated && stated == geo.Unstated:
		return said, layers.InputErrorf("--datum", "the file does not state its datum; say --datum wgs84, cgcs2000, gcj02, bd09 or EPSG:n")
	case said == geo.Unstated:
		return stated, nil
	case stated != geo.Unstated && stated != said:
		return said, layers.InputErrorf("--datum", "the file states %s and not %s", stated, said)
	}
	return said, nil
}

// Run imports each file in a transaction of its own.
func (c *importOSMCommand) Run(ctx context.Context, g *Globals) error {
	if c.Licence == "" {
		c.Licence = "ODbL-1.0"
	}
	if c.Attribution == "" {
		c.Attribution = "© OpenStreetMap contributors"
	}
	return withDatabase(ctx, g, func(db *database) error {
		return c.each(c.Files, func(file string) (fileReport, error) {
			cfg := postgis.ImportConfig{Source: c.source(file, geo.WGS84), Layers: layers.StandardNames()}
			return c.run(ctx, db.store, cfg, file, load.Options{Datum: geo.WGS84, AdminLevels: c.AdminLevel}, func(ctx context.Context, f *os.File, o load.Options, sink load.Sink) (load.Report, error) {
				return load.OSM(ctx, f, func(name string) (*layers.Layer, bool) {
					l, err := db.store.Catalog().Layer(name)
					return l, err == nil
				}, o, sink)
			})
		})
	})
}

func (c *importing) source(file string, datum geo.Datum) layers.Source {
	s := layers.Source{
		Name: c.Source, Title: c.Title, Licence: c.Licence, Attribution: c.Attribution,
		Datum: datum.String(), Synthetic: c.Synthetic,
	}
	base := filepath.Base(file)
	if s.Name == "" {
		s.Name = base
	}
	if s.Title == "" {
		s.Title = base
	}
	if s.Licence == "" {
		s.Licence = "unknown"
	}
	return s
}

// fileReport is what became of one file.
type fileReport struct {
	File    string                 `json:"file"`
	Read    load.Report            `json:"read"`
	Layers  []postgis.ImportReport `json:"layers"`
	Rejects string                 `json:"rejects,omitempty"`
	// Rejected counts what the reader and the database left out.
	Rejected int64   `json:"rejected"`
	Seconds  float64 `json:"seconds"`
}

// run reads a file into an import, all or nothing.
func (c *importing) run(ctx context.Context, store *postgis.Store, cfg postgis.ImportConfig, file string, o load.Options,
	read func(context.Context, *os.File, load.Options, load.Sink) (load.Report, error),
) (report fileReport, err error) {
	start := time.Now()
	report.File = file
	f, err := os.Open(file)
	if err != nil {
		return report, fmt.Errorf("open: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return report, fmt.Errorf("open: %w", err)
	}
	rejects := &rejectFile{path: c.rejectPath(file), strict: c.Strict}
	// A list from an earlier run would pass for this one's.
	if err := os.Remove(rejects.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return report, fmt.Errorf("remove the old reject file: %w", err)
	}
	defer func() { err = errors.Join(err, rejects.close()) }()
	cfg.Reject = rejects.Reject
	im, err := store.BeginImport(ctx, cfg)
	if err != nil {
		return report, err
	}
	bar := newProgress(info.Size(), filepath.Base(file), "bytes")
	defer bar.Close() //nolint:errcheck // a picture on a terminal
	o.Progress = func(bytes, _ int64) { _ = bar.Set64(min(bytes, info.Size())) }
	report.Read, err = read(ctx, f, o, sink{im, rejects})
	if err != nil {
		return report, errors.Join(err, im.Rollback(ctx))
	}
	if report.Layers, err = im.Commit(ctx); err != nil {
		return report, err
	}
	report.Rejected, report.Seconds = rejects.count, time.Since(start).Seconds()
	if rejects.count > 0 {
		report.Rejects = rejects.path
	}
	return report, nil
}

// sink joins the database and the reject file.
type sink struct {
	*postgis.Import
	rejects *rejectFile
}

// Reject notes a feature that the reader left out.
func (s sink) Reject(r layers.Rejection) error { return s.rejects.Reject(r) }

func (c *importing) rejectPath(file string) string {
	if c.Rejects != "" {
		return c.Rejects
	}
	return file + ".rejects.ndjson"
}

// rejectFile takes the rejected features; it is made when the first one comes.
type rejectFile struct {
	path   string
	strict bool
	count  int64
	file   *os.File
}

// Reject writes one line, or refuses the file under --strict.
func (f *rejectFile) Reject(r layers.Rejection) error {
	if f.strict {
		where := r.At.Thing
		if where == "" {
			where = "feature " + r.ID
		}
		return &layers.InputError{Field: strings.TrimSpace(r.Layer + " " + where), At: r.At, Reason: r.Reason + " (--strict refuses the whole file)"}
	}
	if f.file == nil {
		var err error
		if f.file, err = os.Create(f.path); err != nil {
			return fmt.Errorf("make the reject file: %w; choose another place with --rejects", err)
		}
	}
	f.count++
	return json.NewEncoder(f.file).Encode(r)
}

func (f *rejectFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// each imports the files in turn, and prints what became of them. A file that
// fails does not keep the next from its turn.
func (c *importing) each(files []string, one func(string) (fileReport, error)) error {
	if c.Rejects != "" && len(files) > 1 {
		return layers.InputErrorf("--rejects", "goes with one file at a time")
	}
	var errs []error
	var reports []fileReport
	for _, file := range files {
		report, err := one(file)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
			continue
		}
		reports = append(reports, report)
		if report.Rejected > 0 {
			errs = append(errs, fmt.Errorf("%s: %w: %d, listed in %s", file, errRejected, report.Rejected, report.Rejects))
		}
	}
	if c.JSON {
		errs = append(errs, json.NewEncoder(os.Stdout).Encode(reports))
	} else {
		printReports(os.Stdout, reports)
	}
	return errors.Join(errs...)
}

func printReports(w io.Writer, reports []fileReport) {
	for _, r := range reports {
		fmt.Fprintf(w, "%s: %d read, %d rejected, in %.1f s\n", r.File, r.Read.Read, r.Rejected, r.Seconds)
		for _, l := range r.Layers {
			fmt.Fprintf(w, "  %s: %d inserted, %d updated, %d unchanged, %d mended\n", l.Layer, l.Inserted, l.Updated, l.Unchanged, l.Mended)
		}
		if len(r.Read.Ignored) > 0 {
			fmt.Fprintf(w, "  properties that no column takes: %s\n", strings.Join(r.Read.Ignored, ", "))
		}
	}
}
