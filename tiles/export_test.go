package tiles

import (
	"net/http"

	"yiping/layers"
)

// ReadQuery is readQuery of an address under /tiles.
func ReadQuery(r *http.Request, c *layers.Catalog, names string) (*Query, error) {
	return readQuery(r, c, names)
}
