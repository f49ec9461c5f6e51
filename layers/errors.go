package layers

import (
	"errors"
	"fmt"
)

// ErrNotFound is returned for a layer or a feature that does not exist.
var ErrNotFound = errors.New("not found")

// ErrConflict is returned when what is asked stands against what is stored.
var ErrConflict = errors.New("conflict")

// ErrBusy is returned when too many wait for the database already. The same
// request may well succeed a little later.
var ErrBusy = errors.New("busy")

// LoadingError says that a layer is not in memory yet. It wraps ErrBusy.
type LoadingError struct{ Layer string }

// Error names the layer.
func (e *LoadingError) Error() string {
	return fmt.Sprintf("the layer %s is being loaded; ask again in a moment", e.Layer)
}

// Unwrap makes it one of those that pass by themselves.
func (e *LoadingError) Unwrap() error { return ErrBusy }

// InputError is a fault of what a caller gave: a parameter, a file, a field.
// Its text is safe to show and says what is wrong and what would be right.
type InputError struct {
	// Field is the parameter or the property path at fault.
	Field string
	// At is the place in a file, if there is one.
	At Position
	// Reason describes the bad input.
	Reason string
}

// Error renders the fault as "place: field: reason".
func (e *InputError) Error() string {
	s := e.Reason
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.At.Thing != "" {
		s = e.At.Thing + ": " + s
	}
	if e.At.Line > 0 {
		s = fmt.Sprintf("line %d: %s", e.At.Line, s)
	}
	return s
}

// InputErrorf makes an InputError for a field.
func InputErrorf(field, format string, args ...any) *InputError {
	return &InputError{Field: field, Reason: fmt.Sprintf(format, args...)}
}
