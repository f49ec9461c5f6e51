package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// placeWrite is a write to the layer place.
func placeWrite(tb testing.TB, s *postgis.Store, op layers.WriteOp, id int64, match layers.Match, values map[string]any) layers.Write {
	tb.Helper()
	l, err := s.Catalog().Layer("place")
	if err != nil {
		tb.Fatal(err)
	}
	w := layers.Write{Op: op, ID: id, Match: match}
	for _, c := range l.WritableColumns() {
		if v, ok := values[c.Name]; ok {
			w.Columns = append(w.Columns, c)
			w.Values = append(w.Values, v)
		}
	}
	if op == layers.Insert {
		w.Geometry = orb.Point{121.5, 31.2}
	}
	return w
}

func placeLayer(tb testing.TB, s *postgis.Store) *layers.Layer {
	tb.Helper()
	l, err := s.Catalog().Layer("place")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func insertPlace(tb testing.TB, s *postgis.Store, name string) int64 {
	tb.Helper()
	w := placeWrite(tb, s, layers.Insert, 0, layers.Match{}, map[string]any{"name": name, "kind": "other", "source": "api"})
	item, err := s.Write(tb.Context(), placeLayer(tb, s), &w, layers.CRS84)
	if err != nil {
		tb.Fatal(err)
	}
	return item.ID
}

// Of many who write the same version, by whatever way, exactly one wins.
func TestOneWriterWinsEachVersion(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	l := placeLayer(t, s)
	id := insertPlace(t, s, "0")
	const writers, versions = 12, 15
	var wins [versions + 1]atomic.Int32
	var group sync.WaitGroup
	for n := range writers {
		group.Go(func() {
			for version := int32(1); version <= versions; version++ {
				name := fmt.Sprintf("%d of %d", version, n)
				w := placeWrite(t, s, layers.Patch, id, layers.Match{Versions: []int32{version}}, map[string]any{"name": name})
				var err error
				if n%2 == 0 {
					_, err = s.Write(t.Context(), l, &w, layers.CRS84)
				} else {
					var done []layers.Written
					if done, err = s.WriteBatch(t.Context(), l, []layers.Write{w}, n%4 == 1); err == nil {
						err = done[0].Err
					}
				}
				stale, ok := errors.AsType[*layers.StaleError](err)
				switch {
				case err == nil:
					wins[version].Add(1)
				case !ok:
					t.Errorf("writer %d: %v", n, err)
				case stale.Version <= version:
					t.Errorf("writer %d was refused version %d and told %d", n, version, stale.Version)
				}
			}
		})
	}
	group.Wait()
	for version := 1; version <= versions; version++ {
		if n := wins[version].Load(); n != 1 {
			t.Errorf("version %d was changed by %d writers", version, n)
		}
	}
	if got := value[int32](t, conn, "SELECT version FROM city.place WHERE id = $1", id); got != versions+1 {
		t.Errorf("version %d, want %d", got, versions+1)
	}
}

// Random batches do what the same operations do one after the other in memory,
// and an atomic one with a fault does nothing.
func TestBatchesAgreeWithModel(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	l := placeLayer(t, s)
	random := rand.New(rand.NewPCG(3, 14)) //nolint:gosec // a test that repeats
	type place struct {
		Name    string
		Version int32
	}
	model := map[int64]place{}
	codes := map[string]int64{}
	for round := range 60 {
		atomic := round%2 == 0
		var writes []layers.Write
		for range 1 + random.IntN(30) {
			id := random.Int64N(20) + 1
			match := layers.Match{Any: random.IntN(2) == 0, Versions: []int32{random.Int32N(3), random.Int32N(6)}}
			values := map[string]any{"name": fmt.Sprint(random.Int()), "kind": "other", "source": "api"}
			op := []layers.WriteOp{layers.Insert, layers.Patch, layers.Replace, layers.Delete}[random.IntN(4)]
			if atomic {
				op, match = []layers.WriteOp{layers.Insert, layers.Patch}[random.IntN(2)], layers.Match{Any: true}
			}
			if op == layers.Insert || op == layers.Patch && random.IntN(4) == 0 {
				values["code"] = fmt.Sprint("code ", random.IntN(2000))
			}
			if op == layers.Delete {
				values = nil
			}
			writes = append(writes, placeWrite(t, s, op, id, match, values))
		}
		done, err := s.WriteBatch(t.Context(), l, writes, atomic)
		if _, refused := errors.AsType[*layers.BatchError](err); err != nil && (!atomic || !refused) {
			t.Fatal(err)
		}
		for i, w := range done {
			write := writes[i]
			code := ""
			name := ""
			for k, c := range write.Columns {
				switch c.Name {
				case "code":
					code, _ = write.Values[k].(string)
				case "name":
					name, _ = write.Values[k].(string)
				}
			}
			old, there := model[write.ID]
			matches := write.Match.Any || there && (write.Match.Versions[0] == old.Version || write.Match.Versions[1] == old.Version)
			owner, taken := codes[code]
			switch {
			case write.Op == layers.Insert && taken, there && matches && code != "" && taken && owner != write.ID:
				if !errors.Is(w.Err, layers.ErrConflict) {
					t.Fatalf("round %d, write %d: %v, want a conflict of %q", round, i, w.Err, code)
				}
				continue
			case write.Op == layers.Insert:
				if w.Err != nil || w.Version != 1 {
					t.Fatalf("round %d, write %d: %+v", round, i, w)
				}
				model[w.ID], codes[code] = place{name, 1}, w.ID
				continue
			case !there:
				if !errors.Is(w.Err, layers.ErrNotFound) && !isStale(w.Err) {
					t.Fatalf("round %d, write %d: %v, want not found", round, i, w.Err)
				}
				continue
			case !matches:
				if !isStale(w.Err) && !errors.Is(w.Err, layers.ErrNotFound) {
					t.Fatalf("round %d, write %d: %v, want stale", round, i, w.Err)
				}
				continue
			}
			if w.Err != nil || w.ID != write.ID {
				t.Fatalf("round %d, write %d: %+v", round, i, w)
			}
			if write.Op == layers.Delete {
				delete(model, w.ID)
				for c, owner := range codes {
					if owner == w.ID {
						delete(codes, c)
					}
				}
				continue
			}
			if code != "" {
				for c, owner := range codes {
					if owner == w.ID {
						delete(codes, c)
					}
				}
				codes[code] = w.ID
			}
			model[w.ID] = place{name, old.Version + 1}
		}
		rows, err := conn.Query(t.Context(), "SELECT id, name, version FROM city.place")
		if err != nil {
			t.Fatal(err)
		}
		stored := map[int64]place{}
		var id int64
		var p place
		if _, err := pgx.ForEachRow(rows, []any{&id, &p.Name, &p.Version}, func() error { stored[id] = p; return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(stored, model); diff != "" {
			t.Fatalf("round %d (-stored +model):\n%s", round, diff)
		}
	}
	if len(model) == 0 {
		t.Error("the test wrote nothing")
	}
}

func isStale(err error) bool {
	_, ok := errors.AsType[*layers.StaleError](err)
	return ok
}

// A write waits neither for ever nor in vain for a layer that is being loaded.
func TestWriteBehindALoadIsBusy(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	execSQL(t, conn, "BEGIN")
	execSQL(t, conn, "LOCK TABLE city.place IN SHARE ROW EXCLUSIVE MODE")
	w := placeWrite(t, s, layers.Insert, 0, layers.Match{}, map[string]any{"name": "x", "kind": "other"})
	if _, err := s.Write(t.Context(), placeLayer(t, s), &w, layers.CRS84); !errors.Is(err, layers.ErrBusy) {
		t.Errorf("%v, want busy", err)
	}
	execSQL(t, conn, "COMMIT")
	insertPlace(t, s, "x")
}

// A context that ends during a batch leaves nothing of it.
func TestCancelledBatchLeavesNothing(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	held := insertPlace(t, s, "held")
	execSQL(t, conn, "BEGIN")
	execSQL(t, conn, "UPDATE city.place SET name = name WHERE id = $1", held)
	ctx, cancel := context.WithCancel(t.Context())
	writes := []layers.Write{
		placeWrite(t, s, layers.Insert, 0, layers.Match{}, map[string]any{"name": "new", "kind": "other"}),
		placeWrite(t, s, layers.Patch, held, layers.Match{Any: true}, map[string]any{"name": "new"}),
	}
	ended := make(chan error, 1)
	go func() {
		_, err := s.WriteBatch(ctx, placeLayer(t, s), writes, false)
		ended <- err
	}()
	for !value[bool](t, conn, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)") {
		if len(ended) > 0 {
			t.Fatal(<-ended)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want cancelled", err)
	}
	execSQL(t, conn, "COMMIT")
	if n := value[int](t, conn, "SELECT count(*) FROM city.place WHERE name = 'new'"); n != 0 {
		t.Errorf("%d features are left of it", n)
	}
}

// BenchmarkWriteBatch inserts, in batches of 5,000, among regions and through
// the triggers as any write does. Run: go test ./layers/postgis -run '^$' -bench WriteBatch
func BenchmarkWriteBatch(b *testing.B) {
	for _, atomic := range []bool{true, false} {
		b.Run(fmt.Sprintf("atomic=%t", atomic), func(b *testing.B) {
			s := postgistest.New(b)
			l := placeLayer(b, s)
			writes := make([]layers.Write, 5000)
			for i := range writes {
				writes[i] = placeWrite(b, s, layers.Insert, 0, layers.Match{}, map[string]any{"name": fmt.Sprint(i), "kind": "other", "source": "api"})
			}
			for b.Loop() {
				if _, err := s.WriteBatch(b.Context(), l, writes, atomic); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(writes))/b.Elapsed().Seconds(), "writes/s")
		})
	}
}
