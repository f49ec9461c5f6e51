package postgis_test

import (
	"context"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	"yiping/layers/postgis/postgistest"
	"yiping/stream/postgis"
)

// teller is a keeper of alarms that runs.
type teller struct {
	*alarm.Keeper
	source *alarm.Source
	stop   func()
}

// tellAlarms starts a keeper on a database.
func tellAlarms(t *testing.T, address string) *teller {
	t.Helper()
	k := alarm.NewKeeper(alarm.KeeperConfig{
		Store: postgis.New(postgistest.Open(t, address).Pool()), Settle: time.Minute, Lease: time.Second,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	stopped := false
	r := &teller{k, k.Open("bund-2019"), func() {
		if cancel(); stopped {
			return
		}
		stopped = true
		if err := <-ended; err != nil {
			t.Errorf("the keeper ended with %v", err)
		}
	}}
	t.Cleanup(r.stop)
	return r
}

// named is the address of a database whose connections have a name.
func named(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("application_name", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// see has a keeper hear of a place at a minute of the evening.
func (r *teller) see(minute int, density float64, level heatmap.Level) {
	p := aSquare("square")
	r.source.Observe(&heatmap.Frame{Time: aMinute(minute), Synthetic: true, Places: []heatmap.PlaceState{{
		Place: &p, Since: aMinute(-60), Devices: int(density * 1000), Density: density, Level: level, Next: level,
	}}})
}

// An alarm goes through keepers that follow each other and connections that are cut,
// and each of its events is there once.
func TestAlarmsOutliveTheirKeepers(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	address := conn.Config().ConnString()
	from := start(t, conn, log)
	first := tellAlarms(t, named(t, address, "first"))
	first.see(0, 2.1, heatmap.Watch)
	until(t, log, from, "A-1/1")
	if _, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'first'`); err != nil {
		t.Fatal(err)
	}
	first.see(1, 3.6, heatmap.Warn)
	until(t, log, from, "A-1/2")
	first.stop()
	second := tellAlarms(t, address)
	second.see(2, 3.6, heatmap.Warn) // what the first has told, if it could
	second.see(3, 5.1, heatmap.Alarm)
	second.see(4, 1, heatmap.Calm)
	second.stop()
	s := postgis.New(postgistest.Open(t, address).Pool())
	all, err := s.Alarms(t.Context(), "bund-2019", false, 10)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d alarms, error %v, want one", len(all), err)
	}
	a := all[0]
	if a.Open() || a.Highest != heatmap.Alarm || a.PeakDensity != 5.1 || a.Version != 4 {
		t.Errorf("the alarm is %+v", a)
	}
	if diff := cmp.Diff(until(t, log, from, "A-1/4"), []string{"A-1/1", "A-1/2", "A-1/3", "A-1/4"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
}
