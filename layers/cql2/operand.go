package cql2

import (
	"fmt"

	"github.com/peterstace/simplefeatures/geom"
)

const wantOperand = "a property, a literal, a function or ("

// operand reads a literal, a property, a function or an expression in
// parentheses.
func (p *parser) operand() (node, error) {
	t := p.peek()
	switch t.kind {
	case tokenNumber:
		return p.number("")
	case tokenText:
		p.next++
		return &text{t.place(), t.value}, p.budget.literal(t.place())
	case tokenQuoted:
		p.next++
		if p.peek().symbol("(") {
			return nil, p.budget.source.errorf(t.place(), "the name of a function stands without quotes")
		}
		return &property{t.place(), t.value}, nil
	case tokenWord:
		return p.word()
	default:
		return p.enclosed()
	}
}

// enclosed reads an expression in parentheses.
func (p *parser) enclosed() (node, error) {
	if !p.takeSymbol("(") {
		return nil, p.unexpected(wantOperand)
	}
	n, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.peek().symbol(",") {
		return nil, p.budget.source.errorf(p.peek().place(), "a list may only be an argument of a function or follow IN")
	}
	return n, p.expectSymbol(")", "after the expression")
}

func (p *parser) number(sign string) (node, error) {
	t := p.take()
	n, ok := parseNumber(sign + t.value)
	if !ok {
		return nil, p.budget.source.errorf(t.place(), "the number %s is too large for a double", clip(t.value))
	}
	return n.literal(t.place()), p.budget.literal(t.place())
}

// word reads what begins with an unquoted word.
func (p *parser) word() (node, error) {
	t := p.peek()
	if t.word("TRUE") || t.word("FALSE") {
		p.next++
		return &boolean{t.place(), t.word("TRUE")}, p.budget.literal(t.place())
	}
	if reserved(t.value) {
		return nil, p.unexpected(wantOperand + "; a property of that name stands in double quotes")
	}
	p.next++
	if kind, ok := geometryType(t.value); ok && p.geometryFollows() {
		if err := p.budget.literal(t.place()); err != nil {
			return nil, err
		}
		g, err := p.geometry(kind)
		if err != nil {
			return nil, err
		}
		return &geometry{t.place(), g}, nil
	}
	if !p.peek().symbol("(") {
		return &property{t.place(), t.value}, nil
	}
	switch {
	case t.word("DATE"), t.word("TIMESTAMP"):
		return p.instant(t)
	case t.word("INTERVAL"):
		return p.interval(t)
	case t.word("BBOX"):
		return p.bbox(t)
	}
	return p.function(t)
}

// instant reads DATE('…') or TIMESTAMP('…') after the word.
func (p *parser) instant(word token) (node, error) {
	p.next++
	t := p.take()
	i, expected := instant{place: word.place(), date: word.word("DATE")}, wantTimestamp
	var ok bool
	if i.date {
		expected = wantDate
		i.value, ok = parseDate(t.value)
	} else {
		i.value, ok = parseTimestamp(t.value)
	}
	if t.kind != tokenText || !ok {
		return nil, p.budget.source.expected(t.place(), expected, t.describe())
	}
	if err := p.budget.literal(word.place()); err != nil {
		return nil, err
	}
	return &i, p.expectSymbol(")", "after the "+i.kind())
}

func (i *instant) kind() string {
	if i.date {
		return "date"
	}
	return "timestamp"
}

// interval reads INTERVAL(start, end) after the word.
func (p *parser) interval(word token) (node, error) {
	p.next++
	leave, err := p.nest()
	if err != nil {
		return nil, err
	}
	defer leave()
	start, err := p.intervalEnd()
	if err != nil {
		return nil, err
	}
	if err := p.expectSymbol(",", "between the ends of the interval"); err != nil {
		return nil, err
	}
	end, err := p.intervalEnd()
	if err != nil {
		return nil, err
	}
	return &interval{word.place(), start, end}, p.expectSymbol(")", "after the interval")
}

