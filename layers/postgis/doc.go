// Package postgis keeps the layers in PostgreSQL with PostGIS, the system of
// record: the embedded cluster, the schema and its migrations, the catalog, bulk
// loads and imports, single features, writes, summaries, the reference tiles, the
// readers that fill images, and the change feed.
//
// A layer is the table city.<name>; any SQL client may read and write it. What
// must hold whoever writes (regions, versions, codes) is done by triggers in the
// database and not here. The schema yiping is the service's own,
// city_history has the earlier versions of features of layers that keep them.
//
// # Concurrency
//
// A Store is safe for concurrent use. An Import belongs to one goroutine. A
// Cluster's methods are safe for concurrent use; Close is called once.
//
// # Lifecycle
//
// OpenCluster returns a running server, whose supervisor goroutine ends in
// Close. Open connects a Store to it or to any server, Close ends its
// connections. The Store is closed before the Cluster. Follow blocks until its
// context ends.
//
// # Units and wire
//
// Geometries are stored in EPSG:4326, lon then lat. Bulk data goes through
// PostgreSQL's binary COPY format, geometries in it as EWKB, little endian.
package postgis
