package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"yiping/layers"
)

// The file of a snapshot, all numbers little-endian: magic, the length of the
// header in 4 bytes, the header in JSON, then what the header announces: keys, ids,
// columns (values, then bits of truth, then bits of null), texts, shapes. Behind the
// header and behind each of these stands its CRC-32C.

// snapshotMagic names the format and its version. Another version is another
// magic: files are read by what wrote them, or thrown away.
const snapshotMagic = "yipimg01"

// maxHeader bounds the header in bytes.
const maxHeader = 1 << 20

// errDamaged is a snapshot that is not as it was written.
var errDamaged = errors.New("the snapshot is damaged")

// errOther is a snapshot of another format, or of a layer that was defined
// otherwise.
var errOther = errors.New("the snapshot is of another format or layer definition")

type snapshotHeader struct {
	Schema  string           `json:"schema"`
	Cut     layers.Cut       `json:"cut"`
	Mark    string           `json:"mark"`
	Rows    int              `json:"rows"`
	IDBits  uint8            `json:"id_bits"`
	Columns []snapshotColumn `json:"columns"`
	Texts   int64            `json:"texts"`  // bytes
	Shapes  int64            `json:"shapes"` // bytes, 0 for points
}

type snapshotColumn struct {
	Bits  uint8 `json:"bits"`  // of a value
	Trues int   `json:"trues"` // words
	Nulls int   `json:"nulls"` // words
}

// schemaHash tells apart definitions of which the images differ.
func (i *Image) schemaHash() (string, error) {
	type property struct {
		Name string
		Type layers.PropertyType
		Enum []string
	}
	said := struct {
		Name       string
		Geometry   layers.GeometryType
		FirstZoom  string
		Tiles      layers.TileRules
		Properties []property
	}{i.layer.Name, i.layer.Geometry, i.layer.Zoom.Property, i.layer.Tiles, nil}
	for _, p := range i.properties {
		said.Properties = append(said.Properties, property{p.Name, p.Type, p.Enum})
	}
	data, err := json.Marshal(said)
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}

// WriteSnapshot writes the image as it is. A mark that is not empty stands for the
// view's own: a later state of the table of which the view has everything.
func (i *Image) WriteSnapshot(w io.Writer, mark string) error {
	v := i.View()
	if v == nil {
		return fmt.Errorf("snapshot of %s: nothing has been loaded", i.layer.Name)
	}
	s, err := v.compact()
	if err != nil {
		return fmt.Errorf("snapshot of %s: %w", i.layer.Name, err)
	}
	if mark == "" {
		mark = v.mark
	}
	if err := i.writeSegment(w, s, v.cut, mark); err != nil {
		return fmt.Errorf("snapshot of %s: %w", i.layer.Name, err)
	}
	return nil
}

// compact is the view as one segment.
func (v *View) compact() (*segment, error) {
	if len(v.parts) == 1 && v.parts[0].live == v.parts[0].rows() {
		return v.parts[0].segment, nil
	}
	merged, err := v.image.merge(v.parts, v.dictionaries)
	if err != nil {
		return nil, err
	}
	if len(merged) == 0 {
		return v.image.build(nil, v.dictionaries)
	}
	return merged[0].segment, nil
}

func (i *Image) writeSegment(w io.Writer, s *segment, cut layers.Cut, mark string) error {
	schema, err := i.schemaHash()
	if err != nil {
		return err
	}
	var shapes bytes.Buffer
	if s.shapes != nil {
		if _, err := s.shapes.WriteTo(&shapes); err != nil {
			return err
		}
	}
	h := snapshotHeader{
		Schema: schema, Cut: cut, Mark: mark, Rows: s.rows(), IDBits: s.ids.bits,
		Texts: textBytes(s.texts), Shapes: int64(shapes.Len()),
	}
	for n := range s.columns {
		c := &s.columns[n]
		h.Columns = append(h.Columns, snapshotColumn{c.valueBits(), len(c.trues), len(c.nulls)})
	}
	out := newSectionWriter(w)
	if err := out.header(h); err != nil {
		return err
	}
	writeSlice(out, s.keys)
	out.end()
	out.ints(&s.ids)
	out.end()
	for n := range s.columns {
		c := &s.columns[n]
		out.ints(&c.ints)
		writeSlice(out, c.floats.f32)
		writeSlice(out, c.floats.f64)
		writeSlice(out, c.trues)
		writeSlice(out, c.nulls)
		out.end()
	}
	out.texts(s.texts)
	out.end()
	out.raw(shapes.Bytes())
	out.end()
	return out.flush()
}

// valueBits is the width of the values of a column, 0 where bits of truth are all
// there is.
func (c *column) valueBits() uint8 {
	switch {
	case c.floats.f32 != nil:
		return 32
	case c.floats.f64 != nil:
		return 64
	default:
		return c.ints.bits
	}
}

// ReadSnapshot makes the image that of a snapshot of so many bytes. If that is
// damaged, or does not fit the layer, the image stays as it is.
func (i *Image) ReadSnapshot(r io.Reader, size int64) error {
	if err := i.readSnapshot(r, size); err != nil {
		return fmt.Errorf("snapshot of %s: %w", i.layer.Name, err)
	}
	return nil
}

func (i *Image) readSnapshot(r io.Reader, size int64) error {
	in := newSectionReader(r, size)
	h, err := in.header()
	if err != nil {
		return err
	}
	schema, err := i.schemaHash()
	if err != nil {
		return err
	}
	if h.Schema != schema || len(h.Columns) != len(i.properties) {
		return errOther
	}
	s, dictionaries, err := i.readSegment(in, h)
	if err != nil {
		return err
	}
	if err := s.derive(i); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.dictionaries = dictionaries
	i.held = 0
	i.generation++
	i.install([]part{newPart(s)}, h.Cut, h.Mark)
	return nil
}

// SaveSnapshot writes a snapshot to a file: under another name first, so that the
// file is always whole.
func (i *Image) SaveSnapshot(path, mark string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("snapshot of %s: %w", i.layer.Name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(i.WriteSnapshot(f, mark), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// OpenSnapshot reads a snapshot from a file. The error is of fs.ErrNotExist if
// there is none.
func (i *Image) OpenSnapshot(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was read only
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return i.ReadSnapshot(f, info.Size())
}
