// Package wire is the compact form of pings: application/vnd.yiping.pings of POST
// /heat/pings and of the bus.
//
// # Format
//
// All numbers are little endian. A head of 16 bytes:
//
//	8 bytes "yipings" and the version, 1
//	i64     base: a time in Unix milliseconds
//
// then records of 24 bytes until the end:
//
//	u64 device, as the feed numbers them; between replicas the pseudonym
//	i32 lon, i32 lat   1e-7 degrees, in the datum of the feed
//	i32 time           milliseconds after base, or before it
//	u16 accuracy       metres; 0 is unknown, 65535 is 65,535 and more
//	u16 0              kept for later versions; readers refuse anything else
//
// # Concurrency
//
// A Reader is used by one goroutine at a time; there is no other state.
//
// # Lifecycle
//
// NewReader, then Read until io.EOF; nothing to close.
package wire
