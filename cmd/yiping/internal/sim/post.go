package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Poster reports over HTTP: POST /streams/{stream}.
type Poster struct {
	base string
	http *http.Client
}

var _ Reporter = (*Poster)(nil)

// NewPoster reports to the service at base, an http or https URL.
func NewPoster(base string) *Poster {
	return &Poster{strings.TrimSuffix(base, "/"), &http.Client{}}
}

// Close ends the connections.
func (p *Poster) Close() { p.http.CloseIdleConnections() }

// maxOutcomeBytes bounds the answer: it lists at most 100 faults.
const maxOutcomeBytes = 1 << 20

// Report posts lines.
func (p *Poster) Report(ctx context.Context, stream string, lines []byte) (Outcome, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/streams/"+url.PathEscape(stream), bytes.NewReader(lines))
	if err != nil {
		return Outcome{}, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := p.http.Do(req)
	if err != nil {
		return Outcome{}, err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxOutcomeBytes))
	if err != nil {
		return Outcome{}, err
	}
	if res.StatusCode != http.StatusOK {
		return Outcome{}, fmt.Errorf("report to %s: status %d: %.300s", stream, res.StatusCode, body)
	}
	var o Outcome
	if err := json.Unmarshal(body, &o); err != nil {
		return o, fmt.Errorf("report to %s: %w", stream, err)
	}
	return o, nil
}
