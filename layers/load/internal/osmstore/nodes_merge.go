package osmstore

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
)

// merge makes one sorted file of the runs.
func (s *Nodes) merge() error {
	f, err := nameless(s.dir, "nodes")
	if err != nil {
		return err
	}
	old := s.file
	var runs runHeap
	for i, start := range s.bounds {
		end := s.size
		if i+1 < len(s.bounds) {
			end = s.bounds[i+1]
		}
		r := &run{order: i, r: io.NewSectionReader(old, start, end-start), buf: make([]byte, pageBytes)}
		if ok, err := r.next(); err != nil {
			return errors.Join(err, f.Close())
		} else if ok {
			runs = append(runs, r)
		}
	}
	heap.Init(&runs)
	s.file, s.size = f, 0
	w := writer{s: s, buf: make([]byte, 0, pageBytes)}
	for len(runs) > 0 {
		r := runs[0]
		e := r.head
		if ok, err := r.next(); err != nil {
			return errors.Join(err, old.Close())
		} else if ok {
			heap.Fix(&runs, 0)
		} else {
			heap.Pop(&runs)
		}
		// Equal ids come in the order of the runs, so the last one is the latest.
		if len(runs) > 0 && runs[0].head.id == e.id {
			continue
		}
		if err := w.put(e); err != nil {
			return errors.Join(err, old.Close())
		}
	}
	return errors.Join(w.flush(), old.Close())
}

// run is a sorted part of the file on its way into the merge.
type run struct {
	order int
	head  entry
	r     io.Reader
	buf   []byte
	rest  []byte
}

// next moves head on; false is the end.
func (r *run) next() (bool, error) {
	if len(r.rest) == 0 {
		n, err := io.ReadFull(r.r, r.buf)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return false, fmt.Errorf("read the temporary file for nodes: %w", err)
		}
		if r.rest = r.buf[:n]; n < entryBytes {
			return false, nil
		}
	}
	r.head = decode(r.rest)
	r.rest = r.rest[entryBytes:]
	return true, nil
}

// runHeap orders runs by their heads, and equal heads by age.
type runHeap []*run

func (h runHeap) Len() int { return len(h) }
func (h runHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].head.id, h[j].head.id), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)   { *h = append(*h, x.(*run)) }

// Pop takes the last one off, as container/heap wants.
func (h *runHeap) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	*h = (*h)[:last]
	return r
}
