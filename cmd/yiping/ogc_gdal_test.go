//go:build e2e

package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// GDAL's client of OGC API Features finds every layer, and walks one over many
// pages with a box and with a filter of its own.
func TestGDALWalksLayers(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 2345)
	execute(t, conn, "UPDATE city.sample SET label = 'a\"b,\\c' WHERE id = 77")
	ogrinfo := func(arguments ...string) string {
		t.Helper()
		arguments = append([]string{"-ro", "OAPIF:" + root, "-oo", "PAGE_SIZE=100"}, arguments...)
		out, err := exec.CommandContext(t.Context(), "ogrinfo", arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("ogrinfo %v: %v: %s", arguments, err, out)
		}
		return string(out)
	}
	fids := func(out string) []int64 {
		ids := []int64{}
		for _, m := range regexp.MustCompile(`OGRFeature\(sample\):(\d+)`).FindAllStringSubmatch(out, -1) {
			id, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		slices.Sort(ids) // those of a box come by place
		return ids
	}
	for _, name := range []string{"component", "building", "pipeline", "district", "sample"} {
		if out := ogrinfo(); !regexp.MustCompile(`\d+: ` + name).MatchString(out) {
			t.Errorf("ogrinfo does not list %s:\n%s", name, out)
		}
	}
	tests := []struct {
		name      string
		arguments []string
		sql       string
	}{
		{"all pages", nil, "ORDER BY id"},
		{"box", []string{"-spat", "121.45", "31.15", "121.5", "31.2"}, "WHERE geom && ST_MakeEnvelope(121.45,31.15,121.5,31.2,4326) ORDER BY id"},
		{"filter", []string{"-where", "kind = 'a' AND floors > 11"}, "WHERE kind = 'a' AND floors > 11 ORDER BY id"},
		{"box and filter", []string{"-spat", "121.45", "31.15", "121.55", "31.25", "-where", "height >= 6"}, "WHERE geom && ST_MakeEnvelope(121.45,31.15,121.55,31.25,4326) AND height >= 6 ORDER BY id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fids(ogrinfo(append(tt.arguments, "-q", "sample")...))
			if diff := cmp.Diff(got, idsInSQL(t, conn, tt.sql)); diff != "" {
				t.Errorf("features (-got +want):\n%s", diff)
			}
		})
	}
	t.Run("one feature", func(t *testing.T) {
		out := ogrinfo("-q", "-fid", "77", "sample")
		for _, want := range []string{`label \(String\) = a"b,\\c`, `kind \(String\) = c`, `floors \(Integer\) = 8`, `POINT \(121\.\d+ 31\.\d+\)`} {
			if !regexp.MustCompile(want).MatchString(out) {
				t.Errorf("feature 77 lacks %s:\n%s", want, out)
			}
		}
	})
	t.Run("schema", func(t *testing.T) {
		out := ogrinfo("-so", "sample")
		for _, want := range []string{"Geometry: Point", "kind: String", "floors: Integer", "height: Real", fmt.Sprintf("Feature Count: %d", 2345)} {
			if !regexp.MustCompile(regexp.QuoteMeta(want)).MatchString(out) {
				t.Errorf("ogrinfo does not say %q:\n%s", want, out)
			}
		}
	})
}
