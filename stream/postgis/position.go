package postgis

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/stream"
)

// position is a place among the events: all of transactions below xid lie behind
// it, and those of xid up to and with seq.
type position struct {
	// epoch names the history that xid counts in; a restored backup and a promoted
	// standby have another.
	epoch string
	xid   uint64
	seq   int64
}

func (p position) String() string {
	b := append([]byte(p.epoch), '/')
	b = append(strconv.AppendUint(b, p.xid, 10), '/')
	return string(strconv.AppendInt(b, p.seq, 10))
}

// parsePosition reads what String wrote. What is no position is no place among the
// events either.
func parsePosition(s string) (position, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return position{}, stream.ErrExpired
	}
	xid, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return position{}, stream.ErrExpired
	}
	seq, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return position{}, stream.ErrExpired
	}
	return position{parts[0], xid, seq}, nil
}

// epochSQL names the history, as that of the change feed is named: the server's
// identifier and time line tell apart what was copied or restored with it.
const epochSQL = `
	SELECT concat_ws('-', e.epoch, (SELECT system_identifier FROM pg_control_system()),
		(SELECT timeline_id FROM pg_control_checkpoint()), (SELECT oid FROM pg_database WHERE datname = current_database())),
		pg_snapshot_xmin(pg_current_snapshot())
	FROM yiping.change_epoch e`

// here is the place after all events that can be told now.
func (s *Store) here(ctx context.Context) (position, error) {
	var p position
	if err := s.pool.QueryRow(ctx, epochSQL).Scan(&p.epoch, &p.xid); err != nil {
		return p, fmt.Errorf("ask where the events stand: %w", err)
	}
	return p, nil
}

// holds is stream.ErrExpired if not all events of a stream after a position are
// there. Asked after they were read, it tells of what was dropped meanwhile.
func (s *Store) holds(ctx context.Context, name string, p position) error {
	var epoch string
	var horizon uint64
	var held bool
	batch := &pgx.Batch{}
	batch.Queue(epochSQL).QueryRow(func(row pgx.Row) error { return row.Scan(&epoch, &horizon) })
	batch.Queue("SELECT NOT EXISTS (SELECT FROM yiping.event_floor WHERE stream = $1 AND (xid, seq) > ($2, $3))",
		name, p.xid, p.seq).QueryRow(func(row pgx.Row) error { return row.Scan(&held) })
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("ask where the events stand: %w", err)
	}
	if !held || epoch != p.epoch || p.xid > horizon { // a history set back is another
		return stream.ErrExpired
	}
	return nil
}
