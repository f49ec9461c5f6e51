package postgis_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"yiping/heatmap"
	"yiping/heatmap/history"
	"yiping/heatmap/postgis"
	"yiping/heatmap/replay"
	"yiping/layers/postgis/postgistest"
)

// scenario is the Bund's evening with few people.
func scenario(t *testing.T) *replay.Scenario {
	t.Helper()
	s, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	return s.Scaled(0.004)
}

// service is a stage with a recorder, as a process has them.
type service struct {
	stage *replay.Stage
	// ended has the minute from which on nothing was written, or the last.
	ended chan struct{}
	kill  func()
}

// fragile is a store that is cut off from a minute on, and says when.
type fragile struct {
	*postgis.Store
	from  time.Time
	ended chan struct{}
}

var errCut = errors.New("cut off")

func (f *fragile) Write(ctx context.Context, minutes []*history.Minute) error {
	select {
	case <-f.ended:
		return errCut
	default:
	}
	last := minutes[len(minutes)-1].Start
	if last.Before(f.from) {
		return f.Store.Write(ctx, minutes)
	}
	err := errCut
	if f.from.Equal(last) { // the last of the evening
		err = f.Store.Write(ctx, minutes)
	}
	close(f.ended)
	return err
}

// serve plays on a database. From a minute on nothing reaches it any more; the minute that
// is the evening's last still does.
func serve(t *testing.T, store *postgis.Store, s *replay.Scenario, from time.Time) *service {
	t.Helper()
	f := &fragile{Store: store, from: from, ended: make(chan struct{})}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	recorder := history.NewRecorder(history.RecorderConfig{Store: f, Log: log})
	stage := replay.NewStage(replay.StageConfig{
		Scenarios: []*replay.Scenario{s},
		Open: func(s *replay.Scenario, c heatmap.EngineConfig) (e *heatmap.Engine, closed func()) {
			c.Told = recorder.Observer(s.ID).Observe
			return heatmap.New(c), func() {}
		},
		Book: postgis.NewBook(store, recorder), Room: recorder.Room, Log: log,
	})
	ctx, cancel := context.WithCancel(t.Context())
	stages, records := make(chan error, 1), make(chan struct{})
	go func() { stages <- stage.Run(ctx) }()
	go func() {
		defer close(records)
		recorder.Run(ctx)
	}()
	stop := func() {
		cancel()
		<-records // without Finish: what waits is lost
		if err := <-stages; err != nil {
			t.Error(err)
		}
	}
	return &service{stage: stage, ended: f.ended, kill: stop}
}

// to plays to a time without waiting.
func (s *service) to(t *testing.T, at time.Time) {
	t.Helper()
	if _, err := s.stage.Change(t.Context(), "bund-2019", replay.Change{At: &at}); err != nil {
		t.Fatal(err)
	}
}

// row is one of either table.
type row struct {
	Minute, Told time.Time
	What         string
	Devices      *int
	Visits       int
	Density      float64
	In, Out      float64
	Level        int
	Cells        []byte
}

