package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// ImportConfig says what an import brings.
type ImportConfig struct {
	// Source is what will be said about the features; its Name, with each
	// feature's SourceID, is their identity for later imports.
	Source layers.Source
	// SRID is the system of the coordinates that Add gets: 4326, or one that
	// PostGIS converts. Defaults to 4326.
	SRID int
	// Layers are those that features may go to.
	Layers []string
	// Reject is told of each feature that is left out. An error from it ends the
	// import with that error.
	Reject func(layers.Rejection) error
}

// wgs84 is the SRID of stored geometries.
const wgs84 = 4326

// foreign tells whether PostGIS must convert the coordinates.
func (c ImportConfig) foreign() bool { return c.SRID != 0 && c.SRID != wgs84 }

// ImportReport counts what an import did to one layer.
type ImportReport struct {
	Layer     string `json:"layer"`
	Read      int64  `json:"read"`
	Inserted  int64  `json:"inserted"`
	Updated   int64  `json:"updated"`
	Unchanged int64  `json:"unchanged"`
	Mended    int64  `json:"mended"` // geometries that ST_MakeValid repaired
	Rejected  int64  `json:"rejected"`
}

// Import writes the features of one file, all or none of them. Features go into
// temporary tables first, are checked there, and are moved into their layers by
// Commit in the same transaction. Until then no reader sees any of them, and a
// process or server that dies leaves nothing.
type Import struct {
	cfg    ImportConfig
	store  *Store
	tx     pgx.Tx
	stages map[string]*stage
	order  []string
	index  *layers.RegionIndex // nil where the database places the features
	// sent has the outcome of the batch that is on its way to the server; nil
	// if none is. While it is, the transaction is not ours to use.
	sent  chan error
	spare []byte
}

// BeginImport starts an import. The caller ends it with Commit or Rollback.
func (s *Store) BeginImport(ctx context.Context, cfg ImportConfig) (_ *Import, err error) {
	im := &Import{cfg: cfg, store: s, stages: map[string]*stage{}}
	if im.tx, err = s.pool.Begin(ctx); err != nil {
		return nil, fmt.Errorf("begin import: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("begin import: %w", err), im.Rollback(ctx))
		}
	}()
	if cfg.foreign() {
		var known bool
		if err := im.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM public.spatial_ref_sys WHERE srid = $1)", cfg.SRID).Scan(&known); err != nil {
			return nil, err
		}
		if !known {
			return nil, layers.InputErrorf("datum", "PostGIS does not know EPSG:%d", cfg.SRID)
		}
	}
	// Features are placed into their regions here, where nothing that decides it
	// is still to come; or else by the database's trigger, which is slower.
	if !cfg.foreign() && !slices.ContainsFunc(cfg.Layers, isRegion) {
		if err := lockRegions(ctx, im.tx); err != nil {
			return nil, err
		}
		if im.index, err = regionIndex(ctx, im.tx); err != nil {
			return nil, err
		}
	}
	for _, name := range cfg.Layers {
		l, err := s.Catalog().Layer(name)
		if err != nil {
			return nil, err
		}
		st := newStage(l, cfg)
		if err := st.create(ctx, im.tx); err != nil {
			return nil, err
		}
		im.stages[name] = st
	}
	im.order = loadOrder(cfg.Layers)
	return im, nil
}

// loadOrder puts regions before what lies in them.
func loadOrder(names []string) []string {
	ordered := slices.Clone(names)
	slices.SortStableFunc(ordered, func(a, b string) int {
		rank := func(n string) int {
			if i := slices.Index(layers.RegionColumns(), n); i >= 0 {
				return i
			}
			return len(layers.RegionColumns())
		}
		return rank(a) - rank(b)
	})
	return ordered
}

// Add stages a feature. Its coordinates are in the import's system, in the axis
// order lon, lat (or east, north).
func (im *Import) Add(ctx context.Context, layer string, f *layers.Feature) error {
	st, ok := im.stages[layer]
	if !ok {
		return fmt.Errorf("import: features for layer %s were not announced", layer)
	}
	var regions layers.Regions
	if im.index != nil {
		regions = im.index.At(layers.Anchor(f.Geometry))
	}
	if err := st.add(f, regions); err != nil || !st.full() {
		return err
	}
	return im.send(ctx, st)
}

// send starts a stage's waiting rows on their way, once the batch before has
// arrived: the server stages one while the caller reads the next.
func (im *Import) send(ctx context.Context, st *stage) error {
	if err := im.settle(); err != nil {
		return err
	}
	rows := st.take(im.spare)
	sent := make(chan error, 1)
	im.sent, im.spare = sent, rows
	go func() { sent <- st.send(ctx, im.tx, rows) }()
	return nil
}

// settle waits for the batch on its way, after which the transaction may be used
// and the spare buffer be filled.
func (im *Import) settle() error {
	if im.sent == nil {
		return nil
	}
	err := <-im.sent
	im.sent = nil
	return err
}

// Commit checks what was staged, rejects what cannot be mended, and writes the
// rest into the layers. It returns a report a layer that got features.
func (im *Import) Commit(ctx context.Context) ([]ImportReport, error) {
	reports, err := im.write(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("import: %w", explained(err)), im.Rollback(ctx))
	}
	if err := im.tx.Commit(ctx); err != nil {
		return nil, fmt.Errorf("import: commit: %w", explained(err))
	}
	return reports, nil
}

// Rollback drops everything that was staged. After Commit it does nothing.
func (im *Import) Rollback(ctx context.Context) error {
	_ = im.settle() // its fault, if any, is why we are here
	// The caller's context may be what ended the import.
	if err := im.tx.Rollback(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
		return fmt.Errorf("import: roll back: %w", err)
	}
	return nil
}

func (im *Import) write(ctx context.Context) ([]ImportReport, error) {
	for _, st := range im.stages {
		if len(st.rows.buf) > 0 {
			if err := im.send(ctx, st); err != nil {
				return nil, err
			}
		}
	}
	if err := im.settle(); err != nil {
		return nil, err
	}
	// The checks hash and sort whole files.
	if _, err := im.tx.Exec(ctx, "SET LOCAL work_mem = '256MB'"); err != nil {
		return nil, err
	}
	var reports []ImportReport
	for _, name := range im.order {
		st := im.stages[name]
		if st.report.Read == 0 {
			continue
		}
		if err := st.check(ctx, im.tx); err != nil {
			return nil, fmt.Errorf("check features for layer %s: %w", name, err)
		}
		if err := st.move(ctx, im.tx, im.index != nil); err != nil {
			return nil, fmt.Errorf("write layer %s: %w", name, err)
		}
		if err := putSource(ctx, im.tx, name, im.cfg.Source); err != nil {
			return nil, err
		}
		reports = append(reports, st.report)
	}
	return reports, nil
}
