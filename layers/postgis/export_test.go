package postgis

// ItemsQuery is the statement of an item query, for tests to explain.
var ItemsQuery = itemsQuery //nolint:gochecknoglobals // a leak for tests
