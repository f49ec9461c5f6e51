// Package sim lets vehicles, patrols and sensors live in a city, so that a
// demonstration and a measurement have something that moves. All that it makes is
// marked as synthetic.
//
// City reads the streets and the places from a running service. NewNetwork joins
// the streets; Vehicles and Patrols drive along them, Sensors stand at places. Run
// lets populations live by the clock and hands what they report to a Reporter, as
// lines of JSON.
//
// Vehicles keep to the streets: they speed up and brake as people do, slow down
// before turns, wait at crossings, and leave no street but at its ends. So no two
// reports of one are farther apart than it can have driven. They know nothing of
// each other.
//
// # Concurrency
//
// A Population belongs to the goroutine that advances it; Run advances all in its
// own. A Network never changes and may be shared.
//
// # Lifecycle
//
// Run blocks until its context or its duration ends. Populations of equal seeds
// that are advanced alike report alike, whatever the time.
//
// # Units
//
// Points are lon, lat in degrees (WGS 84), lengths metres along the surface of a
// sphere, speeds metres a second, headings degrees clockwise from north.
package sim
