package osmfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"yiping/layers"
)

// Tag is one key and value of an element.
type Tag struct{ Key, Value string }

// Tags are the tags of an element, in the order of the file.
type Tags []Tag

// Find returns the value of a key, or "".
func (t Tags) Find(key string) string {
	for i := range t {
		if t[i].Key == key {
			return t[i].Value
		}
	}
	return ""
}

// Kind is the kind of an element.
type Kind uint8

// The kinds of elements.
const (
	NodeKind Kind = 1 << iota
	WayKind
	RelationKind
)

// String is the word that OSM uses in "way/42".
func (k Kind) String() string {
	switch k {
	case NodeKind:
		return "node"
	case WayKind:
		return "way"
	case RelationKind:
		return "relation"
	}
	return "element"
}

// Location is a place in units of 1e-7 degrees.
type Location struct{ Lon, Lat int32 }

// unitsPerDegree is OSM's precision.
const unitsPerDegree = 1e7

// Degrees returns lon, lat.
func (l Location) Degrees() (lon, lat float64) {
	return float64(l.Lon) / unitsPerDegree, float64(l.Lat) / unitsPerDegree
}

// Node is a place. Its Line, like that of all elements, is where it stands in an XML
// file, and 0 in a PBF file.
type Node struct {
	ID   int64
	Line int64
	Location
	Tags Tags
}

// Way is a line through nodes.
type Way struct {
	ID   int64
	Line int64
	Refs []int64 // the nodes
	Tags Tags
}

// Relation is a group of elements.
type Relation struct {
	ID      int64
	Line    int64
	Members []Member
	Tags    Tags
}

// Member is one element of a Relation, and its part in it.
type Member struct {
	Kind Kind
	Ref  int64
	Role string
}

// Handler says what to do with each kind of element; a nil function passes over
// them, which saves most of the work for them. An error ends the scan and comes
// back from it.
type Handler struct {
	Node     func(*Node) error
	Way      func(*Way) error
	Relation func(*Relation) error
	// Deleted is called for an element that is marked as deleted.
	Deleted func() error
	// Bad is called for an element that cannot be read, such as a node at no
	// place; the scan goes on.
	Bad func(kind Kind, id string, line int64, reason string) error
}

func (h *Handler) wants() Kind {
	var k Kind
	if h.Node != nil {
		k |= NodeKind
	}
	if h.Way != nil {
		k |= WayKind
	}
	if h.Relation != nil {
		k |= RelationKind
	}
	return k
}

func (h *Handler) deleted() error {
	if h.Deleted == nil {
		return nil
	}
	return h.Deleted()
}

func (h *Handler) bad(kind Kind, id string, line int64, reason string) error {
	if h.Bad == nil {
		return nil
	}
	return h.Bad(kind, id, line, reason)
}

// File is an OSM file that can be scanned again and again.
type File struct {
	r            io.ReadSeeker
	pbf          bool
	limit        int
	read         int64
	blobKinds    []Kind // of each PBF blob, known once a scan has come to the end
	blobsIndexed bool
}

// Open looks at the beginning of r. An XML element may have limit bytes.
func Open(r io.ReadSeeker, limit int) (*File, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("seek in the file: %w", err)
	}
	head := make([]byte, 1024)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	head = head[:n]
	f := &File{r: r, limit: limit}
	switch {
	case IsPBF(head):
		f.pbf = true
	case bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))), []byte("<")):
	case n == 0:
		return nil, layers.InputErrorf("file", "is empty")
	default:
		return nil, layers.InputErrorf("file", "is neither OSM PBF nor OSM XML")
	}
	return f, nil
}

// IsPBF reports whether a file begins as an OSM PBF file does: with a blob header
// of the type OSMHeader.
func IsPBF(head []byte) bool {
	const sizeBytes = 4
	return len(head) > sizeBytes && bytes.HasPrefix(head[sizeBytes:], []byte("\x0a\x09"+headerType))
}

// Scan reads the whole file. Elements come in the file's order.
func (f *File) Scan(ctx context.Context, h Handler) error {
	if _, err := f.r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("seek in the file: %w", err)
	}
	f.read = 0
	if f.pbf {
		return f.scanPBF(ctx, &h)
	}
	return f.scanXML(ctx, &h)
}

// BytesRead is how far the present scan has come in the file.
func (f *File) BytesRead() int64 { return f.read }
