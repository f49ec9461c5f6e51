// Package forecast tells how many devices will be in each watched place, five minutes
// to three hours ahead, with bands, and keeps account of how well it did.
//
//	f := forecast.New(forecast.Config{Profiles: profiles})
//	f.Warm(place, minutes)            // after a restart
//	f.Observe(frame)                  // each frame
//	next, err := f.Forecast("bund", 30*time.Minute)
//
// Each whole five minutes of event time a forecast is made for each place: up to three
// methods are asked, what they say is blended by how far each was off of late
// (method.go, blend.go), and the band comes from how far the blend itself was off
// (band.go). Each forecast is kept until its time has come; then it is scored.
//
// # What it does not know
//
// What is not in the numbers of the place itself or in the calendar of profiles: a
// street that is closed, a metro that passes a station, rain. It counts devices, not
// people. A place's numbers are rounded, and so is what follows from them.
//
// # Concurrency
//
// A Forecaster is safe for concurrent use. Observe works on the first frame of each five
// minutes, about a quarter of a millisecond for a place, and returns at once from all
// others.
//
// # Lifecycle
//
// New, Warm for what is known of before, Observe; nothing to close. What it keeps of a
// place is bounded (about 180 kB), and dropped with the place.
//
// # Units
//
// Devices; times are those of frames. Horizons are multiples of Step.
package forecast
