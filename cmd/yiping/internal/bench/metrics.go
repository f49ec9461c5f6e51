package bench

import (
	"bytes"
	"context"
	"fmt"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Usage is what a server's process has used.
type Usage struct {
	// CPU is processor time in seconds.
	CPU float64
	// Resident is memory in bytes.
	Resident int64
}

// Usage asks a server what it has used: GET /metrics.
func (c *Client) Usage(ctx context.Context) (Usage, error) {
	var body bytes.Buffer
	if _, err := c.get(ctx, "/metrics", "identity", &body); err != nil {
		return Usage{}, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(&body)
	if err != nil {
		return Usage{}, fmt.Errorf("GET /metrics: %w", err)
	}
	cpu, memory := families["process_cpu_seconds_total"].GetMetric(), families["process_resident_memory_bytes"].GetMetric()
	if len(cpu) != 1 || len(memory) != 1 {
		return Usage{}, fmt.Errorf("GET /metrics: the server does not say what it has used")
	}
	return Usage{cpu[0].GetCounter().GetValue(), int64(memory[0].GetGauge().GetValue())}, nil
}
