package cql2

// CheckAsWritten is Check without bringing the expression into its canonical
// form, so that tests can hold that the form changes no answer.
func (e *Expr) CheckAsWritten(schema Schema) (*Filter, error) {
	root, err := checker{e.source, schema}.condition(e.root)
	return &Filter{root: root}, err
}
