package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// Since lists what has been changed in a layer after a mark, the text of a
// position: everything that is committed now, also what Follow cannot hand on yet.
// The error is ErrGap if not all of it can be told: the feed has forgotten it, the
// layer was read anew meanwhile, or there are more than limit changes.
func (s *Store) Since(ctx context.Context, layer, mark string, limit int) ([]Change, error) {
	p, err := ParsePosition(mark)
	if err != nil {
		return nil, ErrGap // what is no mark is no place in the feed
	}
	rows, err := s.pool.Query(ctx, `
		SELECT coalesce(id, 0), op::text, old FROM yiping.change
		WHERE xid >= $1 AND layer = $2 ORDER BY xid, seq LIMIT $3`, p.Xid, layer, limit+1)
	if err != nil {
		return nil, fmt.Errorf("read changes of layer %s: %w", layer, err)
	}
	gap := false
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Change, error) {
		var c Change
		var op string
		var old pgtype.Box
		if err := row.Scan(&c.ID, &op, &old); err != nil {
			return c, err
		}
		c.Op, c.Old = Op(op[0]), boundOf(old)
		gap = gap || c.Op == reset
		return c, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read changes of layer %s: %w", layer, err)
	}
	// Asked last: what is dropped between the two questions shows.
	state, err := s.feedState(ctx)
	if err != nil {
		return nil, err
	}
	if gap || len(changes) > limit || !state.holds(p) {
		return nil, ErrGap
	}
	return changes, nil
}

// errNoSecret says that a migration has not made what it should have.
var errNoSecret = errors.New("the secret of the live tokens is missing or too short")

// LiveSecret is the key that signs the tokens of live subscriptions. All services
// on the database have the same.
func (s *Store) LiveSecret(ctx context.Context) ([]byte, error) {
	var secret []byte
	err := s.pool.QueryRow(ctx, "SELECT value FROM yiping.secret WHERE name = 'live'").Scan(&secret)
	if err == nil && len(secret) < 16 {
		err = errNoSecret
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret of the live tokens: %w", err)
	}
	return secret, nil
}
