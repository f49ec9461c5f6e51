// Package bench measures a server as its users do: over HTTP, from outside.
//
// Places learns from a server where its features are, Walk makes the addresses
// that screens ask for there, Run asks for them over many connections, and
// Phase says how long the answers took. What is started, changed and compared is
// up to the caller.
//
// # Concurrency
//
// Functions are safe for concurrent use. Run owns the goroutines that it starts
// and returns when they have ended.
//
// # Units
//
// Times in results are milliseconds, sizes are bytes as sent, which is after
// compression. Points are lon, lat in degrees.
//
// It does not judge: whether a figure is good is the reader's to say.
package bench
