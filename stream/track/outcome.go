package track

// Rule names why a report was not taken.
type Rule string

// The rules.
const (
	RuleMalformed Rule = "malformed" // not what the stream's reports are like
	RuleFuture    Rule = "future"    // later than the clock and its skew
	RuleOld       Rule = "old"       // older than is kept
	RuleSpeed     Rule = "speed"     // too far from where it was before
	RuleFull      Rule = "full"      // one object too many
)

// Rules lists all rules.
func Rules() []Rule { return []Rule{RuleMalformed, RuleFuture, RuleOld, RuleSpeed, RuleFull} }

// Rejection is a report that was not taken.
type Rejection struct {
	// Line is that of the text, or the number of the element of an array; from 1.
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	Rule   Rule   `json:"rule"`
}

// maxRejections is how many are told; all are counted.
const maxRejections = 100

// Outcome is what became of reports.
type Outcome struct {
	// Accepted reports are the newest of their objects.
	Accepted int `json:"accepted"`
	// Late reports are older than what was known. They go to the history.
	Late int `json:"late"`
	// Duplicate reports have the time of what was known.
	Duplicate int `json:"duplicate"`
	// Rejected has the first hundred that were not taken.
	Rejected      []Rejection `json:"rejected"`
	RejectedCount int         `json:"rejected_count"`
	// malformed is how many of these could not be read.
	malformed int
}

func (o *Outcome) reject(r Rejection) {
	o.RejectedCount++
	if r.Rule == RuleMalformed {
		o.malformed++
	}
	if len(o.Rejected) < maxRejections {
		o.Rejected = append(o.Rejected, r)
	}
}

// Add adds the outcome of later reports.
func (o *Outcome) Add(other Outcome) {
	o.Accepted += other.Accepted
	o.Late += other.Late
	o.Duplicate += other.Duplicate
	o.RejectedCount += other.RejectedCount
	o.malformed += other.malformed
	o.Rejected = append(o.Rejected, other.Rejected[:min(len(other.Rejected), maxRejections-len(o.Rejected))]...)
}
