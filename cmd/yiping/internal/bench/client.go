package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Client asks one server.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client of the server at base, an http or https URL. It keeps
// as many connections open as are given, and never more.
func NewClient(base string, connections int) *Client {
	return &Client{strings.TrimSuffix(base, "/"), &http.Client{Transport: &http.Transport{
		MaxConnsPerHost:     connections,
		MaxIdleConnsPerHost: connections,
		// Requests ask for gzip themselves: what is measured is the bytes sent.
		DisableCompression: true,
	}}}
}

// Close ends the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// StatusError is an answer other than 200 and 204.
type StatusError struct {
	Path   string
	Status int
	// Body is the beginning of the answer.
	Body string
}

// Error says what was asked and what came.
func (e *StatusError) Error() string {
	return fmt.Sprintf("GET %s: status %d: %s", e.Path, e.Status, e.Body)
}

// maxErrorBody is how much of an answer an error keeps.
const maxErrorBody = 500

// get asks for a path and copies the body into w. It tells how long that is.
func (c *Client) get(ctx context.Context, path, encoding string, w io.Writer) (bytes int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", encoding)
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNoContent {
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // the status says enough
		return int64(len(body)), &StatusError{path, res.StatusCode, string(body)}
	}
	return io.Copy(w, res.Body)
}

// Patch sends a merge patch for a path, whatever version it has there.
func (c *Client) Patch(ctx context.Context, path, patch string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, c.base+path, strings.NewReader(patch))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/merge-patch+json")
	req.Header.Set("If-Match", "*")
	req.Header.Set("Prefer", "return=minimal")
	return c.send(req, io.Discard)
}

// send sends a request and copies the body of its answer, if that is a good one.
func (c *Client) send(req *http.Request, w io.Writer) error {
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	if res.StatusCode >= http.StatusBadRequest {
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // the status says enough
		return fmt.Errorf("%s %s: status %d: %s", req.Method, req.URL.Path, res.StatusCode, body)
	}
	_, err = io.Copy(w, res.Body)
	return err
}

// JSON asks for a path with parameters and reads the answer into v.
func (c *Client) JSON(ctx context.Context, path string, query url.Values, v any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var body strings.Builder
	if _, err := c.get(ctx, path, "identity", &body); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(body.String()), v); err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	return nil
}
