// Package layertable makes a stream of a layer: its rows are those of the layer's
// image, its history is the change feed.
//
//	table := layertable.New(layer, source)
//	hub.Touch(layertable.Name(layer.Name), layertable.Touches(touches), position, made)
//
// # Concurrency
//
// A Table is safe for concurrent use; so are its views.
//
// # Lifecycle
//
// A Table keeps nothing but its layer. It may be made anew for each question.
//
// # Units
//
// Those of package stream.
package layertable
