package postgis

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"yiping/heatmap/history"
)

// Config is how long a Store keeps what; what is zero has a default.
type Config struct {
	// KeepCells is how long the cells of now are kept, in whole days: 30 by default.
	// KeepPlaces is how long the places of now are: 365 days by default. Minutes of
	// replays stay until the replay is begun again or stopped.
	KeepCells, KeepPlaces time.Duration
}

const day = 24 * time.Hour

// Store reads and writes minutes. Each service has one of its own.
type Store struct {
	pool  *pgxpool.Pool
	c     Config
	codec *history.Codec
	// owner names the service. It keeps minutes of the replays that are its own alone:
	// another may have gone on with them, or have begun them anew.
	owner string
}

var _ history.Store = (*Store)(nil)

// New is a store on a pool that its caller closes.
func New(pool *pgxpool.Pool, c Config) *Store {
	if c.KeepCells == 0 {
		c.KeepCells = 30 * day
	}
	if c.KeepPlaces == 0 {
		c.KeepPlaces = 365 * day
	}
	return &Store{pool, c, history.NewCodec(), rand.Text()}
}

// Drop makes the days that come and drops what is too old.
func (s *Store) Drop(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, "SELECT yiping.rotate_heat($1, $2)", s.c.KeepCells, s.c.KeepPlaces); err != nil {
		return fmt.Errorf("drop old minutes: %w", err)
	}
	return nil
}
