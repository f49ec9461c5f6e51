// Package compact packs the cells of a frame for transport: some three bytes a cell.
//
//	data := compact.Append(nil, &compact.Frame{…})
//	frame, err := compact.Decode(data)
//
// # Concurrency
//
// Functions only; safe for concurrent use.
//
// # Lifecycle
//
// There is nothing to open or close.
//
// # Units and wire
//
// Devices, as frames tell them; densities follow from the true areas of the cells. Bytes
// are 0x48, the version 1, the resolution, flags (bit 0: synthetic, bit 1: the devices
// present are too few to be told); then unsigned varints of 7 bits a byte, the lowest
// first: the time in Unix ms, the least number of devices that is told, the devices
// present (0 with bit 1), the number of cells, and for each cell, in ascending order,
// the step from the position of the one before, counted from -1, and its devices. A
// position is the base cell and the digits of the H3 index that the resolution uses
// (cell.Position).
package compact
