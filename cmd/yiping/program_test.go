//go:build e2e

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"yiping/layers/postgis/postgistest"
)

// served runs the program on a small demonstration city in which nothing moves by
// itself, lest pictures differ, and returns its address and its data directory.
func served(t *testing.T, scale string) (url, data string) {
	t.Helper()
	data = postgistest.Dir(t)
	p := start(t, "--data", data, "demo", "--no-sim", "--scale", scale, "--listen", "127.0.0.1:0",
		"--allow-origin", "http://127.0.0.1:*") // the sites of the page's tests
	return p.url, data
}

// process is the program while it serves.
type process struct {
	url    string
	cmd    *exec.Cmd
	ended  chan struct{} // when its log is at its end
	killed bool
}

// start runs the program until it serves. It must log no error, and unless it is
// killed stop cleanly in the end.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	// Not the test's own context: it ends before the cleanup that stops the program.
	p := &process{
		cmd:   exec.CommandContext(context.WithoutCancel(t.Context()), program(t), append([]string{"--log-json"}, args...)...),
		ended: make(chan struct{}),
	}
	log, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addresses := make(chan string, 1)
	go func() { // reads to the end, so that the program never waits for us
		defer close(p.ended)
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			var line struct{ Msg, URL, Level string }
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
				t.Logf("not a log line: %s", lines.Text())
				continue
			}
			if line.Level == "ERROR" {
				t.Errorf("the program logged an error: %s", lines.Text())
			}
			if line.Msg == "serving" {
				addresses <- strings.TrimSuffix(line.URL, "/")
			}
		}
	}()
	t.Cleanup(func() { p.stop(t) })
	select {
	case p.url = <-addresses:
	case <-p.ended:
		t.Fatal("the program ended before it served")
	}
	return p
}

// kill ends the program as kill -9 does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	p.killed = true
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	_ = p.cmd.Wait() // it says that it was killed
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	if p.killed {
		return
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	<-p.ended
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the program did not stop cleanly: %v", err)
	}
}

// The page's own end-to-end tests, in a real browser on the real program; then
// what GIS people do, on the same city.
func TestDemonstrationCity(t *testing.T) {
	url, data := served(t, "0.02")

	t.Run("pages", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), "npm", "--prefix", "../../frontend", "run", "e2e")
		cmd.Env = append(os.Environ(), "YIPING_URL="+url)
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Error(err)
		}
	})

	t.Run("examples", func(t *testing.T) { runExamples(t, url) })

	t.Run("OpenAPI linter", func(t *testing.T) { lintOpenAPI(t, url) })

	t.Run("OGC API with GDAL", func(t *testing.T) { walkWithGDAL(t, url) })

	t.Run("figures", func(t *testing.T) {
		var catalog struct {
			Collections []struct {
				ID      string
				Summary struct {
					Features     int
					LengthMetres float64 `json:"length_metres"`
					Sums         map[string]float64
				}
			}
		}
		if err := json.Unmarshal(ask(t, "GET", url+"/ogc/collections", nil).body, &catalog); err != nil {
			t.Fatal(err)
		}
		// One fiftieth of the published figures.
		want := map[string]int{"district": 16, "component": 299_000, "building": 20_000, "curtain_wall": 260, "heritage": 60, "compound": 280, "construction_site": 100}
		for _, c := range catalog.Collections {
			if n, ok := want[c.ID]; ok && c.Summary.Features != n {
				t.Errorf("%s has %d features, want %d", c.ID, c.Summary.Features, n)
			}
			if km := c.Summary.LengthMetres / 1000; c.ID == "pipeline" && (km < 536*0.999 || km > 536*1.001) {
				t.Errorf("%.2f km of pipelines, want 536 ± 0.1 %%", km)
			}
			if area := c.Summary.Sums["floor_area_m2"]; c.ID == "building" && (area < 26e6*0.99 || area > 26e6*1.01) {
				t.Errorf("%.0f m² of floors, want 26 million ± 1 %%", area)
			}
			if high := c.Summary.Sums["high_rise"]; c.ID == "curtain_wall" && high != 172 {
				t.Errorf("%v high-rise curtain walls, want 172", high)
			}
		}
	})

	t.Run("psql", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), "psql", "-XtA", "-h", data+"/run", "-U", "yiping", "yiping", "-c", `
			SELECT (SELECT count(*) FROM city.component WHERE NOT synthetic),
				(SELECT count(*) FROM city.component WHERE district IS NULL),
				(SELECT count(*) FROM city.component f, yiping.regions_at(f.geom) r
					WHERE (f.district, f.street, f.village) IS DISTINCT FROM (r.district, r.street, r.village)),
				(SELECT count(*) FROM city.building WHERE NOT ST_IsValid(geom)),
				(SELECT count(*) FROM city.component c LEFT JOIN city.component_class k ON k.code = c.class WHERE k.code IS NULL),
				(SELECT floors || ' floors, ' || height_metres || ' m' FROM city.curtain_wall WHERE name LIKE '%会德丰国际广场%')`).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got := strings.TrimSpace(string(out)); got != "0|0|0|0|0|61 floors, 270 m" {
			t.Errorf("psql says %s", got)
		}
	})

	t.Run("ogrinfo", func(t *testing.T) {
		for layer, geometry := range map[string]string{"component": "Point", "pipeline": "Line String", "building": "Multi Polygon"} {
			out, err := exec.CommandContext(t.Context(), "ogrinfo", "-so", "PG:host="+data+"/run user=yiping dbname=yiping", "city."+layer).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, want := range []string{"Geometry: " + geometry, `ID["EPSG",4326]`, "FID Column = id", "Geometry Column NOT NULL = geom"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("ogrinfo does not say %q of %s:\n%s", want, layer, out)
				}
			}
		}
	})
}
