package cache

// Settle carries out the evictions that are due.
func (c *Cache) Settle() { c.store.CleanUp() }

// Indexed is the number of places in the index.
func (c *Cache) Indexed() int {
	c.index.mu.Lock()
	defer c.index.mu.Unlock()
	n := 0
	for _, zooms := range c.index.layers {
		for _, zoom := range zooms {
			for _, entries := range zoom {
				n += len(entries)
			}
		}
	}
	return n
}
