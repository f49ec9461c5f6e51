package osmstore

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"slices"

	"yiping/layers/load/internal/osmfile"
)

const (
	entryBytes  = 16
	pageEntries = 256
	pageBytes   = pageEntries * entryBytes
	cachePages  = 1024
	// defaultRun is how many nodes are put between two writes: 16 MiB.
	defaultRun = 1 << 20
)

type entry struct {
	id int64
	osmfile.Location
}

// Nodes is the set of a file's nodes.
type Nodes struct {
	dir  string
	file *os.File
	size int64 // bytes in file

	// While nodes are put: run is what is not written yet. ascending holds as long
	// as every id was above the one before, so that the file is sorted as it is;
	// else bounds are where the sorted runs in it begin.
	run        []entry
	runEntries int
	last       int64
	ascending  bool
	bounds     []int64

	// Once frozen: the first id of each page, and pages that were read.
	firsts []int64
	cache  [cachePages]page
}

type page struct {
	number int // plus one; 0 is none
	bytes  []byte
}

// NewNodes makes an empty set with its file in dir, or in the system's temporary
// folder if dir is empty.
func NewNodes(dir string) (*Nodes, error) {
	f, err := nameless(dir, "nodes")
	if err != nil {
		return nil, err
	}
	return &Nodes{dir: dir, file: f, runEntries: defaultRun, ascending: true}, nil
}

// Close frees the file.
func (s *Nodes) Close() error { return s.file.Close() }

// Put adds a node.
func (s *Nodes) Put(id int64, at osmfile.Location) error {
	if s.size+int64(len(s.run)) > 0 && id <= s.last {
		s.ascending = false
	}
	s.last = id
	s.run = append(s.run, entry{id, at})
	if len(s.run) < s.runEntries {
		return nil
	}
	return s.flush()
}

// flush writes the run, sorted.
func (s *Nodes) flush() error {
	if len(s.run) == 0 {
		return nil
	}
	slices.SortStableFunc(s.run, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	s.bounds = append(s.bounds, s.size)
	w := writer{s: s, buf: make([]byte, 0, pageBytes)}
	for i, e := range s.run {
		if i+1 < len(s.run) && s.run[i+1].id == e.id {
			continue // a later one has the same id
		}
		if err := w.put(e); err != nil {
			return err
		}
	}
	s.run = s.run[:0]
	return w.flush()
}

// Freeze ends the putting and makes the store ready for Find.
func (s *Nodes) Freeze() error {
	if err := s.flush(); err != nil {
		return err
	}
	s.run = nil
	if !s.ascending && len(s.bounds) > 1 {
		if err := s.merge(); err != nil {
			return err
		}
	}
	return s.index()
}

// index notes the first id of each page.
func (s *Nodes) index() error {
	var b [entryBytes]byte
	for at := int64(0); at < s.size; at += pageBytes {
		if _, err := s.file.ReadAt(b[:], at); err != nil {
			return fmt.Errorf("read the temporary file for nodes: %w", err)
		}
		s.firsts = append(s.firsts, decode(b[:]).id)
	}
	return nil
}

// Find returns the location of a node, or false if the file has none such.
func (s *Nodes) Find(id int64) (osmfile.Location, bool, error) {
	n, exact := slices.BinarySearch(s.firsts, id)
	if !exact {
		n--
	}
	if n < 0 {
		return osmfile.Location{}, false, nil
	}
	b, err := s.page(n)
	if err != nil {
		return osmfile.Location{}, false, err
	}
	lo, hi := 0, len(b)/entryBytes
	for lo < hi {
		mid := (lo + hi) / 2
		e := decode(b[mid*entryBytes:])
		switch {
		case e.id == id:
			return e.Location, true, nil
		case e.id < id:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return osmfile.Location{}, false, nil
}

// page returns a page by way of the cache: the nodes of a way and of its
// neighbours mostly lie in few pages.
func (s *Nodes) page(n int) ([]byte, error) {
	p := &s.cache[n%cachePages]
	if p.number == n+1 {
		return p.bytes, nil
	}
	at := int64(n) * pageBytes
	size := min(pageBytes, s.size-at)
	if p.bytes == nil {
		p.bytes = make([]byte, pageBytes)
	}
	p.bytes = p.bytes[:size]
	if _, err := s.file.ReadAt(p.bytes, at); err != nil {
		p.number = 0
		return nil, fmt.Errorf("read the temporary file for nodes: %w", err)
	}
	p.number = n + 1
	return p.bytes, nil
}

func decode(b []byte) entry {
	return entry{
		id: int64(binary.LittleEndian.Uint64(b)),
		Location: osmfile.Location{
			Lon: int32(binary.LittleEndian.Uint32(b[8:])),
			Lat: int32(binary.LittleEndian.Uint32(b[12:])),
		},
	}
}

// writer appends entries to the store's file.
type writer struct {
	s   *Nodes
	buf []byte
}

func (w *writer) put(e entry) error {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(e.id))
	w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(e.Lon))
	w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(e.Lat))
	if len(w.buf) < pageBytes {
		return nil
	}
	return w.flush()
}

func (w *writer) flush() error {
	if _, err := w.s.file.WriteAt(w.buf, w.s.size); err != nil {
		return fmt.Errorf("write the temporary file for nodes: %w", err)
	}
	w.s.size += int64(len(w.buf))
	w.buf = w.buf[:0]
	return nil
}
