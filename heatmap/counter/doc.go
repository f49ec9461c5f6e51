// Package counter makes people of devices: it keeps what gates and cameras count, and
// tells of a place between which numbers its people are.
//
//	b := counter.New(counter.Config{})
//	engine := heatmap.New(heatmap.EngineConfig{Tallied: b.Hear, Told: b.Observe, …})
//	b.People(state, now)
//
// # Devices
//
// People are devices times a factor. Where gates count at a place, the factor is the
// ratio of the people that crossed its outline to the devices that did, slot by slot
// of five minutes over two hours, with its 95 % confidence interval (the ratio
// estimator of Cochran, Sampling Techniques, 3rd ed. 1977, chapter 6). Where none
// do, or not for an hour yet, it is taken to be 0.77 to 1.5: China has 1.30 mobile
// subscriptions for each of its people (1.83 billion, Ministry of Industry and
// Information Technology, October 2025; 1.408 billion, National Bureau of Statistics,
// end of 2024), so 0.77 is where all of them are heard of. That up to a third of the
// people is not heard of is assumed.
//
// # Counters
//
// The gates of a place are taken to be all its ways: who came less who went, since 4
// o'clock, is who is there. Of each crossing 1 % is taken to be wrong, always in the
// same direction, so that the band grows with the crowd that has passed. A camera
// tells how many it sees; those of a place add up, are believed for ten minutes and
// taken to be within 10 %. Both errors are assumed.
//
// # Bands
//
// What is told covers every source. Where sources do not agree there is no middle
// number: they are never averaged.
//
// # Concurrency
//
// A Book is safe for concurrent use.
//
// # Lifecycle
//
// New; nothing to close. It is in memory alone: balances of gates begin anew when the
// service starts.
//
// # Units
//
// People and devices. Times are of events.
package counter
