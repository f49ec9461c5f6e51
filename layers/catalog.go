package layers

import (
	"fmt"
	"slices"
	"strings"
)

// Catalog is the set of layers at one moment.
type Catalog struct {
	byName map[string]*Layer
	order  []*Layer
}

// NewCatalog makes a catalog of layers, in their order.
func NewCatalog(all []*Layer) *Catalog {
	c := &Catalog{byName: make(map[string]*Layer, len(all)), order: slices.Clone(all)}
	for _, l := range all {
		c.byName[l.Name] = l
	}
	return c
}

// Layer finds a layer by name. The error wraps ErrNotFound and names the layers
// that there are.
func (c *Catalog) Layer(name string) (*Layer, error) {
	if l, ok := c.byName[name]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("%w: layer %q (there are: %s)", ErrNotFound, name, strings.Join(c.Names(), ", "))
}

// Layers returns the layers in order. The slice is shared and must not change.
func (c *Catalog) Layers() []*Layer { return c.order }

// Names returns the names of the layers in order.
func (c *Catalog) Names() []string {
	names := make([]string, len(c.order))
	for i, l := range c.order {
		names[i] = l.Name
	}
	return names
}
