package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	"yiping/layers"
)

// alarmPrefix makes an alarm's number its ID.
const alarmPrefix = "A-"

const alarmColumns = `id, version, run, place, name, name_en, at, level, highest, foreseen, begun, changed, ended, cause,
	peak_density, peak_devices, ack_at, ack_by, ack_note, ack_level, synthetic`

// Alarms are those of a run, the newest first, at most limit; with open only those
// that go on.
func (s *Store) Alarms(ctx context.Context, run string, open bool, limit int) ([]alarm.Alarm, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+alarmColumns+` FROM yiping.heat_alarm
		WHERE run = $1 AND (ended IS NULL OR NOT $2) ORDER BY id DESC LIMIT $3`, run, open, limit)
	return collectAlarms(rows, err)
}

// Acknowledge notes who takes care of an alarm. Who does so again changes nothing. The
// error wraps layers.ErrNotFound if there is no such alarm, layers.ErrConflict if
// another takes care of it.
func (s *Store) Acknowledge(ctx context.Context, id string, by alarm.Acknowledgement) (alarm.Alarm, error) {
	var now alarm.Alarm
	n, err := alarmNumber(id)
	if err != nil {
		return now, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lockAlarms(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT "+alarmColumns+" FROM yiping.heat_alarm WHERE id = $1", n)
		found, err := collectAlarms(rows, err)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return noAlarm(id)
		}
		before := found[0]
		now = before
		if a := before.Acknowledgement; a != nil {
			if a.By != by.By {
				return fmt.Errorf("%w: %s has acknowledged alarm %s at %s", layers.ErrConflict, layers.Shown(a.By), id, a.At.Format(time.RFC3339))
			}
			return nil
		}
		by.Level = before.Highest
		now.Acknowledgement = &by
		now.Version++
		return writeAlarms(ctx, tx, []alarm.Change{{Kind: alarm.Acknowledged, Now: &now, Before: &before}})
	})
	if err != nil {
		return now, fmt.Errorf("acknowledge an alarm: %w", err)
	}
	return now, nil
}

// alarmNumber is that of an ID; the error wraps layers.ErrNotFound if it is none.
func alarmNumber(id string) (int64, error) {
	digits, ok := strings.CutPrefix(id, alarmPrefix)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || alarmID(n) != id {
		return 0, noAlarm(id)
	}
	return n, nil
}

func alarmID(n int64) string { return alarmPrefix + strconv.FormatInt(n, 10) }

func noAlarm(id string) error {
	return fmt.Errorf("%w: there is no alarm %s", layers.ErrNotFound, layers.Shown(id))
}

// writeAlarms writes changes in their order, and their events. Alarms that begin get
// their IDs.
func writeAlarms(ctx context.Context, tx pgx.Tx, changes []alarm.Change) error {
	events := make([]NewEvent, len(changes))
	for i, c := range changes {
		if err := writeAlarm(ctx, tx, c); err != nil {
			return err
		}
		var err error
		if events[i], err = alarmEvent(c); err != nil {
			return err
		}
	}
	return InsertEvents(ctx, tx, alarm.Stream, events)
}

func writeAlarm(ctx context.Context, tx pgx.Tx, c alarm.Change) error {
	a := c.Now
	values := []any{
		a.Version, a.Run, a.Place, a.Name, a.NameEN, point(&a.At), int16(a.Level), int16(a.Highest), instant(a.Foreseen),
		a.Begun, a.Changed, instant(a.Ended),
		pgtype.Text{String: string(a.Cause), Valid: a.Cause != ""},
		a.PeakDensity, a.PeakDevices, nil, nil, nil, nil, a.Synthetic,
	}
	if k := a.Acknowledgement; k != nil {
		copy(values[15:], []any{k.At, k.By, k.Note, int16(k.Level)})
	}
	if c.Kind == alarm.Begun {
		var n int64
		err := tx.QueryRow(ctx, `
			INSERT INTO yiping.heat_alarm (version, run, place, name, name_en, at, level, highest, foreseen, begun, changed, ended,
				cause, peak_density, peak_devices, ack_at, ack_by, ack_note, ack_level, synthetic)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) RETURNING id`,
			values...).Scan(&n)
		a.ID = alarmID(n)
		return err
	}
	if a.ID == "" { // it has begun in this transaction
		a.ID = c.Before.ID
	}
	n, err := alarmNumber(a.ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE yiping.heat_alarm SET version = $1, run = $2, place = $3, name = $4, name_en = $5, at = $6, level = $7, highest = $8,
			foreseen = $9, begun = $10, changed = $11, ended = $12, cause = $13, peak_density = $14, peak_devices = $15,
			ack_at = $16, ack_by = $17, ack_note = $18, ack_level = $19, synthetic = $20
		WHERE id = $21`, append(values, n)...)
	return err
}

// alarmEvent is the event of a change whose alarm has its ID.
func alarmEvent(c alarm.Change) (NewEvent, error) {
	e := NewEvent{
		ID: fmt.Sprintf("%s/%d", c.Now.ID, c.Now.Version), Kind: string(c.Kind), Key: c.Now.ID, Version: c.Now.Version,
		Time: c.Now.Changed, Is: &c.Now.At, Final: !c.Now.Open(),
	}
	if c.Kind == alarm.Acknowledged {
		e.Time = c.Now.Acknowledgement.At
	}
	var err error
	if e.Body, err = json.Marshal(c.Now); err == nil && c.Before != nil {
		e.Was = &c.Before.At
		e.Before, err = json.Marshal(c.Before)
	}
	return e, err
}

func collectAlarms(rows pgx.Rows, err error) ([]alarm.Alarm, error) {
	if err == nil {
		var all []alarm.Alarm
		if all, err = pgx.CollectRows(rows, scanAlarm); err == nil {
			return all, nil
		}
	}
	return nil, fmt.Errorf("read alarms: %w", err)
}

func scanAlarm(row pgx.CollectableRow) (alarm.Alarm, error) {
	var a alarm.Alarm
	var n int64
	var level, highest int16
	var at pgtype.Point
	var foreseen, ended, ackAt pgtype.Timestamptz
	var cause, ackBy, ackNote pgtype.Text
	var ackLevel pgtype.Int2
	err := row.Scan(&n, &a.Version, &a.Run, &a.Place, &a.Name, &a.NameEN, &at, &level, &highest, &foreseen, &a.Begun, &a.Changed,
		&ended, &cause, &a.PeakDensity, &a.PeakDevices, &ackAt, &ackBy, &ackNote, &ackLevel, &a.Synthetic)
	a.ID, a.At = alarmID(n), orb.Point{at.P.X, at.P.Y}
	a.Level, a.Highest = heatmap.Level(level), heatmap.Level(highest)
	a.Begun, a.Changed, a.Cause = a.Begun.UTC(), a.Changed.UTC(), alarm.Cause(cause.String)
	if foreseen.Valid {
		a.Foreseen = foreseen.Time.UTC()
	}
	if ended.Valid {
		a.Ended = ended.Time.UTC()
	}
	if ackAt.Valid {
		a.Acknowledgement = &alarm.Acknowledgement{
			At: ackAt.Time.UTC(), By: ackBy.String, Note: ackNote.String, Level: heatmap.Level(ackLevel.Int16),
		}
	}
	return a, err
}
