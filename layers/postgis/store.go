package postgis

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"yiping/layers"
	"yiping/layers/postgis/internal/lane"
)

// Config is how a Store connects.
type Config struct {
	// URL is the database: postgres://… or key=value words, as psql takes them.
	URL string
	// MaxConns bounds the connections. Defaults to three times the processors:
	// more queries at once only make each slower.
	MaxConns int
	// ChangeRetention is how long the change feed keeps its days. Defaults to a
	// week: readers that were away longer read the layers anew.
	ChangeRetention time.Duration
	Log             *slog.Logger
}

// Store is the layers in a PostGIS database.
type Store struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	catalog atomic.Pointer[layers.Catalog]
	// retention is how long the change feed is kept.
	retention time.Duration
	// pages and streams are the turns of item queries: pages end soon, streams
	// take as long as their client. Statistics keep all processors busy, so few
	// run at once. Writes wait for each other's rows while they hold a connection.
	// Tiles and the service's own work need no turn.
	pages, streams, figures, writes *lane.Lane
}

// The queues of item queries, of statistics and of writes. What waits longer than
// pageWait is no longer worth its place; clients do better to ask again.
const (
	pageQueue   = 64
	streamQueue = 4
	figureQueue = 32
	writeQueue  = 64
	pageWait    = 5 * time.Second
)

// cancelGrace is how long a cancelled query may take to end before its
// connection is closed instead.
const cancelGrace = 2 * time.Second

// Open connects to the database, brings its schema up to date, and sees to the
// standard layers.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	pc, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	pc.MaxConns = int32(cfg.MaxConns)
	if pc.MaxConns == 0 {
		pc.MaxConns = int32(3 * runtime.NumCPU())
	}
	// A request that goes away cancels its query and keeps the connection.
	pc.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelGrace}
	}
	pc.ConnConfig.RuntimeParams["application_name"] = "yiping"
	// The role's own schema must not come first: it has the name of ours.
	pc.ConnConfig.RuntimeParams["search_path"] = "public"
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	// Half of the connections for pages and at least one for a stream: what is
	// left is for tiles.
	conns := int(pc.MaxConns)
	s := &Store{
		pool: pool, log: cfg.Log, retention: cmp.Or(cfg.ChangeRetention, 7*24*time.Hour),
		pages:   lane.New(max(1, conns/2), pageQueue, pageWait),
		streams: lane.New(max(1, conns/6), streamQueue, pageWait),
		figures: lane.New(max(1, conns/3), figureQueue, pageWait),
		writes:  lane.New(max(1, conns/3), writeQueue, pageWait),
	}
	if err := s.setUp(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) setUp(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("connect to database: %w", err)
	}
	if err := migrate(ctx, s.pool); err != nil {
		return err
	}
	return s.ensureStandard(ctx)
}

// Close ends the connections, waiting for queries in flight.
func (s *Store) Close() { s.pool.Close() }

// Pool is the store's connections, for what else is kept in the same database.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Ping asks the database whether it answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("database does not answer: %w", err)
	}
	return nil
}

// inTx runs f in a transaction that is committed if f returns nil.
func (s *Store) inTx(ctx context.Context, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, f)
}