func (p *parser) intervalEnd() (node, error) {
	t := p.peek()
	if t.kind != tokenText {
		n, err := p.operand()
		if err != nil {
			return nil, err
		}
		return n, p.budget.intervalEnd(n)
	}
	p.next++
	if t.value == ".." {
		return &openEnd{t.place()}, nil
	}
	i, ok := parseInstant(t.value)
	if !ok {
		return nil, p.budget.source.expected(t.place(), wantInstant, t.describe())
	}
	i.place = t.place()
	return &i, p.budget.literal(t.place())
}

// intervalEnd refuses what can never be an end of an interval.
func (b *budget) intervalEnd(n node) error {
	switch n := n.(type) {
	case *property, *instant, *openEnd:
		return nil
	case *call:
		if n.op == opFunction {
			return nil
		}
	}
	return b.source.errorf(n.at(), "an interval begins and ends with %s, a property or a function", wantInstant)
}

// bbox reads BBOX(west, south, east, north), or six numbers with heights, after
// the word.
func (p *parser) bbox(word token) (node, error) {
	p.next++
	box := &bbox{place: word.place()}
	for {
		n, err := p.coordinate()
		if err != nil {
			return nil, err
		}
		box.corners = append(box.corners, n)
		if !p.takeSymbol(",") {
			break
		}
	}
	if err := p.expectSymbol(")", "after the box"); err != nil {
		return nil, err
	}
	return box, p.budget.box(box)
}

func (b *budget) box(box *bbox) error {
	if n := len(box.corners); n != 4 && n != 6 {
		return b.source.errorf(box.place, "a box has 4 numbers (west, south, east, north) or 6 with heights, this one has %d", n)
	}
	return b.literal(box.place)
}

// function reads the arguments of a function after its name.
func (p *parser) function(word token) (node, error) {
	p.next++
	n := &call{place: word.place(), name: word.value}
	if o, ok := operator(word.value); ok {
		if !o.functional() {
			return nil, p.budget.source.errorf(word.place(), "%s is an operator and no function", word.value)
		}
		n.op, n.name = o, ""
	}
	args, err := p.arguments(n.op == opFunction || n.op.array())
	if err != nil {
		return nil, err
	}
	n.args = args
	return n, p.budget.arity(n)
}

// arity checks the number of operands of the standard's own functions.
func (b *budget) arity(n *call) error {
	lowest, highest := n.op.arity()
	if len(n.args) >= lowest && (highest == 0 || len(n.args) <= highest) {
		return nil
	}
	want := fmt.Sprint(lowest)
	if highest == 0 {
		want = fmt.Sprintf("at least %d", lowest)
	}
	return b.source.errorf(n.place, "%s takes %s arguments, here are %d", n.op, want, len(n.args))
}

// arguments reads a list up to its closing parenthesis.
func (p *parser) arguments(arrays bool) ([]node, error) {
	if p.takeSymbol(")") {
		return nil, nil
	}
	var args []node
	for {
		n, err := p.argument(arrays)
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if !p.takeSymbol(",") {
			return args, p.expectSymbol(")", "or , in the arguments")
		}
	}
}

// argument reads an expression, or an array if it is wholly in parentheses and
// the function may take one.
func (p *parser) argument(arrays bool) (node, error) {
	t := p.peek()
	if !arrays || !t.symbol("(") || t.match == 0 {
		return p.expression()
	}
	if after := p.tokens[t.match+1]; !after.symbol(",") && !after.symbol(")") {
		return p.expression()
	}
	p.next++
	a := &array{place: t.place()}
	if p.takeSymbol(")") {
		return a, nil
	}
	for {
		n, err := p.expression()
		if err != nil {
			return nil, err
		}
		a.items = append(a.items, n)
		if !p.takeSymbol(",") {
			return a, p.expectSymbol(")", "or , in the array")
		}
	}
}

