package api

import (
	"bytes"

	"yiping/layers"
)

// ParseJSON and EntityTags read what clients send.
var (
	ParseJSON  = parseJSON  //nolint:gochecknoglobals // a leak for tests
	EntityTags = entityTags //nolint:gochecknoglobals // a leak for tests
)

// ReadBatch reads a batch as its handler does, and returns for each operation
// the write, or nil and why it is none.
func ReadBatch(data []byte, l *layers.Layer, crs layers.CRS) (writes []*layers.Write, faults []error, err error) {
	operations, err := readBatch(bytes.NewReader(data), newFeatureReader(l, crs))
	for _, o := range operations {
		writes, faults = append(writes, o.write), append(faults, o.err)
	}
	return writes, faults, err
}
