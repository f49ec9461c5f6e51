package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"yiping/frontend"
	heatapi "yiping/heatmap/api"
	"yiping/layers"
	"yiping/layers/api"
)

// service is everything that is served over HTTP.
type service struct {
	db     *database
	images *images
	stats  *imageStats
	log    *slog.Logger
	mux    *http.ServeMux
	// origins tells requests of other sites' pages by what browsers add to them.
	origins http.CrossOriginProtection

	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newService(db *database, images *images, log *slog.Logger) *service {
	s := &service{
		db: db, images: images, stats: newImageStats(db.store, images.set, log), log: log,
		mux: http.NewServeMux(), registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "yiping_http_request_duration_seconds",
			Help:    "Time from a request's first line to its answer's last byte.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "status"}),
	}
	s.registry.MustRegister(s.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newImageMetrics(images), newStreamMetrics(images.live.streams), newFenceMetrics(images.live.fences), newHeatMetrics(images.live.heat), newAlarmMetrics(images.live.heat.alarms))
	s.registerAPI(s.handle)
	s.handle("GET /", pages(frontend.FS()))
	return s
}

// registerAPI adds everything but the pages: what /openapi.json describes.
func (s *service) registerAPI(handle api.Handle) {
	handle("GET /healthz", s.healthz)
	handle("GET /readyz", s.readyz)
	handle("GET /codes/component-class", s.componentClasses)
	handle("GET /metrics", s.metrics())
	api.Register(handle, s.db.store)
	api.RegisterStats(handle, s.stats)
	s.images.tiles.Register(handle)
	live := s.images.live
	live.hub.Register(handle)
	live.streams.service().Register(handle)
	live.fences.service().Register(handle)
	heatapi.Register(handle, live.heat.config())
}

// ServeHTTP answers a request; what no route takes becomes a problem document
// like any other error. Pages of other sites may read, but nothing that a browser
// sends for them changes anything: no password guards this address.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := s.origins.Check(r); err != nil {
		s.answer(w, r, "none", func(http.ResponseWriter, *http.Request) error {
			return fmt.Errorf("%w: %w", errOrigin, err)
		})
		return
	}
	otherwise, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	// Every path has a page's route, so only the method can be at fault; the mux
	// knows which others the path takes.
	allow := headerOnly{}
	otherwise.ServeHTTP(allow, r)
	w.Header().Set("Allow", allow.Header().Get("Allow"))
	s.answer(w, r, "none", func(http.ResponseWriter, *http.Request) error {
		return fmt.Errorf("%w: %s %s", errMethod, r.Method, r.URL.Path)
	})
}

// headerOnly keeps of an answer what its header says.
type headerOnly http.Header

// Header is the answer's header.
func (h headerOnly) Header() http.Header { return http.Header(h) }

// WriteHeader drops the status.
func (headerOnly) WriteHeader(int) {}

// Write drops the body.
func (headerOnly) Write(p []byte) (int, error) { return len(p), nil }

// handle registers a handler whose error becomes a problem document.
func (s *service) handle(pattern string, h func(http.ResponseWriter, *http.Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, pattern, h) })
}

func (s *service) answer(w http.ResponseWriter, r *http.Request, route string, h func(http.ResponseWriter, *http.Request) error) {
	start := time.Now()
	id := rand.Text()[:12]
	w.Header().Set("X-Request-Id", id)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		s.requests.WithLabelValues(route, strconv.Itoa(sw.status)).Observe(time.Since(start).Seconds())
	}()
	if err := h(sw, r); err != nil {
		writeProblem(sw, r, s.log, id, err)
	}
}

// statusWriter remembers the status for the metrics, and whether the answer has
// begun.
type statusWriter struct {
	http.ResponseWriter
	status int
	begun  bool
}

// WriteHeader passes the status on.
func (w *statusWriter) WriteHeader(status int) {
	w.status, w.begun = status, true
	w.ResponseWriter.WriteHeader(status)
}

// Write passes the bytes on.
func (w *statusWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// healthz says that the process runs.
func (s *service) healthz(w http.ResponseWriter, _ *http.Request) error { return plain(w, "ok\n") }

// readyz says that the database answers, every layer is in memory and none lacks
// what was changed before the start, or what is missing.
func (s *service) readyz(w http.ResponseWriter, r *http.Request) error {
	if missing := s.missing(r.Context()); missing != "" {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		return plain(w, missing+"\n")
	}
	return plain(w, "ready\n")
}

// missing is what the service still lacks; empty if nothing.
func (s *service) missing(ctx context.Context) string {
	if err := s.db.store.Ping(ctx); err != nil {
		s.log.Warn("not ready", "error", err)
		return "the database does not answer"
	}
	if names := s.images.missing(); len(names) > 0 {
		return "layers are being loaded: " + strings.Join(names, ", ")
	}
	switch caughtUp, err := s.images.caughtUp(ctx); {
	case err != nil:
		s.log.Warn("not ready", "error", err)
		return "the database does not answer"
	case !caughtUp:
		return "layers are being brought up to date"
	}
	return ""
}

// metrics serves the figures of this process to Prometheus.
func (s *service) metrics() func(http.ResponseWriter, *http.Request) error {
	figures := promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Registry: s.registry})
	return func(w http.ResponseWriter, r *http.Request) error {
		figures.ServeHTTP(w, r)
		return nil
	}
}

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) // a client that has gone is nobody's error
	return nil
}

func (s *service) componentClasses(w http.ResponseWriter, r *http.Request) error {
	classes, err := s.db.store.ComponentClasses(r.Context())
	if err != nil {
		return err
	}
	return api.WriteJSON(w, "application/json", classes)
}

// contentSecurity lets the page load from here alone: what it shows must not
// depend on, or leak to, anybody else. Lit and MapLibre set styles by script;
// MapLibre draws images from blobs.
const contentSecurity = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"

// pages serves the front end: index.html, and that of each folder that has one.
// Files with a hash in their name never change; a page is asked for again each
// time. Unknown paths are not found:
// answering them with the page would hide a missing script.
func pages(files fs.FS) func(http.ResponseWriter, *http.Request) error {
	server := http.FileServerFS(files)
	return func(w http.ResponseWriter, r *http.Request) error {
		name := strings.Trim(r.URL.Path, "/")
		info, err := fs.Stat(files, path.Join(".", name))
		if err == nil && info.IsDir() {
			name = path.Join(name, "index.html")
			info, err = fs.Stat(files, name)
		}
		if err != nil || info.IsDir() {
			if name == "index.html" {
				return fmt.Errorf("%w: this binary was built without its pages; build it with: make build", layers.ErrNotFound)
			}
			return fmt.Errorf("%w: %s", layers.ErrNotFound, r.URL.Path)
		}
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurity)
		if strings.HasPrefix(name, "assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		if strings.HasSuffix(name, ".mjs") {
			h.Set("Content-Type", "text/javascript; charset=utf-8")
		}
		server.ServeHTTP(w, r)
		return nil
	}
}
