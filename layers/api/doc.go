// Package api serves the layers over HTTP: their features by OGC API Features
// under /ogc, statistics under /stats, regions under /regions. At /openapi.json it
// describes the HTTP interface of the whole service.
//
// It turns addresses into the queries of package layers, asks a Store, and
// writes the answer in the format that the client asked for. It turns bodies into
// writes that fit their layer, so that only what the database alone can know is
// left to refuse. It knows no database.
//
// # Concurrency
//
// Handlers are safe for concurrent use and keep no state. They return their
// errors; whoever registers them renders those.
//
// # Units and axis order
//
// Coordinates are lon, lat on WGS 84 unless a request names another system, whose
// own axis order then holds. Names of JSON members are snake_case but for those
// that a standard gives.
package api
