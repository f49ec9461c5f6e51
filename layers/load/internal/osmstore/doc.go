// Package osmstore keeps what ways and areas of an OSM file are drawn from in
// temporary files, so that the file may have any size: Nodes holds the location of
// each node, Ways the lines of those ways that relations need.
//
// # Concurrency
//
// A Nodes or Ways is used by one goroutine.
//
// # Lifecycle
//
// New…, then Put for everything, then (Nodes) Freeze, then Find as often as wanted,
// then Close. The files have no name once New… has returned, so nothing stays behind
// even if the process is killed.
//
// # Memory
//
// Nodes: a buffer of 16 MiB while nodes are put; after Freeze 8 bytes for each page
// of 256 nodes and a cache of 4 MiB. Ways: 16 bytes a way.
//
// # Layout
//
// A node is 16 bytes, little-endian: id int64, lon int32, lat int32, in units of
// 1e-7 degrees, sorted by id. A way is the number of its nodes that the file lacks
// and of its locations, uint32 each, and then its locations, 8 bytes each.
package osmstore

import (
	"errors"
	"fmt"
	"os"
)

// nameless makes a file that goes away with its descriptor.
func nameless(dir, what string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "yiping-"+what+"-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file for %s: %w", what, err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("unlink the temporary file for %s: %w", what, err), f.Close())
	}
	return f, nil
}
