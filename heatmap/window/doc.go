// Package window counts the distinct devices of a span of time, by place and by H3
// cell: of the last hour, of the evening and of the day.
//
//	w := window.New(window.Config{})
//	engine := heatmap.New(heatmap.EngineConfig{Heard: w.Hear, …})
//	w.Cells(window.Hour, now)
//
// # Spans
//
// Pseudonyms are the same from 4 o'clock in Shanghai to 4 o'clock of the next day, so
// no window goes beyond that, lest it count devices twice:
//
//	hour     the last 50 to 60 minutes: this slot of ten minutes and the five before
//	evening  16:00 to 4:00; nobody before it
//	day      since 4:00
//
// A device counts in the slot of its ping and not of the ping's arrival. Late pings
// that Presence does not take do not count.
//
// # What is kept
//
// Up to 256 pseudonyms a count, then a HyperLogLog sketch of them: 2^14 registers a
// place, 2^11 a cell. Its standard error is 1.04/√registers, 0.81 % and 2.3 %, and is
// told with the number; 0 says that nobody was estimated. All of it is forgotten at 4
// o'clock, and is nowhere but in memory.
//
// # Privacy
//
// Numbers are rounded to Config.Least, and 0 where they are below it. They are told
// once a minute, the same to everybody.
//
// # Concurrency
//
// Windows are safe for concurrent use.
//
// # Lifecycle
//
// New; nothing to close.
//
// # Bounds
//
// A cell takes at most 8 × 2 KiB and a place 8 × 16 KiB, beside at most 1 KiB each.
// There is room for 16,384 cells and 1,000 places unless Config says otherwise:
// 285 MB and 132 MB. Devices in others are not counted, and Uncounted counts them.
package window
