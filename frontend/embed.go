// Package frontend holds the built pages of the product inside the binary.
//
// The pages are made by "npm run build" into dist. Before the first build dist
// is empty, and FS has no index.html: whoever serves it says how to build.
//
// # Concurrency
//
// FS is read-only and may be used by any number of goroutines.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built pages, index.html at its root. Names under assets/ carry
// a hash of their content, so they may be cached for ever.
func FS() fs.FS {
	pages, err := fs.Sub(dist, "dist")
	if err != nil { // only a malformed path can fail, and this one is constant
		panic(err)
	}
	return pages
}
