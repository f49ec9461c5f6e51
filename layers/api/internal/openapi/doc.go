// Package openapi describes the service's HTTP interface in OpenAPI.
//
// What holds for every catalog is written by hand, a YAML file a subject, under
// parts. What the catalog decides is added when the document is asked for: a
// schema for the features of each layer, and the names of layers and coordinate
// systems. So the document is live, as the catalog is. Tests hold it to the
// routes, the parameters and the answers of the service.
//
// The document is of OpenAPI 3.1, whose schemas are JSON Schema, draft 2020-12.
// The one thing that the parts take from 3.1 is null as a type, which 3.0 writes
// in another way; so the same document can be had as 3.0 too.
//
// # Concurrency
//
// A Document is immutable and safe for concurrent use.
//
// # Lifecycle
//
// New reads the parts once; JSON makes a document for a catalog.
//
// # Units and axis order
//
// Whatever the parts say of an operation; this package has no units of its own.
package openapi
