package postgis

import "github.com/jackc/pgx/v5/pgxpool"

// Store reads and writes what streams keep.
type Store struct {
	pool *pgxpool.Pool
}

// New is a store on a pool that its caller closes.
func New(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }
