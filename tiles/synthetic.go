package tiles

import "sync"

// told remembers which tiles of a layer may be about: those that say that it has
// features that were generated, and those that say that it has none. A change that
// turns the one into the other makes all tiles of the layer wrong, wherever it is.
type told struct {
	mu sync.Mutex
	// layers have, for false and true, whether tiles in the cache may say so.
	layers map[string]*[2]bool
}

// index is 0 for false, 1 for true.
func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// say notes what a tile that is being made says.
func (t *told) say(layer string, synthetic bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.layers[layer] == nil {
		if t.layers == nil {
			t.layers = map[string]*[2]bool{}
		}
		t.layers[layer] = new([2]bool)
	}
	t.layers[layer][index(synthetic)] = true
}

// wrong reports whether tiles may say otherwise, and forgets these: the caller
// drops them.
func (t *told) wrong(layer string, synthetic bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := t.layers[layer]
	if said == nil || !said[index(!synthetic)] {
		return false
	}
	said[index(!synthetic)] = false
	return true
}
