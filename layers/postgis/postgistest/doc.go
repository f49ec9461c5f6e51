// Package postgistest gives tests a real PostGIS: one embedded cluster for the
// whole run, and a fresh database for each test.
//
// The cluster is that of YIPING_TEST_DB, where `make test` sets it, or else one
// that this process starts and stops. A machine without PostGIS fails the tests;
// they never skip.
//
// # Concurrency
//
// Safe for parallel tests.
//
// # Lifecycle
//
// A package's TestMain calls Main, which also fails a run that leaves
// goroutines behind.
package postgistest