func (p *parser) geometryFollows() bool {
	if p.peek().word("Z") {
		return p.tokens[p.next+1].symbol("(")
	}
	return p.peek().symbol("(")
}

// geometry reads WKT after the word of its type. Z is optional, as the standard's
// own examples have it.
func (p *parser) geometry(kind geom.GeometryType) (geom.Geometry, error) {
	p.takeWord("Z")
	if kind == geom.TypeGeometryCollection {
		return p.collection()
	}
	at := p.peek().place()
	if kind == geom.TypePoint {
		s, err := p.enclosedPosition()
		if err != nil {
			return geom.Geometry{}, err
		}
		return s.build(p.budget.source, kind)
	}
	s, err := p.shape(levels(kind), kind == geom.TypeMultiPoint)
	if err != nil {
		return geom.Geometry{}, err
	}
	s.place = at
	return s.build(p.budget.source, kind)
}

// collection reads the members of a geometry collection; they are no collections
// themselves.
func (p *parser) collection() (geom.Geometry, error) {
	var members []geom.Geometry
	if err := p.expectSymbol("(", "before the geometries"); err != nil {
		return geom.Geometry{}, err
	}
	for {
		t := p.peek()
		kind, ok := geometryType(t.value)
		if t.kind != tokenWord || !ok || kind == geom.TypeGeometryCollection {
			return geom.Geometry{}, p.unexpected("POINT, LINESTRING, POLYGON or their MULTI forms")
		}
		p.next++
		g, err := p.geometry(kind)
		if err != nil {
			return geom.Geometry{}, err
		}
		members = append(members, g)
		if !p.takeSymbol(",") {
			return collect(members), p.expectSymbol(")", "or , in the collection")
		}
	}
}

// shape reads lists of the given depth in parentheses. The positions of a
// MULTIPOINT may stand in parentheses of their own.
func (p *parser) shape(level int, enclosed bool) (shape, error) {
	s := shape{place: p.peek().place()}
	if level == 0 {
		if enclosed && p.peek().symbol("(") {
			return p.enclosedPosition()
		}
		return p.position()
	}
	if err := p.expectSymbol("(", "before the coordinates"); err != nil {
		return s, err
	}
	for {
		part, err := p.shape(level-1, enclosed)
		if err != nil {
			return s, err
		}
		s.parts = append(s.parts, part)
		if !p.takeSymbol(",") {
			return s, p.expectSymbol(")", "or , after a coordinate")
		}
	}
}

func (p *parser) enclosedPosition() (shape, error) {
	if err := p.expectSymbol("(", "before the coordinates"); err != nil {
		return shape{}, err
	}
	s, err := p.position()
	if err != nil {
		return s, err
	}
	return s, p.expectSymbol(")", "after the coordinates")
}

// position reads x y or x y z.
func (p *parser) position() (shape, error) {
	s := shape{place: p.peek().place()}
	if err := p.budget.vertex(s.place); err != nil {
		return s, err
	}
	for range 2 {
		c, err := p.coordinate()
		if err != nil {
			return s, err
		}
		s.position = append(s.position, c)
	}
	if t := p.peek(); t.kind == tokenNumber || t.symbol("-") || t.symbol("+") {
		c, err := p.coordinate()
		if err != nil {
			return s, err
		}
		s.position = append(s.position, c)
	}
	return s, nil
}

// coordinate reads a number with its sign; -0 becomes 0.
func (p *parser) coordinate() (float64, error) {
	sign := ""
	if t := p.peek(); t.symbol("-") || t.symbol("+") {
		sign = t.value
		p.next++
	}
	if p.peek().kind != tokenNumber {
		return 0, p.unexpected("a number")
	}
	t := p.take()
	n, ok := parseNumber(sign + t.value)
	if !ok {
		return 0, p.budget.source.errorf(t.place(), "the number %s is too large for a double", clip(t.value))
	}
	return n.float, nil
}
