package api

// Cursors are opaque to everybody but tests.
var (
	EncodeCursor = encodeCursor //nolint:gochecknoglobals // a leak for tests
	DecodeCursor = decodeCursor //nolint:gochecknoglobals // a leak for tests
)
