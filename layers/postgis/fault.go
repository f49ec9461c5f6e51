package postgis

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"yiping/layers"
)

// SQLSTATEs (PostgreSQL manual, appendix A) that mean something to us.
const (
	sqlUnique      = "23505" // unique_violation
	sqlCheck       = "23514" // check_violation
	sqlNotNull     = "23502" // not_null_violation
	sqlDeadlock    = "40P01" // deadlock_detected
	sqlLockTimeout = "55P03" // lock_not_available
	sqlDiskFull    = "53100" // disk_full
)

// This file is the one place that knows SQLSTATEs.

// explained adds what to do to the faults of a bulk write that an operator can
// mend.
func explained(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == sqlDiskFull {
		return fmt.Errorf("the database's disk is full; nothing was written; make room and try again: %w", err)
	}
	return err
}

// refusal turns what the database says against the values of a write into an
// error for the client; ok is false for faults of any other kind.
func refusal(l *layers.Layer, err error) (refused error, ok bool) {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err, false
	}
	switch pg.Code {
	case sqlUnique:
		if pg.ConstraintName == l.Name+"_pkey" {
			// Not the client's fault: somebody chose ids without moving the sequence.
			return fmt.Errorf("the sequence of ids of %s is behind its table; set it with setval: %w", l.Name, err), false
		}
		// The detail is "Key (code)=(…) already exists.": the client's own value.
		_, key, _ := strings.Cut(pg.Detail, "Key ")
		return fmt.Errorf("%w: another feature of %s has %s", layers.ErrConflict, l.Name, strings.TrimSuffix(key, " already exists.")), true
	case sqlCheck:
		return layers.InputErrorf("properties", "break the rule %s of the table", pg.ConstraintName), true
	case sqlNotNull:
		return layers.InputErrorf("properties."+pg.ColumnName, "is required by the table"), true
	}
	return err, false
}

// passing turns waits for others' locks that were given up into ErrBusy.
func passing(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == sqlDeadlock || pg.Code == sqlLockTimeout) {
		return fmt.Errorf("%w: others write the same features, or load the layer; nothing was written, try again: %w", layers.ErrBusy, err)
	}
	return explained(err)
}
