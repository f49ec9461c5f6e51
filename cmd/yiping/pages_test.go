package main

import (
	"errors"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"yiping/layers"
)

// A folder is a page if it has an index.html; what is neither that nor a file is
// not found.
func TestPages(t *testing.T) {
	t.Parallel()
	serve := pages(fstest.MapFS{
		"index.html":       {Data: []byte("wall")},
		"docs/index.html":  {Data: []byte("docs")},
		"assets/a-1234.js": {Data: []byte("script")},
	})
	tests := []struct {
		path, location, body, cache string
		status                      int // 0: not found
	}{
		{"/", "", "wall", "no-cache", 200},
		{"/docs", "docs/", "", "no-cache", 301},
		{"/docs/", "", "docs", "no-cache", 200},
		{"/assets/a-1234.js", "", "script", "public, max-age=31536000, immutable", 200},
		{"/assets", "", "", "", 0},
		{"/assets/", "", "", "", 0},
		{"/docs/nothing", "", "", "", 0},
		{"/%2e%2e/index.html", "", "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			w := httptest.NewRecorder()
			err := serve(w, httptest.NewRequestWithContext(t.Context(), "GET", tt.path, nil))
			if tt.status == 0 {
				if !errors.Is(err, layers.ErrNotFound) {
					t.Errorf("%d, error %v", w.Code, err)
				}
				return
			}
			h := w.Header()
			if err != nil || w.Code != tt.status || h.Get("Location") != tt.location || h.Get("Cache-Control") != tt.cache {
				t.Errorf("%d, Location %q, Cache-Control %q, error %v", w.Code, h.Get("Location"), h.Get("Cache-Control"), err)
			}
			if tt.body != "" && w.Body.String() != tt.body {
				t.Errorf("body is %q, want %q", w.Body, tt.body)
			}
		})
	}
}
