// Package city makes the demonstration city: on a base map of what is known
// (Schematic, or Open for real data) it generates the rest of a city of 25
// million people by rule and seed, at the published figures of Shanghai.
//
// A City is made in steps, each from the one before:
//
//   - ground: a grid that knows district, town and water of every place
//   - density: how urban a place is and how high it builds, smooth fields that
//     rise to the centre, to metro stations and to town centres
//   - network: streets. The known roads cut the plane into faces (arrange.go,
//     mesh.go); each face is cut across again and again until blocks are left
//     (split.go), then what lies in water is clipped and the rest becomes links
//     from corner to corner (network.go)
//   - parcels: blocks inside of their streets, each with a use (parcel.go), and
//     the buildings on them (layout.go); stock.go brings their number and their
//     floor area to the figures, choose.go picks from them
//   - pipelines: for each medium a network grown along links from the densest
//     place until its length is spent (grow.go)
//   - components: set along links and in parcels by share (component.go)
//
// All that is generated comes from the source "demo" and is marked synthetic. Its
// names begin with 模拟 and belong to nobody.
//
// # Concurrency
//
// A City may be used by many goroutines. Steps are done once, by the goroutine
// that needs them first, while others that need them wait; layers that need
// different steps are made side by side. A Feature that Features yields belongs
// to that iteration and is reused. Base values are never changed.
//
// # Lifecycle
//
// New checks and returns at once; there is nothing to close. What the steps made
// (about 150 MB for a whole city) is held as long as the City is.
//
// # Determinism
//
// Equal bases and equal Configs give equal features in equal order, on any
// number of goroutines: all chance comes from hashes of the seed and of what it
// is about, never from the order of work.
//
// # Units and axis order
//
// Features are lon, lat on WGS 84. Inside, places are metres east and north of
// the city's middle on an equirectangular plane; lengths that are counted are
// geodesic, as PostGIS measures a geography.
//
// # What it does not do
//
// It knows no traffic, no terrain and no history: what it makes looks like a city
// and has a city's figures, and is nothing more.
package city
