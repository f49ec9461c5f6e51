package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"yiping/stream/fence"
)

// leadLock is the advisory lock of who evaluates the fences.
const leadLock = "hashtextextended('yiping.fences', 0)"

// lease is a connection that holds the lock. What it saves goes through this very
// connection: without the lock nothing can be saved, whatever anybody believes.
type lease struct {
	conn *pgx.Conn
	term int64
}

// LeadFences takes the lock, if nobody has it.
func (s *Store) LeadFences(ctx context.Context) (fence.Lease, error) {
	// A connection of its own, not one of the pool's, which are for short work.
	config := s.pool.Config().ConnConfig
	// A server that no longer hears of this replica lets the lock go after these
	// seconds and not after hours.
	config.RuntimeParams["tcp_keepalives_idle"] = "5"
	config.RuntimeParams["tcp_keepalives_interval"] = "2"
	config.RuntimeParams["tcp_keepalives_count"] = "3"
	ctx, cancel := context.WithTimeout(ctx, leadWait)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("lead the fences: %w", err)
	}
	l := &lease{conn: conn}
	if err := l.take(ctx); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx)) // as in Close
		return nil, err
	}
	return l, nil
}

func (l *lease) take(ctx context.Context) error {
	var mine bool
	if err := l.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock("+leadLock+")").Scan(&mine); err != nil {
		return fmt.Errorf("lead the fences: %w", err)
	}
	if !mine {
		return fence.ErrLed
	}
	if err := l.conn.QueryRow(ctx, "UPDATE yiping.fence_count SET term = term + 1 RETURNING term").Scan(&l.term); err != nil {
		return fmt.Errorf("lead the fences: %w", err)
	}
	return nil
}

// leadWait is how long the database may take to give or take back a lease.
const leadWait = 10 * time.Second

// Term counts the leases ever given.
func (l *lease) Term() int64 { return l.term }

// Close gives the lock back with the connection.
func (l *lease) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), leadWait)
	defer cancel()
	_ = l.conn.Close(ctx) // the server takes the lock back either way
}

// Edits counts the edits of definitions.
func (l *lease) Edits(ctx context.Context) (n int64, err error) {
	if err := l.conn.QueryRow(ctx, "SELECT edits FROM yiping.fence_count").Scan(&n); err != nil {
		return 0, fmt.Errorf("look for edited fences: %w", err)
	}
	return n, nil
}

// Forget drops states with phase None, and not near, that were saved so long ago.
func (l *lease) Forget(ctx context.Context, age time.Duration) error {
	if _, err := l.conn.Exec(ctx, "DELETE FROM yiping.fence_state WHERE phase = 0 AND NOT near AND saved < now() - $1::interval", age); err != nil {
		return fmt.Errorf("forget old states of fences: %w", err)
	}
	return nil
}

const stateColumns = `fence, stream, entity, phase, entered, went, dwelt, seen, place, turned, number, told, synthetic, near`

// States are those that were saved last.
func (l *lease) States(ctx context.Context) ([]fence.State, error) {
	rows, err := l.conn.Query(ctx, "SELECT "+stateColumns+" FROM yiping.fence_state ORDER BY fence, stream, entity")
	return collectStates(rows, err)
}

// FenceStates are the states of one fence.
func (s *Store) FenceStates(ctx context.Context, id string, limit int) ([]fence.State, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+stateColumns+
		" FROM yiping.fence_state WHERE fence = $1 AND (phase > 0 OR near) ORDER BY stream, entity LIMIT $2", id, limit)
	return collectStates(rows, err)
}

func collectStates(rows pgx.Rows, err error) ([]fence.State, error) {
	if err == nil {
		var states []fence.State
		if states, err = pgx.CollectRows(rows, scanState); err == nil {
			return states, nil
		}
	}
	return nil, fmt.Errorf("read the states of fences: %w", err)
}

