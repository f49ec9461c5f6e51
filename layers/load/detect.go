package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"yiping/layers"
	"yiping/layers/load/internal/osmfile"
)

// Format is a kind of file that this package reads.
type Format string

// The formats, as Detect names them.
const (
	FormatGeoJSON    Format = "geojson"
	FormatGeoJSONSeq Format = "geojsonseq"
	FormatCSV        Format = "csv"
	FormatOSMPBF     Format = "osm.pbf"
	FormatOSMXML     Format = "osm"
)

// Detect tells a file's format by its content; its name does not count. It reads
// 64 KiB, and up to 16 MiB of JSON to see whether more than one value follows. What
// is none of the formats is an InputError that says what it seems to be.
func Detect(path string) (Format, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open the file: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	head := make([]byte, headBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("read the file: %w", err)
	}
	return detect(head[:n], f)
}

// detect looks at a head, and at what follows it if it must.
func detect(head []byte, rest io.Reader) (Format, error) {
	if osmfile.IsPBF(head) {
		return FormatOSMPBF, nil
	}
	if what := binaryKind(head); what != "" {
		return "", layers.InputErrorf("file", "is %s", what)
	}
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte(utf8BOM)))
	switch {
	case len(head) == 0:
		return "", layers.InputErrorf("file", "is empty")
	case head[0] == recordSeparator:
		return FormatGeoJSONSeq, nil
	case head[0] == '{':
		if isSequence(io.MultiReader(bytes.NewReader(head), rest)) {
			return FormatGeoJSONSeq, nil
		}
		return FormatGeoJSON, nil
	case head[0] == '<' && bytes.Contains(head, []byte("<osm")):
		return FormatOSMXML, nil
	case head[0] == '<':
		return "", layers.InputErrorf("file", "is XML, but not of OpenStreetMap: convert it with ogr2ogr -f GeoJSONSeq")
	case head[0] == '[':
		return "", layers.InputErrorf("file", "is a JSON array: GeoJSON is an object, a FeatureCollection")
	case bytes.IndexByte(head, 0) >= 0:
		return "", layers.InputErrorf("file", "is a binary file of no known kind: GeoJSON, GeoJSON sequences, CSV, OSM PBF and OSM XML are read")
	}
	if line := firstLine(head, nil); strings.ContainsAny(string(line), ",;\t") {
		return FormatCSV, nil
	}
	return "", layers.InputErrorf("file", "is text of no known kind: GeoJSON, GeoJSON sequences, CSV, OSM PBF and OSM XML are read")
}

// isSequence reports whether a text that begins with an object goes on with
// another after it. One longer than any feature may be is a collection.
func isSequence(r io.Reader) bool {
	s := newJSONStream(io.LimitReader(r, defaultMaxFeatureBytes), headBytes)
	if s.skip() != nil {
		return false
	}
	c, err := s.peek()
	return err == nil && (c == '{' || c == recordSeparator)
}
