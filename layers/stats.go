package layers

import (
	"slices"
	"time"

	"yiping/layers/cql2"
)

// Bounds of one request for statistics.
const (
	// MaxStatsProperties is how many properties may divide the groups.
	MaxStatsProperties = 2
	// MaxStatsMeasures is how many measures a group may have.
	MaxStatsMeasures = 20
	// MaxStatsGroups is how many groups an answer may have. A full city by
	// street and component class has about 20,000.
	MaxStatsGroups = 100_000
)

// LevelCity is the level of all features together; the others are RegionColumns.
const LevelCity = "city"

// StatsQuery asks for measures of groups of features. Its names have been
// checked against the layer.
type StatsQuery struct {
	Layer *Layer
	// Levels are of "city", "district", "street" and "village", coarse to fine,
	// each once, and at least one. Each gets groups of its own.
	Levels []string
	// Properties divide the groups of each level further.
	Properties []Property
	Measures   []Measure
	// Filter takes the features for which it is true; nil takes all.
	Filter *cql2.Filter
	// PerKM2 and PerHead ask for measures in relation to the region.
	PerKM2, PerHead bool
}

// RegionColumns are the columns that tell the groups of the finest level apart,
// coarse to fine: the regions above a street belong to it.
func (q *StatsQuery) RegionColumns() []string {
	finest := q.Levels[len(q.Levels)-1]
	return RegionColumns()[:slices.Index(RegionColumns(), finest)+1]
}

// The kinds of measure.
const (
	MeasureCount  = "count"
	MeasureLength = "length_metres"
	MeasureArea   = "area_m2"
	MeasureSum    = "sum"
	MeasureMean   = "mean"
	MeasureMin    = "min"
	MeasureMax    = "max"
)

// Measure is one figure of a group.
type Measure struct {
	Kind string
	// Property is what a sum, mean, min or max is of; the zero value otherwise.
	Property Property
}

// Name is the measure's name in requests and answers: "count", "area_m2",
// "length_metres", or "sum:floors".
func (m Measure) Name() string {
	if m.Property.Name == "" {
		return m.Kind
	}
	return m.Kind + ":" + m.Property.Name
}

// Additive measures of parts add up to that of the whole, so that a share for
// each square kilometre or head makes sense.
func (m Measure) Additive() bool {
	return m.Kind == MeasureCount || m.Kind == MeasureLength || m.Kind == MeasureArea || m.Kind == MeasureSum
}

// Operand is a quantity of each feature that measures are computed from.
type Operand struct {
	// Property is the property that holds it; the zero value stands for a
	// quantity of the geometry.
	Property Property
	// Length and Area are the geodesic length in metres and the area in square
	// metres.
	Length, Area bool
}

func (m Measure) operand() Operand {
	return Operand{Property: m.Property, Length: m.Kind == MeasureLength, Area: m.Kind == MeasureArea}
}

func (o Operand) same(other Operand) bool {
	return o.Property.Name == other.Property.Name && o.Length == other.Length && o.Area == other.Area
}

// Operands are what the measures are computed from, each once.
func (q *StatsQuery) Operands() []Operand {
	var all []Operand
	for _, m := range q.Measures {
		if o := m.operand(); m.Kind != MeasureCount && !slices.ContainsFunc(all, o.same) {
			all = append(all, o)
		}
	}
	return all
}

// Cut says which state of the database an answer is of.
type Cut struct {
	// Time is when the transaction that read it began. In an answer of the
	// database, what was committed before is in; in one of an image, what Xmin
	// says, and perhaps some of what came later.
	Time time.Time `json:"time"`
	// Xmin is the first transaction that was open then: all below it are in or
	// undone.
	Xmin uint64 `json:"xmin"`
}

// StatsCells is what a database answers to a StatsQuery.
type StatsCells struct {
	Cut Cut
	// Cells are the groups of the finest level, in no order.
	Cells []StatsCell
	// Regions are those that groups of the levels can be of. Their areas are
	// there if the query asks for shares.
	Regions []Region
}

// StatsCell is a group of features with the tallies of the operands.
type StatsCell struct {
	Regions Regions
	// Properties are the values of the query's properties; nil is null.
	Properties []any
	Count      int64
	Tallies    []Tally
}

// Tally sums up a quantity over features. Sums are float64, so whole numbers are
// exact up to 2^53.
type Tally struct {
	// N is the number of features that have the quantity. If it is 0 the other
	// fields say nothing.
	N             int64
	Sum, Min, Max float64
}

// Add makes t the tally of its own features and those of other.
func (t *Tally) Add(other Tally) {
	switch {
	case other.N == 0:
	case t.N == 0:
		*t = other
	default:
		*t = Tally{t.N + other.N, t.Sum + other.Sum, min(t.Min, other.Min), max(t.Max, other.Max)}
	}
}
