package export

import (
	"io"
	"strings"
	"time"

	"yiping/layers"
)

// Format is a file format.
type Format string

// The formats.
const (
	GeoJSONSeq Format = "geojsonseq"
	CSV        Format = "csv"
	GeoParquet Format = "geoparquet"
)

// Writer writes features into a file.
type Writer interface {
	// Write adds a feature. The row is the caller's again when it returns.
	Write(row *layers.ExportRow) error
	// Close writes what is still due.
	Close() error
}

// New returns a writer of features of a layer with these columns. An InputError
// says what the format cannot hold.
func New(format Format, w io.Writer, l *layers.Layer, columns []layers.Property) (Writer, error) {
	switch format {
	case GeoJSONSeq:
		return newSequence(w, columns), nil
	case CSV:
		return newTable(w, l, columns)
	case GeoParquet:
		return newParquet(w, l, columns)
	default:
		return nil, layers.InputErrorf("format", "%.40q is not known; there are geojsonseq, csv and geoparquet", string(format))
	}
}

// FormatOf guesses the format of a file by its name.
func FormatOf(name string) (Format, error) {
	for suffix, format := range map[string]Format{
		".geojsonl": GeoJSONSeq, ".geojsons": GeoJSONSeq, ".geojsonseq": GeoJSONSeq, ".ndjson": GeoJSONSeq,
		".csv": CSV, ".parquet": GeoParquet, ".geoparquet": GeoParquet,
	} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return format, nil
		}
	}
	return "", layers.InputErrorf("format", "the file's name ends in no known way (.geojsonl, .csv, .parquet): say --format geojsonseq, csv or geoparquet")
}

// timeText writes a date as a day, and a time in UTC.
func timeText(p layers.Property, t time.Time) string {
	if p.Type == layers.Date {
		return t.Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339Nano)
}
