package osmstore

// SetRun makes runs short, so that a test need not put millions of nodes to have
// several.
func (s *Nodes) SetRun(entries int) { s.runEntries = entries }
