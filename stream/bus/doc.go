// Package bus carries messages between the replicas of the service, and from devices
// to them: NATS, a server of it in the process or a cluster of them elsewhere. It is
// the only user of NATS.
//
// A message reaches those who subscribe at that time, once, and nobody else: what must
// not be lost is a row in PostGIS, and what must be complete is asked for again when
// Missed says so. Topics are those of MQTT, levels with a slash between:
// streams/vehicles/v-1 is the NATS subject streams.vehicles.v-1. Bytes that a subject
// cannot have are written as % and two hexadecimal digits in it.
//
// # Concurrency
//
// A Bus is safe for concurrent use. Each subscription has a goroutine of its own,
// which calls its Handle with one message after another, in the order in which each
// publisher sent them. Missed is called on other goroutines and must not block.
//
// # Lifecycle
//
// Open connects, Close ends: it hands on what has arrived and sends what is waiting
// first. A connection that breaks is made again until Close.
//
// # Bounds
//
// A message has at most MaxData bytes. While there is no connection, 8 MiB wait to be
// sent; a subscription that is slow has at most 16 MiB waiting for it. What is beyond
// is dropped and counted.
package bus
