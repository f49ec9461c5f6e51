package cql2

import (
	"strings"
	"unicode/utf8"
)

// Parse reads a filter in CQL2 text. Faults are of type *Error.
func Parse(filter string, limits Limits) (*Expr, error) {
	s := source{text: filter}
	if err := checkText(s, limits); err != nil {
		return nil, err
	}
	tokens, err := lex(s)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens, budget: budget{source: s, limits: limits}}
	root, err := p.expression()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.unexpected("AND, OR or the end of the filter")
	}
	return &Expr{root: root, source: s}, nil
}

// checkText holds for both encodings: bounded, valid UTF-8 without NUL, which
// PostgreSQL cannot store.
func checkText(s source, limits Limits) error {
	here := source{text: s.text}
	if len(s.text) > limits.Bytes {
		return here.errorf(place{offset: limits.Bytes}, "the filter has %d bytes, more than the %d allowed", len(s.text), limits.Bytes)
	}
	if !utf8.ValidString(s.text) {
		i := strings.IndexFunc(s.text, func(r rune) bool { return r == utf8.RuneError })
		return here.errorf(place{offset: i}, "the filter is not valid UTF-8")
	}
	if i := strings.IndexByte(s.text, 0); i >= 0 {
		return here.errorf(place{offset: i}, "the filter contains a NUL character")
	}
	return nil
}

// parser is a recursive descent over the grammar of the standard's annex B,
// taken a little wider: any expression may stand in parentheses, and what does
// not fit is left to Check, which knows the types.
type parser struct {
	tokens []token
	next   int
	nested int
	budget budget
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if t.kind != tokenEnd {
		p.next++
	}
	return t
}

func (p *parser) takeSymbol(s string) bool {
	if p.peek().symbol(s) {
		p.next++
		return true
	}
	return false
}

func (p *parser) takeWord(w string) bool {
	if p.peek().word(w) {
		p.next++
		return true
	}
	return false
}

func (p *parser) unexpected(expected string) error {
	t := p.peek()
	return p.budget.source.expected(t.place(), expected, t.describe())
}

func (p *parser) expectSymbol(s, after string) error {
	if p.takeSymbol(s) {
		return nil
	}
	return p.unexpected(s + " " + after)
}

// nest counts a level of depth; its result undoes that.
func (p *parser) nest() (func(), error) {
	p.nested++
	return func() { p.nested-- }, p.budget.depth(p.peek().place(), p.nested)
}

func (p *parser) expression() (node, error) {
	leave, err := p.nest()
	if err != nil {
		return nil, err
	}
	defer leave()
	return p.junction("OR", opOr, func() (node, error) { return p.junction("AND", opAnd, p.negation) })
}

// junction reads operands joined by one word into one call.
func (p *parser) junction(word string, o op, operand func() (node, error)) (node, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	operands := []node{first}
	for p.takeWord(word) {
		n, err := operand()
		if err != nil {
			return nil, err
		}
		operands = append(operands, n)
	}
	if len(operands) == 1 {
		return first, nil
	}
	return &call{place: first.at(), op: o, args: operands}, nil
}

func (p *parser) negation() (node, error) {
	at := p.peek().place()
	if !p.takeWord("NOT") {
		return p.predicate()
	}
	leave, err := p.nest()
	if err != nil {
		return nil, err
	}
	defer leave()
	n, err := p.negation()
	if err != nil {
		return nil, err
	}
	return &call{place: at, op: opNot, args: []node{n}}, nil
}