// kept is all that a database has of the evening.
func kept(t *testing.T, conn *pgx.Conn) []row {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT minute, told, resolution::text, devices, 0, 0::float8, 0::float8, 0::float8, 0, cells FROM yiping.heat_minute WHERE run = 'bund-2019'
		UNION ALL
		SELECT minute, minute, place, devices, visits, density, in_per_s, out_per_s, level, NULL FROM yiping.heat_place_minute WHERE run = 'bund-2019'
		ORDER BY 1, 3`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// undisturbed is what is kept of an evening that is played from its beginning to its end.
func undisturbed(t *testing.T, s *replay.Scenario, seed uint64) []row {
	t.Helper()
	url := postgistest.URL(t)
	live := serve(t, postgis.New(postgistest.Open(t, url).Pool(), postgis.Config{}), s, s.End.Add(-time.Minute))
	if _, err := live.stage.Start(t.Context(), s.ID, seed, replay.MaxSpeed); err != nil {
		t.Fatal(err)
	}
	live.to(t, s.End)
	<-live.ended
	live.kill()
	all := kept(t, postgistest.Conn(t, url))
	if want := 600 * (len(history.Resolutions()) + len(s.PlaceRules)); len(all) != want {
		t.Fatalf("%d rows, want %d: all minutes from 16:00 to 02:00", len(all), want)
	}
	return all
}

// An evening whose service is killed, which is begun again, killed again and moved back
// leaves the minutes of one that nobody disturbs; one that is stopped leaves none.
func TestReplaySurvivesRestarts(t *testing.T) {
	t.Parallel()
	s := scenario(t)
	const seed = 5
	want := undisturbed(t, s, seed)
	url := postgistest.URL(t)
	store, conn := postgis.New(postgistest.Open(t, url).Pool(), postgis.Config{}), postgistest.Conn(t, url)
	begin := func(live *service, seed uint64) {
		t.Helper()
		if _, err := live.stage.Start(t.Context(), s.ID, seed, replay.MaxSpeed); err != nil {
			t.Fatal(err)
		}
		live.to(t, s.End)
		<-live.ended
		live.kill()
	}
	begin(serve(t, store, s, s.Begin.Add(3*time.Hour)), seed+1)
	if n := len(kept(t, conn)); n == 0 || n >= 180*len(want)/600 {
		t.Fatalf("%d rows of an evening that was cut off after three hours", n)
	}
	begin(serve(t, store, s, s.Begin.Add(6*time.Hour+30*time.Minute)), seed)
	live := serve(t, store, s, s.Begin.Add(8*time.Hour+10*time.Minute)) // it goes on by itself
	live.to(t, s.End)
	<-live.ended
	live.kill()
	live = serve(t, store, s, s.End.Add(-time.Minute))
	live.to(t, s.Begin.Add(8*time.Hour))
	live.to(t, s.Begin.Add(5*time.Hour+25*time.Minute))
	live.to(t, s.End)
	<-live.ended
	if diff := cmp.Diff(kept(t, conn), want); diff != "" {
		t.Errorf("minutes (-disturbed +undisturbed):\n%s", diff)
	}
	if err := live.stage.Stop(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	live.kill()
	if n := len(kept(t, conn)); n != 0 {
		t.Errorf("%d rows are left of a replay that was stopped", n)
	}
	live = serve(t, store, s, s.End)
	at := s.End
	if _, err := live.stage.Change(t.Context(), s.ID, replay.Change{At: &at}); !errors.Is(err, replay.ErrIdle) {
		t.Errorf("a replay that was stopped goes on after a restart: %v", err)
	}
	live.kill()
}

// A replay goes on as it was left: paused, and with its speed; one whose scenario has
// changed does not.
func TestReplayStands(t *testing.T) {
	t.Parallel()
	s := scenario(t)
	store, _ := store(t, postgis.Config{})
	live := serve(t, store, s, s.End)
	if _, err := live.stage.Start(t.Context(), s.ID, 3, 120); err != nil {
		t.Fatal(err)
	}
	paused := 0.0
	before, err := live.stage.Change(t.Context(), s.ID, replay.Change{Speed: &paused})
	if err != nil {
		t.Fatal(err)
	}
	live.kill()
	live = serve(t, store, s.Scaled(0.9), s.End)
	if _, err := live.stage.Change(t.Context(), s.ID, replay.Change{Speed: &paused}); !errors.Is(err, replay.ErrIdle) {
		t.Errorf("a replay goes on by other rules: %v", err)
	}
	live.kill()
	live = serve(t, store, s, s.End)
	p, err := live.stage.Change(t.Context(), s.ID, replay.Change{Speed: &paused})
	if err != nil {
		t.Fatal(err)
	}
	if p.Speed() != 0 || p.Time().After(before.Time()) {
		t.Errorf("it goes on at speed %v at %v, where it stood at %v", p.Speed(), p.Time(), before.Time())
	}
	live.kill()
}
