//go:build e2e

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/postgis/postgistest"
)

// A square fills while the program is killed and started anew: its alarm goes on with
// its acknowledgement, rises, and nothing of it is told twice.
func TestAlarmOfAProgramThatIsKilled(t *testing.T) {
	data := postgistest.Dir(t)
	url, kill := serveKillable(t, data)
	t.Cleanup(func() { kill() })
	square := `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[121.485,31.24],[121.487,31.24],[121.487,31.242],[121.485,31.242],[121.485,31.24]]]},
		"properties":{"name":"广场","flow":"moving","usable_m2":40}}`
	send(t, "PUT", url+"/heat/places/square", square, "Content-Type", geoJSON).wantStatus(t, 201)
	type alarm struct {
		ID, Place, Level string
		Acknowledged     *struct{ By string }
	}
	open := func() []alarm {
		t.Helper()
		var got struct{ Alarms []alarm }
		if err := json.Unmarshal(ask(t, "GET", url+"/heat/alarms", nil).body, &got); err != nil {
			t.Fatal(err)
		}
		return got.Alarms
	}
	// fill has so many devices on the square until its alarm is at a level, from where it
	// cannot go while they are there.
	fill := func(devices int, level string) alarm {
		t.Helper()
		for {
			var pings strings.Builder
			for i := range devices {
				fmt.Fprintf(&pings, "{\"device\":\"d-%d\",\"t\":%d,\"lon\":121.486,\"lat\":31.241}\n", i, time.Now().UnixMilli())
			}
			send(t, "POST", url+"/heat/pings?synthetic=true", pings.String(), "Content-Type", "application/x-ndjson").wantStatus(t, 200)
			if all := open(); len(all) == 1 && all[0].Level == level {
				return all[0]
			}
		}
	}
	id := fill(100, "watch").ID
	send(t, "POST", url+"/heat/alarms/"+id+"/acknowledgement", `{"by":"李"}`, "Content-Type", "application/json").wantStatus(t, 200)
	kill()
	url, kill = serveKillable(t, data)
	if all := open(); len(all) != 1 || all[0].ID != id || all[0].Level != "watch" || all[0].Acknowledged == nil || all[0].Acknowledged.By != "李" {
		t.Errorf("after the first kill the open alarms are %+v", all)
	}
	if a := fill(250, "alarm"); a.ID != id || a.Acknowledged != nil {
		t.Errorf("after the first kill the alarm rises to %+v", a)
	}
	kill()
	url, kill = serveKillable(t, data)
	if all := open(); len(all) != 1 || all[0].ID != id || all[0].Level != "alarm" {
		t.Errorf("after the second kill the open alarms are %+v", all)
	}
	told := mustRunPsql(t, data, `SELECT kind || ' ' || (body->>'level') FROM yiping.event
		WHERE stream = 'alarms' AND kind IN ('begun', 'raised', 'lowered', 'acknowledged', 'ended') ORDER BY version`)
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(told), "\n"), []string{"begun watch", "acknowledged watch", "raised alarm"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	if gaps := mustRunPsql(t, data, "SELECT count(*) - max(version) FROM yiping.event WHERE stream = 'alarms'"); strings.TrimSpace(gaps) != "0" {
		t.Errorf("of the versions of the alarm %s are missing or twice", gaps)
	}
}
