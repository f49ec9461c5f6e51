package track

import "yiping/stream"

var _ stream.Keyed = (*view)(nil)

// Lookup is the handle of a key, also of one that the view does not know yet.
func (v *view) Lookup(key string) (int64, bool) {
	v.t.mu.Lock()
	defer v.t.mu.Unlock()
	handle, ok := v.t.handles[key]
	return int64(handle), ok
}
