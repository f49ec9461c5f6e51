package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A feature can be asked for as it was, its versions be listed page by page, and
// an old version is no licence to overwrite the new one.
func TestFeatureAsOf(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 4)
	execute(t, conn, `INSERT INTO city.component (id, class, state, updated_at, geom)
		VALUES (7, '01001', '完好', '2026-01-01T00:00:00Z', 'SRID=4326;POINT(121.5 31.2)')`)
	feature := root + "/collections/component/items/7"
	changed := send(t, "PATCH", feature, `{"properties":{"state":"破损"}}`, "Content-Type", "application/merge-patch+json", "If-Match", "*")
	changed.wantStatus(t, http.StatusOK)
	if strings.Contains(string(changed.body), "valid_from") || !strings.Contains(string(changed.body), `"version-history"`) {
		t.Errorf("the answer to a write: %s", changed.body)
	}
	between := time.Date(2026, 1, 2, 8, 0, 0, 0, time.FixedZone("", 8*3600)).Format(time.RFC3339)
	old := ask(t, "GET", feature+query("datetime", between), nil)
	old.wantStatus(t, http.StatusOK)
	for _, part := range []string{`"state":"完好"`, `"valid_from":"2026-01-01T00:00:00Z"`, `"valid_to":"20`, `"rel":"latest-version"`} {
		if !strings.Contains(string(old.body), part) {
			t.Errorf("as of %s there is no %s: %s", between, part, old.body)
		}
	}
	now := ask(t, "GET", feature+query("datetime", time.Now().UTC().Format(time.RFC3339Nano)), nil)
	if !strings.Contains(string(now.body), `"state":"破损"`) || strings.Contains(string(now.body), "valid_to") {
		t.Errorf("as of now: %s", now.body)
	}
	send(t, "PATCH", feature, `{"properties":{"state":"完好"}}`, "Content-Type", "application/merge-patch+json",
		"If-Match", old.header.Get("ETag")).wantStatus(t, http.StatusPreconditionFailed)
	send(t, "DELETE", feature, "", "If-Match", "*").wantStatus(t, http.StatusNoContent)

	var states []any
	for next := feature + "/history?limit=1"; next != ""; {
		page := askItems(t, next)
		if len(page.Features) != 1 || page.NumberReturned != 1 || page.link("collection") != root+"/collections/component" {
			t.Fatalf("a page of one: %v", page)
		}
		states = append(states, page.Features[0].Properties["state"])
		next = page.link("next")
	}
	if diff := cmp.Diff([]any{"破损", "完好"}, states); diff != "" {
		t.Errorf("versions of the deleted feature (-want +got):\n%s", diff)
	}
	if page := askItems(t, feature+"/history"+query("datetime", between)); len(page.Features) != 1 || page.Features[0].Properties["state"] != "完好" {
		t.Errorf("versions at %s: %v", between, page.Features)
	}
	if got := ask(t, "GET", feature+"/history?f=html", nil); strings.Count(string(got.body), "datetime=20") != 2 {
		t.Errorf("the page of versions: %s", got.body)
	}
}

func TestHistoryInput(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 4)
	fillSample(t, conn, 1, 1)
	execute(t, conn, "INSERT INTO city.component (id, class, state, updated_at, geom) VALUES (1, '01001', '完好', '2026-01-01', 'SRID=4326;POINT(121.5 31.2)')")
	for _, c := range []struct {
		path          string
		status        int
		field, detail string
	}{
		{"component/items/1?datetime=2025-12-01T00:00:00Z", 404, "", "no feature 1 at 2025-12-01"},
		{"component/items/2?datetime=2026-02-01T00:00:00Z", 404, "", "no feature 2"},
		{"component/items/1?datetime=2025-12-01T00:00:00Z/..", 400, "datetime", "interval"},
		{"component/items/1?datetime=../..", 400, "datetime", "interval"},
		{"component/items/1?datetime=2026-02-01", 400, "datetime", "not a time"},
		{"component/items/1?datetime=", 400, "datetime", "not a time"},
		{"sample/items/1?datetime=2026-02-01T00:00:00Z", 400, "datetime", "keeps no history"},
		{"sample/items/1/history", 404, "", "keeps no history"},
		{"component/items/2/history", 404, "", "feature 2"},
		{"component/items/1/history?datetime=2027-01-01T00:00:00Z/2026-01-01T00:00:00Z", 400, "datetime", "before it begins"},
		{"component/items/1/history?cursor=7", 400, "cursor", "next link"},
		{"component/items/1/history?limit=0", 400, "limit", "from 1"},
	} {
		ask(t, "GET", root+"/collections/"+c.path, nil).wantProblem(t, c.status, c.field, c.detail)
	}
}
