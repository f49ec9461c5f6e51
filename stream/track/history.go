package track

import (
	"context"
	"time"
)

// History is what was before.
type History interface {
	// Track lists the fixes of an object from one time to another, both included, in
	// order and each time once; at most limit.
	Track(ctx context.Context, d *Definition, key string, from, to time.Time, limit int) ([]Report, error)
}
