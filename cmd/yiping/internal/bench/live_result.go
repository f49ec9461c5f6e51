package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// LiveResult is what a case of the live benchmark found. A figure that the case has
// not is nil.
type LiveResult struct {
	Case string `json:"case"`
	// N is how much was measured: changes, refetches, clients.
	N         int      `json:"n"`
	P50       *float64 `json:"p50_ms"`
	P99       *float64 `json:"p99_ms"`
	PerSecond *float64 `json:"per_s"`
	Bytes     *int64   `json:"bytes"`
	// CPU is the server's processor time in seconds a second.
	CPU *float64 `json:"cpu"`
	// Errors is how much was wrong or never came. It is in no other figure.
	Errors int `json:"errors"`
}

// Timed is a result with times; took is how long all took together.
func Timed(name string, times []time.Duration, took time.Duration) LiveResult {
	r := LiveResult{Case: name, N: len(times)}
	if len(times) > 0 {
		slices.Sort(times)
		p50, p99 := percentile(times, 50), percentile(times, 99)
		r.P50, r.P99 = &p50, &p99
	}
	if took > 0 {
		rate := math.Round(10*float64(len(times))/took.Seconds()) / 10
		r.PerSecond = &rate
	}
	return r
}

// LiveReport is what the live benchmark found.
type LiveReport []LiveResult

// WriteJSON writes one array.
func (r LiveReport) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// WriteTable writes the report for people.
func (r LiveReport) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "case\tn\tp50 ms\tp99 ms\tper s\tbytes\tcpu\terrors\t")
	float := func(v *float64, digits int) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', digits, 64)
	}
	for _, row := range r {
		bytes := ""
		if row.Bytes != nil {
			bytes = strconv.FormatInt(*row.Bytes, 10)
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t\n", row.Case, row.N,
			float(row.P50, 1), float(row.P99, 1), float(row.PerSecond, 0), bytes, float(row.CPU, 2), row.Errors)
	}
	return t.Flush()
}

// Errors is how much was wrong in all cases.
func (r LiveReport) Errors() int {
	n := 0
	for _, row := range r {
		n += row.Errors
	}
	return n
}
