package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"yiping/heatmap/alarm"
)

var _ alarm.Store = (*Store)(nil)

// lockAlarms has those who write alarms come one after the other. They do not number
// their transactions before they have it, so the events of an alarm are in the order
// of its versions.
func lockAlarms(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('yiping.alarms', 0))")
	return err
}

// Tell writes what happened to the alarms of a run with its events, in one
// transaction.
func (s *Store) Tell(ctx context.Context, t alarm.Turn, tell func([]alarm.Alarm) []alarm.Change) (latest []alarm.Alarm, err error) {
	mine := false
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lockAlarms(ctx, tx); err != nil {
			return err
		}
		var told bool
		if mine, told, err = takeTurn(ctx, tx, &t); err != nil {
			return err
		}
		if latest, err = latestAlarms(ctx, tx, t.Run, t.Since); err != nil || !mine || told || t.Batch == 0 {
			return err
		}
		changes := tell(latest)
		err = writeAlarms(ctx, tx, changes)
		latest = after(latest, changes)
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("write alarms: %w", err)
	case !mine:
		return latest, alarm.ErrTold
	}
	return latest, nil
}

// takeTurn makes the turn the holder's if it is nobody else's. told says that the batch
// has been written.
func takeTurn(ctx context.Context, tx pgx.Tx, t *alarm.Turn) (mine, told bool, err error) {
	var holder string
	var over bool
	var last int64
	err = tx.QueryRow(ctx, "SELECT holder, until < clock_timestamp(), batch FROM yiping.heat_teller WHERE run = $1", t.Run).Scan(&holder, &over, &last)
	same := holder == t.Holder
	switch {
	case errors.Is(err, pgx.ErrNoRows):
	case err != nil:
		return false, false, err
	case !same && !over:
		return false, false, nil
	case same:
		told = t.Batch <= last
	}
	batch := t.Batch
	if same {
		batch = max(batch, last)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO yiping.heat_teller (run, holder, until, batch) VALUES ($1, $2, clock_timestamp() + $3::interval, $4)
		ON CONFLICT (run) DO UPDATE SET holder = excluded.holder, until = excluded.until, batch = excluded.batch`,
		t.Run, t.Holder, t.Lease, batch)
	return true, told, err
}

// Leave gives the turn back.
func (s *Store) Leave(ctx context.Context, run, holder string) error {
	if _, err := s.pool.Exec(ctx, "DELETE FROM yiping.heat_teller WHERE run = $1 AND holder = $2", run, holder); err != nil {
		return fmt.Errorf("give back the turn to tell of %q: %w", run, err)
	}
	return nil
}

// latestAlarms are the newest of each place of a run that are open or have changed
// since.
func latestAlarms(ctx context.Context, tx pgx.Tx, run string, since time.Time) ([]alarm.Alarm, error) {
	rows, err := tx.Query(ctx, "SELECT DISTINCT ON (place) "+alarmColumns+` FROM yiping.heat_alarm
		WHERE run = $1 AND (ended IS NULL OR changed >= $2) ORDER BY place, id DESC`, run, since)
	return collectAlarms(rows, err)
}

// after are the newest alarms of each place after some changes.
func after(latest []alarm.Alarm, changes []alarm.Change) []alarm.Alarm {
	latest = slices.Clone(latest) // tell has it
	for _, c := range changes {
		latest = slices.DeleteFunc(latest, func(a alarm.Alarm) bool { return a.Place == c.Now.Place })
		latest = append(latest, *c.Now)
	}
	return latest
}
