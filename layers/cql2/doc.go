// Package cql2 is the one query language of the twin: OGC CQL2 (21-065r2) in
// text and JSON, with one canonical form, a writer to parameterised PostGIS SQL
// and a matcher that evaluates in memory on columns. The same filter means the
// same in both.
//
//	e, err := cql2.Parse("floors > 5 AND use IN ('office', 'public')", cql2.DefaultLimits())
//	key := e.Canonical()                // equal filters, equal keys
//	f, err := e.Check(schema)           // names and types, before any SQL
//	where := f.SQL(&args)               // for PostgreSQL
//	m, err := f.Compile(columns)        // for a columnar image
//
// Parse accepts every class of the standard: Basic CQL2, Advanced Comparison
// Operators, Case- and Accent-insensitive Comparison, Basic Spatial Functions
// and its Plus, Spatial, Temporal and Array Functions, Property-Property,
// Functions and Arithmetic Expressions.
//
// # What a filter means
//
// Logic is three-valued, as in SQL: a comparison with null is unknown, a filter
// takes the rows for which it is true.
//
//   - Text compares byte by byte in UTF-8 (COLLATE "C"). LIKE knows %, _ (one
//     code point) and the escape \.
//   - CASEI is Unicode full case folding, with two differences that make it the
//     same function in PostgreSQL (ICU) and in Go: dotless ı folds to i, and
//     Cherokee folds to small letters. ACCENTI is NFD without U+0300–U+036F,
//     then NFC. Both were compared with PostgreSQL 15 (ICU 72) on every code
//     point; runs of more than 30 combining marks are outside that promise.
//   - Integers compare as integers. A number that meets a Number property, a
//     literal with a fraction or any arithmetic is a double.
//   - Arithmetic takes operands that are 0 or between 1e-100 and 1e100 in
//     size; another operand, a division by zero, and a power without a real
//     value between e^-230 and e^230 give null. a % b has the sign of a,
//     a div b cuts towards zero, a power is rounded to 12 significant digits
//     (C and Go libraries differ in the last bits). -x ^ y is (-x) ^ y, as the
//     grammar of the standard says.
//   - A timestamp that meets a date is first reduced to its date in UTC. The
//     resolution is a microsecond; further digits are cut.
//   - Intervals are closed. '..' is an open end; a null end makes the predicate
//     unknown. T_STARTS and T_STARTEDBY follow OWL-Time (the table of the
//     standard has their links crossed). Functions on intervals refuse instants.
//   - Arrays are sets. A null element equals nothing.
//   - Geometry predicates are those of DE-9IM on the plane of longitude and
//     latitude, on X and Y only. The matcher relates as JTS's RelateNG does; GEOS
//     before 3.13, below PostGIS, can miss that lines overlap where it rounds an
//     intersection of them. A BBOX whose west is greater than its east crosses
//     the antimeridian.
//
// # Text that the standard leaves open
//
// Inside a literal a doubled quote and \' both stand for a quote. Only directly
// before a quote a backslash doubles: \\' is one backslash and the end, so that
// every text can be written. An argument that is wholly in parentheses is an
// array, in array functions and in those that are not the standard's. Names that
// are no identifiers stand in double quotes, in which "" is a quote. Arrays of
// arrays and empty geometries are refused.
//
// # Concurrency
//
// Expr, Filter and Schema are immutable. A Matcher may be used by any number of
// goroutines at once, as far as its Columns may.
//
// # Units
//
// Coordinates are lon, lat in degrees, SRID 4326; use Expr.Transform for filters
// in another system. Dates are days since 1970-01-01, timestamps microseconds
// since 1970-01-01T00:00:00Z.
//
// It does no I/O and knows no database driver.
package cql2
