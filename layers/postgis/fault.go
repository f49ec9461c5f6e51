package postgis

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// sqlDiskFull is SQLSTATE disk_full (PostgreSQL manual, appendix A).
const sqlDiskFull = "53100"

// explained adds what to do to the faults of a bulk write that an operator can
// mend. It is the one place that knows SQLSTATEs.
func explained(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == sqlDiskFull {
		return fmt.Errorf("the database's disk is full; nothing was written; make room and try again: %w", err)
	}
	return err
}
