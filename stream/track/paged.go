package track

import "slices"

// pageLen is how many values are copied together. Small pages make a lone report
// cheap, large ones a view.
const pageLen = 64

// paged is an array whose state at a moment can be kept: what was frozen shares all
// pages that have not been written since.
type paged[T any] struct {
	pages []*page[T]
	n     int
	// age counts the moments that were kept.
	age uint64
}

type page[T any] struct {
	// age is that of the array when the page was copied or made.
	age    uint64
	values [pageLen]T
}

// frozen is a paged array at a moment. It never changes.
type frozen[T any] []*page[T]

// freeze keeps the array as it is.
func (p *paged[T]) freeze() frozen[T] {
	p.age++
	return slices.Clone(p.pages)
}

// add appends a zero value and returns its index.
func (p *paged[T]) add() int {
	if p.n == len(p.pages)*pageLen {
		p.pages = append(p.pages, &page[T]{age: p.age})
	}
	p.n++
	return p.n - 1
}

// edit is a value to write to.
func (p *paged[T]) edit(i int) *T {
	at := p.pages[i/pageLen]
	if at.age != p.age {
		at = &page[T]{age: p.age, values: at.values}
		p.pages[i/pageLen] = at
	}
	return &at.values[i%pageLen]
}

// at is a value to read.
func (p *paged[T]) at(i int) *T { return &p.pages[i/pageLen].values[i%pageLen] }

// drop lets go of a page, of which nothing will be asked any more.
func (p *paged[T]) drop(page int) { p.pages[page] = nil }

// at is a value to read; nil if there is none.
func (f frozen[T]) at(i int) *T {
	if i < 0 || i/pageLen >= len(f) || f[i/pageLen] == nil {
		return nil
	}
	return &f[i/pageLen].values[i%pageLen]
}
