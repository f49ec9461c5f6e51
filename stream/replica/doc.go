// Package replica makes the trackers of several servers one: what enters one is
// applied by all. It takes reports of devices from the bus too.
//
// Reports go over the bus once, from the replica that took them, in batches. A
// replica that starts, or that was cut off, asks all others for their newest reports
// and tells its own: all of them then hold the newest of each, because a report that
// is not newer changes nothing. Only state goes this way. Events and the history of
// tracks are in PostGIS, which all replicas share.
//
//	streams/<stream>/<key>               reports of one object as POST takes them, shared
//	                                     out among the replicas
//	yiping/applied/<stream>              what a replica has applied, for all others
//	yiping/state/ask/<replica>           a replica wants the newest reports of all others
//	yiping/state/tell/<replica>/<stream> the answers to it
//
// # Concurrency
//
// Add before everything else. Tell is safe for concurrent use, one call at a time for
// each stream.
//
// # Lifecycle
//
// New, Add for each stream, then Run until its context ends. The bus is closed after
// that.
//
// # Wire
//
// A message of applied or tell, all numbers little endian:
//
//	u8   1, the version of this format
//	u64  a hash of the stream's definition: replicas that understand it otherwise
//	     refuse the message
//	      then report after report:
//	uvarint length, key
//	varint  time, Unix milliseconds
//	i32 lon, i32 lat   1e-7 degrees, WGS 84
//	u16 speed  0.01 m/s; u16 heading  0.01 degrees; 65535 unknown
//	u8  state
//	u8  1 synthetic, 2 fields follow
//	     a field each of the definition, in its order: u8 kind, then its value
//	     0 none; 1 text: uvarint length, UTF-8; 2 number: f64; 3 integer: varint;
//	     4 false; 5 true
package replica
