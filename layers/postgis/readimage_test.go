package postgis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// imageOf reads a layer into an image.
func imageOf(tb testing.TB, s *postgis.Store, name string) (*image.Image, postgis.Position) {
	tb.Helper()
	l, err := s.Catalog().Layer(name)
	if err != nil {
		tb.Fatal(err)
	}
	img := image.New(l)
	batches, cut, mark, err := s.ReadImage(tb.Context(), l, img.NewBatch)
	if err != nil {
		tb.Fatal(err)
	}
	at, err := postgis.ParsePosition(mark)
	if err != nil {
		tb.Fatal(err)
	}
	if cut.Xmin != at.Xid || time.Since(cut.Time) < 0 {
		tb.Errorf("cut = %+v at position %v", cut, at)
	}
	if err := img.Load(batches, cut, mark); err != nil {
		tb.Fatal(err)
	}
	return img, at
}

// described writes what an image has of a feature.
func described(v *image.View, id int64) string {
	row, ok := v.Find(id)
	if !ok {
		return "none"
	}
	text := fmt.Sprintf("%d", id)
	for _, c := range v.Columns() {
		text += " " + c.Property.Name + "="
		switch {
		case c.Null(row):
			text += "null"
		case c.Kind == image.Text:
			text += c.Dictionary()[c.Code(row)]
		case c.Kind == image.Int:
			text += fmt.Sprint(c.Int(row))
		case c.Kind == image.Float:
			text += fmt.Sprint(c.Float(row))
		case c.Kind == image.Bool:
			text += fmt.Sprint(c.Bool(row))
		}
	}
	return text
}

const everyType = `name: every
title: {zh: 各类, en: Every type}
geometry: Point
datum: WGS84
owner: 市水务局
licence: internal
schema:
  type: object
  properties:
    word: {type: string, enum: [甲, 乙], tiles: true}
    small: {type: integer, minimum: -100, maximum: 100, tiles: true}
    large: {type: integer, tiles: true}
    number: {type: number, tiles: true}
    flag: {type: boolean, tiles: true}
    day: {type: date, tiles: true}
    moment: {type: date-time, tiles: true}
`

func TestReadImageReadsEveryType(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	if err := s.CreateLayer(t.Context(), parse(t, everyType)); err != nil {
		t.Fatal(err)
	}
	execSQL(t, conn, `INSERT INTO city.every (id, word, small, large, number, flag, day, moment, synthetic, geom) VALUES
		(1, '甲', -100, 9007199254740993, -0.5, true, '1969-12-31', '1999-12-31 23:59:59.999999Z', true, 'SRID=4326;POINT(121.5 31.25)'),
		(2, '乙', 100, -9007199254740993, 1e300, false, '9999-12-31', '0001-01-01 00:00:00Z', false, 'SRID=4326;POINT(-180 -90)'),
		(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, 'SRID=4326;POINT(0 0)'),
		(4, '甲', 1, 1, 1, true, '2020-01-01', '2020-01-01Z', false, 'SRID=4326;POINT EMPTY')`)
	want := []string{
		"synthetic=true district=null street=null village=null word=甲 small=-100 large=9007199254740993 number=-0.5 flag=true day=-1 moment=946684799999999",
		"synthetic=false district=null street=null village=null word=乙 small=100 large=-9007199254740993 number=1e+300 flag=false day=2932896 moment=-62135596800000000",
		"synthetic=false district=null street=null village=null word=null small=null large=null number=null flag=null day=null moment=null",
	}
	check := func(how string, v *image.View) {
		if v.Len() != len(want) {
			t.Errorf("%s: %d features, want %d: the one without a place stays out", how, v.Len(), len(want))
		}
		for i, w := range want {
			if got := described(v, int64(i+1)); got != fmt.Sprintf("%d %s", i+1, w) {
				t.Errorf("%s:\n got %s\nwant %d %s", how, got, i+1, w)
			}
		}
		if row, ok := v.Find(1); ok && v.Anchor(row) != geo.FixedAt(orb.Point{121.5, 31.25}) {
			t.Errorf("%s: feature 1 stands at %v", how, v.Anchor(row).Point())
		}
	}
	img, _ := imageOf(t, s, "every")
	check("read whole", img.View())

	// The same rows by their ids, into an image that has others instead.
	changed := image.New(img.Layer())
	if err := changed.Load(nil, layers.Cut{}, ""); err != nil {
		t.Fatal(err)
	}
	for _, ids := range [][]int64{{3, 2, 1}, {1, 2, 3, 4, 5}} {
		b := changed.NewBatch()
		if err := s.ReadChanged(t.Context(), img.Layer(), ids, b); err != nil {
			t.Fatal(err)
		}
		if _, err := changed.Apply(b, layers.Cut{}, ""); err != nil {
			t.Fatal(err)
		}
		check("read by id", changed.View())
	}
}

// Many pieces, several readers: every row once.
func TestReadImageReadsEachRowOnce(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	points := make([]orb.Point, 120_000)
	for i := range points {
		points[i] = orb.Point{121 + float64(i)/1e6, 31}
	}
	if _, err := s.ReplaceLayer(t.Context(), "place", nil, placesAt(points)); err != nil {
		t.Fatal(err)
	}
	execSQL(t, conn, "DELETE FROM city.place WHERE id % 10 = 0")
	img, _ := imageOf(t, s, "place")
	v := img.View()
	if want := len(points) / 10 * 9; v.Len() != want {
		t.Fatalf("%d features, want %d", v.Len(), want)
	}
	for i, p := range points {
		row, ok := v.Find(int64(i + 1))
		if gone := (i+1)%10 == 0; ok == gone {
			t.Fatalf("feature %d: found %v, deleted %v", i+1, ok, gone)
		}
		if ok && v.Anchor(row) != geo.FixedAt(p) {
			t.Fatalf("feature %d stands at %v, want %v", i+1, v.Anchor(row).Point(), p)
		}
	}
}

