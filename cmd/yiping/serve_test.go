package main

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"yiping/layers/postgis/postgistest"
)

// Pages of other sites read the API only from the origins allowed, and may
// never write.
func TestAllowOrigin(t *testing.T) {
	t.Parallel()
	db := &database{store: postgistest.Open(t, postgistest.URL(t))}
	log := slog.New(slog.DiscardHandler)
	service := newService(db, newImages(db, log), log)
	const maps, other = "https://maps.example.org", "https://other.example.org"
	tests := []struct {
		name            string
		allowed         []string
		method, origin  string
		header, granted string
	}{
		{"none by default", nil, "GET", maps, "Access-Control-Allow-Origin", ""},
		{"the one allowed", []string{maps}, "GET", maps, "Access-Control-Allow-Origin", maps},
		{"another", []string{maps}, "GET", other, "Access-Control-Allow-Origin", ""},
		{"own pages", []string{maps}, "GET", "", "Access-Control-Allow-Origin", ""},
		{"reading, asked before", []string{maps}, "OPTIONS GET", maps, "Access-Control-Allow-Methods", "GET"},
		{"writing, asked before", []string{maps}, "OPTIONS DELETE", maps, "Access-Control-Allow-Methods", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer((&serving{AllowOrigin: tt.allowed}).open(service))
			defer server.Close()
			method, header := tt.method, map[string]string{}
			if asked, ok := strings.CutPrefix(tt.method, "OPTIONS "); ok {
				method, header["Access-Control-Request-Method"] = "OPTIONS", asked
			}
			if tt.origin != "" {
				header["Origin"] = tt.origin
			}
			got := ask(t, method, server.URL+"/ogc", header)
			if granted := got.header.Get(tt.header); granted != tt.granted {
				t.Errorf("%s is %q, want %q", tt.header, granted, tt.granted)
			}
		})
	}
}