func scanState(row pgx.CollectableRow) (fence.State, error) {
	var s fence.State
	var phase int16
	var entered, left pgtype.Timestamptz
	var last, turned, told pgtype.Point
	err := row.Scan(&s.Fence, &s.Stream, &s.Entity, &phase, &entered, &left, &s.Dwelt, &s.Seen, &last, &turned, &s.Number, &told, &s.Synthetic, &s.Near)
	s.Phase, s.Entered, s.Left, s.Seen = fence.Phase(phase), entered.Time.UTC(), left.Time.UTC(), s.Seen.UTC()
	if !entered.Valid {
		s.Entered = time.Time{}
	}
	if !left.Valid {
		s.Left = time.Time{}
	}
	s.Last, s.Turned = orb.Point{last.P.X, last.P.Y}, orb.Point{turned.P.X, turned.P.Y}
	if told.Valid {
		s.Told = &orb.Point{told.P.X, told.P.Y}
	}
	return s, err
}

// Save writes states and transitions in one transaction.
func (l *lease) Save(ctx context.Context, o *fence.Outcome) error {
	err := pgx.BeginFunc(ctx, l.conn, func(tx pgx.Tx) error {
		if err := saveStates(ctx, tx, o.States); err != nil {
			return err
		}
		return InsertEvents(ctx, tx, fence.Stream, eventsOf(o.Transitions))
	})
	if err != nil {
		return fmt.Errorf("save the states of fences: %w", err)
	}
	return nil
}

func eventsOf(transitions []fence.Transition) []NewEvent {
	events := make([]NewEvent, len(transitions))
	for i := range transitions {
		t := &transitions[i]
		events[i] = NewEvent{
			ID: t.ID(), Kind: string(t.Kind), Key: t.Key(), Version: t.Number, Time: t.Time,
			Was: t.Was, Is: &t.Place, Body: t.Body(), Before: t.Before(), Final: t.Final,
		}
	}
	return events
}

// saveStates writes the last state of each pair.
func saveStates(ctx context.Context, tx pgx.Tx, states []fence.State) error {
	type pair struct{ fence, stream, entity string }
	last := map[pair]*fence.State{}
	for i := range states {
		s := &states[i]
		last[pair{s.Fence, s.Stream, s.Entity}] = s
	}
	var kept columns
	for i := range states {
		if s := &states[i]; last[pair{s.Fence, s.Stream, s.Entity}] == s { // no later one follows
			kept.add(s)
		}
	}
	if len(kept.fences) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO yiping.fence_state (`+stateColumns+`)
		SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::timestamptz[],
			$7::bool[], $8::timestamptz[], $9::point[], $10::point[], $11::bigint[], $12::point[], $13::bool[], $14::bool[])
		ON CONFLICT (fence, stream, entity) DO UPDATE SET phase = excluded.phase, entered = excluded.entered,
			went = excluded.went, dwelt = excluded.dwelt, seen = excluded.seen, place = excluded.place,
			turned = excluded.turned, number = excluded.number, told = excluded.told, synthetic = excluded.synthetic, near = excluded.near,
			saved = excluded.saved`,
		kept.fences, kept.streams, kept.entities, kept.phases, kept.entered, kept.left,
		kept.dwelt, kept.seen, kept.last, kept.turned, kept.numbers, kept.told, kept.synthetic, kept.near)
	return err
}

// columns are states as arrays for unnest.
type columns struct {
	fences, streams, entities []string
	phases                    []int16
	entered, left             []pgtype.Timestamptz
	dwelt, synthetic, near    []bool
	seen                      []time.Time
	last, turned, told        []pgtype.Point
	numbers                   []int64
}

func (c *columns) add(s *fence.State) {
	c.fences = append(c.fences, s.Fence)
	c.streams = append(c.streams, s.Stream)
	c.entities = append(c.entities, s.Entity)
	c.phases = append(c.phases, int16(s.Phase))
	c.entered = append(c.entered, instant(s.Entered))
	c.left = append(c.left, instant(s.Left))
	c.dwelt = append(c.dwelt, s.Dwelt)
	c.synthetic = append(c.synthetic, s.Synthetic)
	c.near = append(c.near, s.Near)
	c.seen = append(c.seen, s.Seen)
	c.last = append(c.last, point(&s.Last))
	c.turned = append(c.turned, point(&s.Turned))
	c.told = append(c.told, point(s.Told))
	c.numbers = append(c.numbers, s.Number)
}

func instant(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
}