// Whatever writers do at once, an image that follows the feed is their table in
// the end.
func TestImageFollowsItsTable(t *testing.T) {
	t.Parallel()
	const writers, steps, features = 4, 60, 40
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	url := postgistest.URL(t)
	s, conn := postgistest.Open(t, url), postgistest.Conn(t, url)
	execSQL(t, conn, "INSERT INTO city.place (id, name, kind, geom) SELECT i, 'x', 'other', 'SRID=4326;POINT(121 31)' FROM generate_series(1, $1::int) i", features)
	img, from := imageOf(t, s, "place")

	var group errgroup.Group
	for w := range writers {
		own, r := postgistest.Conn(t, url), rand.New(rand.NewPCG(seed, uint64(w)))
		group.Go(func() error {
			for range steps {
				if err := write(t.Context(), own, r, features); err != nil {
					return err
				}
			}
			return nil
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	const last = features + 1000
	go func() {
		followed <- s.Follow(ctx, from, func(ctx context.Context, c postgis.Changes) error {
			for _, l := range c.Layers {
				b := img.NewBatch()
				if err := s.ReadChanged(ctx, img.Layer(), l.IDs(), b); err != nil {
					return err
				}
				if _, err := img.Apply(b, layers.Cut{Time: c.Time, Xmin: c.Position.Xid}, c.Position.String()); err != nil {
					return err
				}
			}
			if _, ok := img.View().Find(last); ok {
				cancel()
			}
			return nil
		})
	}()
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	execSQL(t, conn, addPlace, last, 121)
	if err := <-followed; err != nil {
		t.Fatal(err)
	}
	fresh, _ := imageOf(t, s, "place")
	if got, want := rowsOf(img.View()), rowsOf(fresh.View()); !slices.Equal(got, want) {
		t.Errorf("the image differs from its table (-got +want):\n%s", cmp.Diff(got, want))
	}
}

// write is one transaction of a few random changes, of which some are undone.
// Writers lock one feature at a time, lest they wait for each other for ever.
func write(ctx context.Context, conn *pgx.Conn, r *rand.Rand, features int) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	id, lon := r.IntN(features)+1, 121+r.Float64()
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", id); err != nil {
		return err
	}
	for range r.IntN(3) + 1 {
		switch r.IntN(3) {
		case 0:
			_, err = tx.Exec(ctx, "DELETE FROM city.place WHERE id = $1", id)
		case 1:
			_, err = tx.Exec(ctx, "UPDATE city.place SET kind = 'city', geom = ST_SetSRID(ST_MakePoint($2, 31), 4326) WHERE id = $1", id, lon)
		default:
			_, err = tx.Exec(ctx, `INSERT INTO city.place (id, name, kind, geom) VALUES ($1, 'new', 'park', ST_SetSRID(ST_MakePoint($2, 31), 4326))
				ON CONFLICT (id) DO UPDATE SET name = 'again', geom = excluded.geom`, id, lon)
		}
		if err != nil {
			return err
		}
	}
	if r.IntN(4) == 0 {
		return tx.Rollback(ctx)
	}
	return tx.Commit(ctx)
}

// rowsOf lists the features of an image with their places.
func rowsOf(v *image.View) []string {
	var all []string
	for id := range int64(2000) {
		if row, ok := v.Find(id); ok {
			all = append(all, fmt.Sprintf("%s at %v", described(v, id), v.Anchor(row)))
		}
	}
	return all
}

func TestMatchingIDs(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	for id, name := range []string{"alpha", "beta", "alphabet", "O'Hara"} {
		execSQL(t, conn, "INSERT INTO city.place (id, name, kind, geom) VALUES ($1, $2, 'other', 'SRID=4326;POINT(121 31)')", id+1, name)
	}
	l, err := s.Catalog().Layer("place")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		filter string
		want   []int64
	}{
		{"name LIKE 'alpha%'", []int64{1, 3}},
		{"name = 'O''Hara'", []int64{4}},
		{"code = 'none'", nil},
		{"S_INTERSECTS(geom, BBOX(120, 30, 122, 32)) AND id > 2", []int64{3, 4}},
	}
	for _, tt := range tests {
		ids, cut, err := s.MatchingIDs(t.Context(), l, filterOf(t, l, tt.filter))
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
		}
		if !slices.Equal(ids, tt.want) || cut.Xmin == 0 || cut.Time.IsZero() {
			t.Errorf("%s: %v at %+v, want %v", tt.filter, ids, cut, tt.want)
		}
	}
}

// BenchmarkReadImage reads points from PostGIS into batches:
//
//	go test ./layers/postgis -run '^$' -bench ReadImage
func BenchmarkReadImage(b *testing.B) {
	s := postgistest.New(b)
	points := make([]orb.Point, 200_000)
	for i := range points {
		points[i] = orb.Point{121 + float64(i)/1e6, 31}
	}
	if _, err := s.ReplaceLayer(b.Context(), "place", nil, placesAt(points)); err != nil {
		b.Fatal(err)
	}
	l, err := s.Catalog().Layer("place")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		img := image.New(l)
		if _, _, _, err := s.ReadImage(b.Context(), l, img.NewBatch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(points))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
