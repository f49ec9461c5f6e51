package cql2

// Limits bound what a filter may cost before it is understood. A filter that
// goes over one is refused with the limit's name and value.
type Limits struct {
	// Bytes bounds the text or JSON.
	Bytes int
	// Depth bounds how deep expressions may stand in each other. A chain of
	// arithmetic operators without parentheses counts as nesting.
	Depth int
	// Literals bounds the number of literal values, list items included.
	Literals int
	// Vertices bounds the coordinates of all geometries together.
	Vertices int
}

// DefaultLimits are for filters from outside: large enough for a drawn polygon
// or a list of a few thousand codes, and small enough that checking, planning
// and folding stay in the milliseconds.
func DefaultLimits() Limits {
	return Limits{Bytes: 256 << 10, Depth: 64, Literals: 10_000, Vertices: 5_000}
}

// budget counts what one filter has used of its Limits.
type budget struct {
	source   source
	limits   Limits
	literals int
	vertices int
}

func (b *budget) literal(at place) error {
	b.literals++
	if b.literals > b.limits.Literals {
		return b.source.errorf(at, "the filter has more than %d literal values; ask for less at once", b.limits.Literals)
	}
	return nil
}

func (b *budget) vertex(at place) error {
	b.vertices++
	if b.vertices > b.limits.Vertices {
		return b.source.errorf(at, "the geometries of the filter have more than %d vertices; simplify them", b.limits.Vertices)
	}
	return nil
}

func (b *budget) depth(at place, depth int) error {
	if depth > b.limits.Depth {
		return b.source.errorf(at, "the filter is nested deeper than %d levels", b.limits.Depth)
	}
	return nil
}
