// Package relay makes the engines of several servers count the same devices: what one
// takes in is counted by all. It takes pings from the bus too.
//
//	heat/pings/<feed>         pings as POST /heat/pings takes them, in either form, of
//	                          real devices in WGS 84; shared out among the replicas
//	yiping/heat/seen          what a replica has counted, for all others
//	yiping/heat/tallied       what counters have told a replica, for all others
//	yiping/heat/key/tell      a replica's key of pseudonyms
//	yiping/heat/key/ask       a replica wants the keys of all others
//
// # Privacy
//
// Names of devices never leave the replica that they came to: the others are told
// pseudonyms. These are the same everywhere because the replicas share their key. It
// is drawn by one of them, is never stored, and everything below yiping/heat is sealed
// (AES-256-GCM) with a key made of a secret that the replicas have from their
// database: who reads the bus alone, or the database alone, learns nothing. What
// devices publish to heat/pings is guarded by nothing but the bus itself.
//
// Of two keys the one that was drawn first wins. A replica that starts asks for it;
// what it counted under its own before counts twice until it is forgotten. At 4
// o'clock each makes the next day's key of the last, without a word.
//
// Only sightings and tallies go this way. A replica that starts knows of everybody after one
// heatmap.Rules.TTL; what is lost while it is cut off, or too slow, is made up for in
// the same way.
//
// # Concurrency
//
// Hear and Tally are safe for concurrent use.
//
// # Lifecycle
//
// New, then Run until its context ends. The bus is closed after that.
//
// # Wire
//
// A sealed message is a nonce of 12 bytes and the ciphertext, whose additional data is
// the topic. In it:
//
//	seen  u8 1 if the pings were made up, otherwise 0; then package wire, where the
//	      device is the pseudonym
//	tallied  a JSON array of heatmap.Tally
//	tell  i64 day, i64 Unix nanoseconds when it was drawn, both little endian, and the
//	      32 bytes of the secret
package relay
