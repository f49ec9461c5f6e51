package place

import (
	"context"

	"yiping/heatmap"
	"yiping/layers"
)

// Max is the most places that are kept.
const Max = 500

// Store keeps places.
type Store interface {
	// PlaceEdits counts the edits so far.
	PlaceEdits(ctx context.Context) (int64, error)
	// Places are all of them, by id.
	Places(ctx context.Context) ([]heatmap.Place, error)
	// Place is one; the error wraps layers.ErrNotFound without it.
	Place(ctx context.Context, id string) (heatmap.Place, error)
	// AddPlace stores a place, which Check has passed. The error wraps
	// layers.ErrConflict if there is one of its id, or Max already, and is a
	// *layers.InputError if the outline is refused.
	AddPlace(ctx context.Context, p heatmap.Place) (heatmap.Place, error)
	// ReplacePlace stores another place under the id of one with a version that
	// matches. The error is a *layers.StaleError if its version is another, wraps
	// layers.ErrNotFound if there is none, or is a *layers.InputError as above.
	ReplacePlace(ctx context.Context, p heatmap.Place, m layers.Match) (heatmap.Place, error)
	// RemovePlace deletes one, with the errors of ReplacePlace.
	RemovePlace(ctx context.Context, id string, m layers.Match) error
}
