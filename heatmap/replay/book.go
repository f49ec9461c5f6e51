package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Book remembers how replays stand, so that they go on after a restart. A stage makes
// one change at a time.
type Book interface {
	// Standings are the replays that were begun and not ended.
	Standings(ctx context.Context) ([]Standing, error)
	// Begin notes a replay at its beginning, and forgets what is kept of one before.
	Begin(ctx context.Context, s Standing) error
	// Change notes another speed, and that the evening goes on at s.At if not earlier.
	Change(ctx context.Context, s Standing) error
	// Back is Change where another player goes on: what the one before it has told and
	// is not kept yet is dropped, and whatever it tells.
	Back(ctx context.Context, s Standing) error
	// End forgets a replay and all that is kept of it.
	End(ctx context.Context, id string) error
}

// Standing is how a replay stands.
type Standing struct {
	ID string
	// Rules is a digest of the scenario: another scenario's minutes would not fit.
	Rules string
	Seed  uint64
	Speed float64
	// At is where it goes on: all before it is kept.
	At time.Time
}

// blank is a Book of which nothing is remembered.
type blank struct{}

var _ Book = blank{}

func (blank) Standings(context.Context) ([]Standing, error) { return nil, nil }
func (blank) Begin(context.Context, Standing) error         { return nil }
func (blank) Change(context.Context, Standing) error        { return nil }
func (blank) Back(context.Context, Standing) error          { return nil }
func (blank) End(context.Context, string) error             { return nil }

// digest tells scenarios apart.
func digest(s *Scenario) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("digest of scenario %s: %w", s.ID, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
