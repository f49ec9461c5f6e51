package postgis

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Position is a place in the change feed: everything that transactions numbered
// below Xid have changed lies behind it.
type Position struct {
	// Epoch names the history that Xid counts in. Another server, a restored
	// backup and a promoted standby have another.
	Epoch string
	Xid   uint64
}

// String writes the position as ParsePosition reads it.
func (p Position) String() string { return p.Epoch + "/" + strconv.FormatUint(p.Xid, 10) }

// ParsePosition reads what String wrote.
func ParsePosition(s string) (Position, error) {
	i := strings.LastIndexByte(s, '/')
	xid, err := strconv.ParseUint(s[i+1:], 10, 64)
	if i < 0 || err != nil {
		return Position{}, layers.InputErrorf("position", "%q is not a position of the change feed", s)
	}
	return Position{Epoch: s[:i], Xid: xid}, nil
}

// epochQuery names the history. The server's identifier and time line tell
// apart what was copied or restored together with the feed's own name.
const epochQuery = `
	SELECT concat_ws('-', e.epoch, (SELECT system_identifier FROM pg_control_system()),
		(SELECT timeline_id FROM pg_control_checkpoint()), (SELECT oid FROM pg_database WHERE datname = current_database())),
		e.floor, pg_snapshot_xmin(pg_current_snapshot())
	FROM yiping.change_epoch e`

// feedState is what the feed holds.
type feedState struct {
	Epoch string
	// Floor is the last transaction of which something was forgotten.
	Floor uint64
	// Horizon is the first transaction that may still be open.
	Horizon uint64
}

// holds tells whether the feed has everything after a position. One ahead of
// the horizon is of a history that this one was set back from.
func (f feedState) holds(p Position) bool {
	return p.Epoch == f.Epoch && p.Xid > f.Floor && p.Xid <= f.Horizon
}

func (s *Store) feedState(ctx context.Context) (feedState, error) {
	rows, err := s.pool.Query(ctx, epochQuery)
	if err != nil {
		return feedState{}, fmt.Errorf("ask the change feed: %w", err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[feedState])
	if err != nil {
		return feedState{}, fmt.Errorf("ask the change feed: %w", err)
	}
	return f, nil
}

// Position is where the change feed stands now.
func (s *Store) Position(ctx context.Context) (Position, error) {
	f, err := s.feedState(ctx)
	return Position{Epoch: f.Epoch, Xid: f.Horizon}, err
}

// Holds tells whether the change feed still has everything after a mark, the
// text of a position, so that what was read there can be brought up to date by
// Follow. What is no mark is no place in the feed either.
func (s *Store) Holds(ctx context.Context, mark string) (bool, error) {
	p, err := ParsePosition(mark)
	if err != nil {
		return false, nil //nolint:nilerr // see above
	}
	f, err := s.feedState(ctx)
	return err == nil && f.holds(p), err
}
