package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/rs/cors"
	"golang.org/x/sync/errgroup"

	heatstore "yiping/heatmap/postgis"
	"yiping/layers"
)

// serving are the flags of the commands that serve.
type serving struct {
	joining
	Listen      string   `help:"Address to listen on. Default: ${default}." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	AllowOrigin []string `help:"Web sites whose pages may read the API, such as https://maps.example.org. Default: none but this service's own pages." placeholder:"ORIGIN"`
	KeepCells   uint     `help:"Days that minutes of the heat are kept by cell. Default: ${default}." default:"30" placeholder:"DAYS"`
	KeepPlaces  uint     `help:"Days that minutes of the heat are kept by place. Default: ${default}." default:"365" placeholder:"DAYS"`
	// simulation is what lives in the city; nil if nothing does.
	simulation *simulation
}

// open is the service with the reading side open to the origins allowed: a
// browser keeps answers from the pages of all others.
func (s *serving) open(service http.Handler) http.Handler {
	if len(s.AllowOrigin) == 0 {
		return service
	}
	return cors.New(cors.Options{
		AllowedOrigins: s.AllowOrigin,
		AllowedMethods: []string{http.MethodGet, http.MethodHead},
		AllowedHeaders: []string{"Accept", "If-None-Match"},
		ExposedHeaders: []string{"Content-Crs", "ETag", "Retry-After", "X-Request-Id", "Yiping-Cut"},
	}).Handler(service)
}

type serveCommand struct {
	serving
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, g *Globals) error {
	log := g.logger()
	listener, err := c.listen(ctx)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, g, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return errors.Join(c.serve(ctx, listener, db, log), db.close())
}

// listen takes the address first of all: a port that is taken should be an error
// before minutes of work and not after.
func (s *serving) listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; choose another address with --listen", s.Listen, err)
	}
	return l, nil
}

// drainTimeout is how long requests in flight may take when the service stops.
const drainTimeout = 10 * time.Second

// serve runs the service on an open database until ctx ends or a part of it
// fails. Requests drain before the background work stops; then nobody reports any
// more, and the history of the streams is finished. The caller closes the database
// last.
func (s *serving) serve(ctx context.Context, listener net.Listener, db *database, log *slog.Logger) error {
	if s.KeepCells == 0 || s.KeepPlaces == 0 {
		return errors.Join(layers.InputErrorf("--keep-cells, --keep-places", "want at least a day"), listener.Close())
	}
	const day = 24 * time.Hour
	db.minutes = heatstore.Config{KeepCells: time.Duration(s.KeepCells) * day, KeepPlaces: time.Duration(s.KeepPlaces) * day}
	images := newImages(db, log)
	live := images.live
	joined, err := s.join(live.streams.trackers, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	live.replicas = joined
	if err := live.heat.join(joined.bus, db.liveSecret, log); err != nil {
		return errors.Join(err, joined.close(ctx), listener.Close())
	}
	live.hub.Origins = s.AllowOrigin
	live.streams.feeds.Origins = s.AllowOrigin
	service := newService(db, images, log)
	service.registry.MustRegister(newReplicaMetrics(joined))
	server := &http.Server{
		Handler:           s.open(service),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	history, stopHistory := context.WithCancel(context.WithoutCancel(ctx))
	defer stopHistory()
	recorded := make(chan error, 1)
	go func() { recorded <- live.record(history, db.died()) }()
	group, failed := errgroup.WithContext(background)
	group.Go(func() error { return db.store.Summarise(failed) })
	group.Go(func() error { return images.run(failed) })
	group.Go(func() error { return live.run(failed) })
	group.Go(func() error { return service.stats.run(failed, &images.news) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve http: %w", err)
		}
		return nil
	})
	if s.simulation != nil {
		group.Go(func() error {
			s.simulation.run(failed, listener.Addr(), live.streams)
			return nil
		})
	}
	log.Info("serving", "url", "http://"+listener.Addr().String()+"/")
	var cause error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case <-failed.Done():
	case <-db.died():
		cause = errors.New("the database server has ended and does not come back; see the log")
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	live.close(drain)
	if err := server.Shutdown(drain); err != nil {
		log.Warn("requests were cut off", "error", err)
		cause = errors.Join(cause, server.Close())
	}
	stopBackground()
	cause = errors.Join(cause, group.Wait(), joined.close(ctx))
	stopHistory()
	return errors.Join(cause, <-recorded)
}