// predicate reads an operand and what may follow it: a comparison, LIKE,
// BETWEEN, IN or IS NULL.
func (p *parser) predicate() (node, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	if t.kind == tokenSymbol {
		if o, ok := operator(t.value); ok && o.comparison() {
			p.next++
			right, err := p.sum()
			if err != nil {
				return nil, err
			}
			return &call{place: left.at(), op: o, args: []node{left, right}}, nil
		}
	}
	if p.takeWord("IS") {
		negated := p.takeWord("NOT")
		if !p.takeWord("NULL") {
			return nil, p.unexpected("NULL")
		}
		return negate(&call{place: left.at(), op: opIsNull, args: []node{left}}, negated), nil
	}
	negated := p.takeWord("NOT")
	var n *call
	switch {
	case p.takeWord("LIKE"):
		n, err = p.like(left)
	case p.takeWord("BETWEEN"):
		n, err = p.between(left)
	case p.takeWord("IN"):
		n, err = p.in(left)
	case negated:
		return nil, p.unexpected("LIKE, BETWEEN or IN")
	default:
		return left, nil
	}
	if err != nil {
		return nil, err
	}
	return negate(n, negated), nil
}

func negate(n *call, negated bool) node {
	if !negated {
		return n
	}
	return &call{place: n.place, op: opNot, args: []node{n}}
}

func (p *parser) like(left node) (*call, error) {
	pattern, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &call{place: left.at(), op: opLike, args: []node{left, pattern}}, nil
}

func (p *parser) between(left node) (*call, error) {
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if !p.takeWord("AND") {
		return nil, p.unexpected("AND between the bounds of BETWEEN")
	}
	high, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &call{place: left.at(), op: opBetween, args: []node{left, low, high}}, nil
}

func (p *parser) in(left node) (*call, error) {
	if err := p.expectSymbol("(", "before the list of IN"); err != nil {
		return nil, err
	}
	n := &call{place: left.at(), op: opIn, args: []node{left}}
	for {
		item, err := p.sum()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, item)
		if !p.takeSymbol(",") {
			return n, p.expectSymbol(")", "or , in the list of IN")
		}
	}
}

func (p *parser) sum() (node, error) {
	return p.chain(p.product, opAdd, opSubtract)
}

func (p *parser) product() (node, error) {
	return p.chain(p.power, opMultiply, opDivide, opModulo, opIntegerDivide)
}

// chain reads operators of one rank, which bind from the left. Each nests the
// tree by one level.
func (p *parser) chain(operand func() (node, error), ops ...op) (node, error) {
	left, err := operand()
	if err != nil {
		return nil, err
	}
	before := p.nested
	defer func() { p.nested = before }()
	for {
		o, ok := p.takeOperator(ops)
		if !ok {
			return left, nil
		}
		if _, err := p.nest(); err != nil {
			return nil, err
		}
		right, err := operand()
		if err != nil {
			return nil, err
		}
		left = &call{place: left.at(), op: o, args: []node{left, right}}
	}
}

func (p *parser) takeOperator(ops []op) (op, bool) {
	t := p.peek()
	if t.kind != tokenSymbol && t.kind != tokenWord {
		return opFunction, false
	}
	for _, o := range ops {
		if strings.EqualFold(t.value, o.String()) {
			p.next++
			return o, true
		}
	}
	return opFunction, false
}

// power reads one ^ at most: the grammar gives it no direction.
func (p *parser) power() (node, error) {
	base, err := p.factor()
	if err != nil || !p.takeSymbol("^") {
		return base, err
	}
	exponent, err := p.factor()
	if err != nil {
		return nil, err
	}
	if p.peek().symbol("^") {
		return nil, p.budget.source.errorf(p.peek().place(), "a second ^ needs parentheses to say which power comes first")
	}
	return &call{place: base.at(), op: opPower, args: []node{base, exponent}}, nil
}

// factor reads an operand with its sign. A minus before anything but a number
// is a multiplication by -1.
func (p *parser) factor() (node, error) {
	t := p.peek()
	minus := t.symbol("-")
	if !minus && !t.symbol("+") {
		return p.operand()
	}
	p.next++
	if p.peek().kind == tokenNumber {
		return p.number(t.value)
	}
	if !minus {
		return nil, p.unexpected("a number after +")
	}
	n, err := p.operand()
	if err != nil {
		return nil, err
	}
	one := number{integer: -1, float: -1, whole: true}
	return &call{place: t.place(), op: opMultiply, args: []node{one.literal(t.place()), n}}, nil
}
