// Package api takes the pings of devices in and tells where people are, over HTTP.
//
//	POST /heat/pings        NDJSON, a ping a line, or the compact form
//	POST /heat/counters     NDJSON, what a gate or camera has counted a line
//	GET  /heat              the rules, and how the engine stands
//	GET  /heat/{resolution} the cells of the newest frame
//	GET  /heat/tiles/{z}/{x}/{y}.mvt the same as vector tiles
//	GET  /heat/windows/{resolution}  the distinct devices of cells over a time
//	GET  /heat/hotspots/{resolution}       the cells that stand out
//	GET  /heat/places/{id}/forecast        what is to come in a place
//	GET  /heat/places/{id}/forecast/past   what was forecast, and what came
//	GET  /heat/places       the places that are watched; PUT, DELETE /heat/places/{id}
//	GET  /heat/alarms       the alarms; POST /heat/alarms/{id}/acknowledgement
//	PUT  /heat/replays/{id} play a scenario, with an engine of its own
//
// # Concurrency
//
// The handlers are safe for concurrent use.
//
// # Lifecycle
//
// Register adds the handlers; the engine's owner runs it.
//
// # Units
//
// Coordinates are lon, lat in degrees, in the datum that a feed names; answers are
// in WGS 84. Densities are devices per m².
package api
