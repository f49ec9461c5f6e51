package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yiping/layers"
)

const (
	encodingGB18030 = "gb18030"
	// headBytes is how much of a file is looked at before it is read.
	headBytes = 64 << 10
)

// counter counts what is read of the file itself, for progress, and ends the
// reading when the context does.
type counter struct {
	ctx   context.Context //nolint:containedctx // io.Reader has no other way
	r     io.Reader
	bytes int64
}

func (c *counter) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, context.Cause(c.ctx)
	}
	n, err := c.r.Read(p)
	c.bytes += int64(n)
	return n, err
}

// openText opens a text file: it drops a byte order mark, refuses what is no text,
// and turns GB18030 into UTF-8.
func openText(c *counter, o Options) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(c, headBytes)
	head, err := r.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if len(bytes.TrimSpace(head)) == 0 && err != nil {
		return nil, layers.InputErrorf("file", "is empty")
	}
	if what := binaryKind(head); what != "" {
		return nil, layers.InputErrorf("file", "is %s", what)
	}
	if bytes.HasPrefix(head, []byte(utf8BOM)) {
		if _, err := r.Discard(len(utf8BOM)); err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		return r, nil // a file that says it is UTF-8 is
	}
	if o.Encoding == encodingGB18030 {
		return bufio.NewReaderSize(simplifiedchinese.GB18030.NewDecoder().Reader(r), headBytes), nil
	}
	if at := firstGB18030(head); at >= 0 {
		return nil, &layers.InputError{
			Field:  "encoding",
			At:     layers.Position{Line: int64(1 + bytes.Count(head[:at], []byte("\n")))},
			Reason: "is not UTF-8, but could be GBK or GB18030: say encoding gb18030, or convert the file to UTF-8",
		}
	}
	return r, nil
}

const utf8BOM = "\ufeff"

// firstGB18030 is the place of the first byte that is not UTF-8 in a head that
// reads as GB18030 from its beginning to its last whole line, or -1.
func firstGB18030(head []byte) int {
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 {
		head = head[:end] // what follows may be cut inside a character
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(head[at:])
		if n == 0 {
			return -1
		}
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(head)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return -1
	}
	return at
}

// binaryKind names the well-known kinds of file that no text reader reads, with
// what to do about them; "" is none of them.
func binaryKind(head []byte) string {
	for _, kind := range []struct{ magic, what string }{
		{"\x1f\x8b", "compressed with gzip: unpack it first"},
		{"PK\x03\x04", "a zip archive (or an Excel or KMZ file): unpack it, or export it as CSV or GeoJSON"},
		{"BZh", "compressed with bzip2: unpack it first"},
		{"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"},
		{"\xfd7zXZ\x00", "compressed with xz: unpack it first"},
		{"\xff\xfe", "UTF-16 text: save it as UTF-8"},
		{"\xfe\xff", "UTF-16 text: save it as UTF-8"},
		{"\x00\x00\x27\x0a", "a shapefile: convert it with ogr2ogr -f GeoJSONSeq"},
		{"SQLite format 3\x00", "a GeoPackage or SQLite database: convert it with ogr2ogr -f GeoJSONSeq"},
		{"fgb\x03", "a FlatGeobuf file: convert it with ogr2ogr -f GeoJSONSeq"},
		{"PAR1", "a Parquet file: convert it with ogr2ogr -f GeoJSONSeq"},
	} {
		if bytes.HasPrefix(head, []byte(kind.magic)) {
			return kind.what
		}
	}
	return ""
}
