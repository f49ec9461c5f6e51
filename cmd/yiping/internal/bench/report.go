package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// Figure is a measured value that is not of a phase of requests: a time to
// build, a size.
type Figure struct {
	Engine string `json:"engine"`
	// Figure says what was measured, in words with underscores.
	Figure string `json:"figure"`
	// Layer is empty for all together.
	Layer string  `json:"layer,omitempty"`
	Value float64 `json:"value"`
	// Unit is the UCUM symbol of the value: "s", "ms", "By"; empty for a number.
	Unit string `json:"unit,omitempty"`
}

// Report is what a benchmark found.
type Report struct {
	Results []Result
	Figures []Figure
}

// WriteJSON writes one array: the results, then the figures.
func (r *Report) WriteJSON(w io.Writer) error {
	all := make([]any, 0, len(r.Results)+len(r.Figures))
	for _, result := range r.Results {
		all = append(all, result)
	}
	for _, f := range r.Figures {
		all = append(all, f)
	}
	return json.NewEncoder(w).Encode(all)
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "engine\tphase\tzoom\ttiles\tp50 ms\tp95 ms\tp99 ms\tmax ms\ttiles/s\tlargest kB\tall MB\terrors\t")
	for _, row := range r.Results {
		zoom, rate := "all", ""
		if row.Zoom != nil {
			zoom = strconv.Itoa(int(*row.Zoom))
		}
		if row.TilesPerSecond != nil {
			rate = fmt.Sprintf("%.0f", *row.TilesPerSecond)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t%.1f\t%.2f\t%d\t\n", row.Engine, row.Phase, zoom, row.Tiles,
			row.P50, row.P95, row.P99, row.Max, rate, float64(row.MaxBytes)/1e3, float64(row.Bytes)/1e6, row.Errors)
	}
	if err := t.Flush(); err != nil || len(r.Figures) == 0 {
		return err
	}
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nengine\tfigure\tlayer\tvalue\tunit\t")
	for _, f := range r.Figures {
		value, unit := f.Value, f.Unit
		if unit == "By" {
			value, unit = value/1e6, "MB"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.2f\t%s\t\n", f.Engine, f.Figure, f.Layer, value, unit)
	}
	return t.Flush()
}
