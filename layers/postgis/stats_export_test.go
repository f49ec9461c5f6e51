package postgis

import "yiping/layers"

// StatsStatement is the statement that Stats runs for a layer whose regions all
// have parents, so that tests can look at its plan.
func StatsStatement(q *layers.StatsQuery) (text string, args []any) {
	s := newStatsSQL(q, nil)
	return s.text, s.args
}
