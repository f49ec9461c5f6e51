package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"yiping/layers"
)

// Bounds of one batch.
const (
	maxBatchOperations = 10_000
	maxBatchBytes      = 32 << 20
	batchTimeout       = 2 * time.Minute
)

// operation is one wish of a batch: a write, or why it is none.
type operation struct {
	op    layers.WriteOp
	write *layers.Write
	err   error
}

// operationResult is what the answer says of one operation.
type operationResult struct {
	Index   int            `json:"index"`
	Op      layers.WriteOp `json:"op,omitempty"`
	Status  int            `json:"status"`
	ID      int64          `json:"id,omitempty"`
	Version int32          `json:"version,omitempty"`
	Problem *Problem       `json:"problem,omitempty"`
}

// batch answers POST with many operations: all or nothing, or with atomic=false
// each for itself.
func (h handlers) batch(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	p, err := readParameters(r, "atomic")
	if err != nil {
		return err
	}
	atomic, err := p.atomic()
	if err != nil {
		return err
	}
	if err := checkContent(w, r, "Accept-Post", batchTypes()); err != nil {
		return err
	}
	crs, err := contentCRS(r)
	if err != nil {
		return err
	}
	// All is read before the database is asked for anything: a slow client holds
	// nothing but its own connection.
	operations, err := readBatch(http.MaxBytesReader(w, r.Body, maxBatchBytes), newFeatureReader(l, crs))
	if err != nil {
		return err
	}
	if faults := faultsOf(operations); atomic && len(faults) > 0 {
		return &layers.BatchError{Faults: faults}
	}
	ctx, cancel := context.WithTimeout(r.Context(), batchTimeout)
	defer cancel()
	results, err := h.writeBatch(ctx, l, operations, atomic)
	if err != nil {
		return err
	}
	written := 0
	for _, result := range results {
		if result.Problem == nil {
			written++
		}
	}
	return WriteJSON(w, "application/json", struct {
		Atomic  bool              `json:"atomic"`
		Written int               `json:"written"`
		Refused int               `json:"refused"`
		Results []operationResult `json:"results"`
	}{atomic, written, len(results) - written, results})
}

// atomic reads whether one operation that is refused keeps all from being done.
func (p parameters) atomic() (bool, error) {
	switch text := p.values.Get("atomic"); {
	case !p.values.Has("atomic"), text == "true":
		return true, nil
	case text == "false":
		return false, nil
	default:
		return false, layers.InputErrorf("atomic", "%s is neither true nor false", layers.Shown(text))
	}
}

func faultsOf(operations []operation) []layers.BatchFault {
	var faults []layers.BatchFault
	for i, o := range operations {
		if o.err != nil {
			faults = append(faults, layers.BatchFault{Index: i, Err: o.err})
		}
	}
	return faults
}

// writeBatch gives the operations that can be done to the store, and says of all
// what became of them.
func (h handlers) writeBatch(ctx context.Context, l *layers.Layer, operations []operation, atomic bool) ([]operationResult, error) {
	var writes []layers.Write
	for _, o := range operations {
		if o.err == nil {
			writes = append(writes, *o.write)
		}
	}
	written, err := h.store.WriteBatch(ctx, l, writes, atomic)
	if batch, ok := errors.AsType[*layers.BatchError](err); ok {
		for _, fault := range batch.Faults {
			_ = within("feature.", fault.Err) // where the body has what the store refuses
		}
	}
	if err != nil {
		return nil, err
	}
	results := make([]operationResult, len(operations))
	for i, o := range operations {
		results[i] = operationResult{Index: i, Op: o.op, Status: http.StatusOK}
		err := o.err
		if err == nil {
			done := written[0]
			written = written[1:]
			results[i].ID, results[i].Version = done.ID, done.Version
			err = within("feature.", done.Err)
		}
		switch {
		case err != nil:
			problem := ProblemOf(err)
			results[i].Status, results[i].Problem = problem.Status, &problem
		case o.op == layers.Insert:
			results[i].Status = http.StatusCreated
		case o.op == layers.Delete:
			results[i].Status = http.StatusNoContent
		}
	}
	return results, nil
}
