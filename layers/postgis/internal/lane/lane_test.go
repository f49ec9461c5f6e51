package lane_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/postgis/internal/lane"
)

func TestTurnsAreInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lane.New(1, 3, time.Minute)
		leave, err := l.Enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var order []int
		for i := range 3 {
			go func() {
				leave, err := l.Enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				order = append(order, i) // the one place is the lock
				leave()
			}()
			synctest.Wait()
		}
		if _, err := l.Enter(t.Context()); !errors.Is(err, layers.ErrBusy) {
			t.Errorf("with a full queue: %v, want ErrBusy", err)
		}
		leave()
		synctest.Wait()
		if diff := cmp.Diff(order, []int{0, 1, 2}); diff != "" {
			t.Errorf("order (-got +want):\n%s", diff)
		}
		leave, err = l.Enter(t.Context())
		if err != nil {
			t.Fatalf("after all have left: %v", err)
		}
		leave()
	})
}

func TestWaitsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lane.New(1, 1, 5*time.Second)
		leave, err := l.Enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		if _, err := l.Enter(t.Context()); !errors.Is(err, layers.ErrBusy) {
			t.Errorf("after a long wait: %v, want ErrBusy", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Enter(gone); !errors.Is(err, context.Canceled) || errors.Is(err, layers.ErrBusy) {
			t.Errorf("of a client that has gone: %v, want Canceled", err)
		}
		late, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.Enter(late); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, layers.ErrBusy) {
			t.Errorf("at the request's own deadline: %v, want DeadlineExceeded", err)
		}
	})
}
