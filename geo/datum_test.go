package geo_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
)

func TestParseDatum(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		want geo.Datum
		err  string
	}{
		{in: "wgs84", want: geo.WGS84},
		{in: "WGS-84", want: geo.WGS84},
		{in: " CGCS2000 ", want: geo.CGCS2000},
		{in: "gcj02", want: geo.GCJ02},
		{in: "GCJ-02", want: geo.GCJ02},
		{in: "bd_09", want: geo.BD09},
		{in: "EPSG:4326", want: geo.WGS84},
		{in: "epsg:4490", want: geo.CGCS2000},
		{in: "epsg:2263", want: geo.Datum(2263)},
		{in: "", err: `datum "" is not known: write wgs84, cgcs2000, gcj02, bd09 or EPSG:n`},
		{in: "mars", err: `datum "mars" is not known: write wgs84, cgcs2000, gcj02, bd09 or EPSG:n`},
		{in: "EPSG:", err: `datum "EPSG:": an EPSG code is a number from 1 to 998999`},
		{in: "EPSG:0", err: `datum "EPSG:0": an EPSG code is a number from 1 to 998999`},
		{in: "EPSG:-1", err: `datum "EPSG:-1": an EPSG code is a number from 1 to 998999`},
		{in: "EPSG:999000", err: `datum "EPSG:999000": an EPSG code is a number from 1 to 998999`},
	} {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got, err := geo.ParseDatum(tt.in)
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if msg := text(err); msg != tt.err {
				t.Errorf("got error %q, want %q", msg, tt.err)
			}
		})
	}
}

func TestDatumFacts(t *testing.T) {
	t.Parallel()
	type facts struct {
		Name   string
		SRID   int
		Native bool
	}
	for _, tt := range []struct {
		datum geo.Datum
		want  facts
	}{
		{geo.Unstated, facts{"", 0, false}},
		{geo.WGS84, facts{"WGS84", 4326, true}},
		{geo.CGCS2000, facts{"CGCS2000", 4490, true}},
		{geo.GCJ02, facts{"GCJ02", 0, true}},
		{geo.BD09, facts{"BD09", 0, true}},
		{geo.Datum(2263), facts{"EPSG:2263", 2263, false}},
	} {
		got := facts{tt.datum.String(), tt.datum.SRID(), tt.datum.Native()}
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%v: got − want +\n%s", tt.datum, diff)
		}
		data, err := json.Marshal(tt.datum)
		if err != nil {
			t.Fatal(err)
		}
		var back geo.Datum
		if err := json.Unmarshal(data, &back); err != nil || back != tt.datum {
			t.Errorf("%s came back as %v, %v", data, back, err)
		}
	}
}

// gcoord's own tests allow 1e-4 degrees from WGS 84 to GCJ-02 and 1e-5 from
// GCJ-02 to BD-09. The largest differences found are 7.4e-6 and 9.9e-8, so the
// bounds here are ten and fifty times tighter.
func TestDatumAgainstGcoord(t *testing.T) {
	t.Parallel()
	var cities []struct {
		Attrs  struct{ Name string }
		Coords struct{ WGS84, GCJ02, BD09 orb.Point }
	}
	file := filepath.Join(sharedData(t), "gcj02-vectors", "china-cities.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("the gcoord fixture is absent: %v", err)
	}
	if err := json.Unmarshal(data, &cities); err != nil {
		t.Fatal(err)
	}
	var worst struct{ gcj, bd, wgsBack, gcjBack float64 }
	for _, c := range cities {
		worst.gcj = max(worst.gcj, apart(geo.GCJ02.FromWGS84(c.Coords.WGS84), c.Coords.GCJ02))
		worst.wgsBack = max(worst.wgsBack, apart(geo.GCJ02.ToWGS84(c.Coords.GCJ02), c.Coords.WGS84))
		// BD-09 from GCJ-02 alone: through WGS 84 and back is the identity to 1e-9.
		worst.bd = max(worst.bd, apart(geo.BD09.FromWGS84(geo.GCJ02.ToWGS84(c.Coords.GCJ02)), c.Coords.BD09))
		worst.gcjBack = max(worst.gcjBack, apart(geo.GCJ02.FromWGS84(geo.BD09.ToWGS84(c.Coords.BD09)), c.Coords.GCJ02))
	}
	t.Logf("%d cities, largest differences in degrees: %+v", len(cities), worst)
	if len(cities) < 300 {
		t.Errorf("only %d cities in the fixture", len(cities))
	}
	if worst.gcj > 1e-5 || worst.wgsBack > 1e-5 || worst.bd > 2e-7 || worst.gcjBack > 2e-7 {
		t.Errorf("differences exceed the tolerances: %+v", worst)
	}
}

// At the Bund GCJ-02 lies about 427 m east and 219 m south of WGS 84.
func TestGCJ02AtTheBund(t *testing.T) {
	t.Parallel()
	bund := orb.Point{121.4903, 31.2380}
	g := geo.GCJ02.FromWGS84(bund)
	const metresPerDegree = 111320
	east := (g[0] - bund[0]) * metresPerDegree * math.Cos(bund[1]*math.Pi/180)
	north := (g[1] - bund[1]) * metresPerDegree
	if math.Abs(east-427) > 5 || math.Abs(north+219) > 5 {
		t.Errorf("shift is %.0f m east, %.0f m north; want about 427, −219", east, north)
	}
}

func TestDatumRoundTrip(t *testing.T) {
	t.Parallel()
	const seed, points, near = 20261121, 20000, 0.03
	r := rand.New(rand.NewPCG(seed, 0))
	box := geo.ChinaBound()
	for _, d := range []geo.Datum{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} {
		for range points {
			p := orb.Point{
				box.Min[0] + near + r.Float64()*(box.Max[0]-box.Min[0]-2*near),
				box.Min[1] + near + r.Float64()*(box.Max[1]-box.Min[1]-2*near),
			}
			if e := apart(d.ToWGS84(d.FromWGS84(p)), p); e > 1e-9 {
				t.Fatalf("%v: %v comes back %g degrees off (seed %d)", d, p, e, seed)
			}
			if e := apart(d.FromWGS84(d.ToWGS84(p)), p); e > 1e-9 {
				t.Fatalf("%v: %v goes out %g degrees off (seed %d)", d, p, e, seed)
			}
		}
	}
}

func TestGCJ02OutsideChina(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]orb.Point{
		"Monaco": {7.42, 43.73}, "New York": {-73.96, 40.8}, "Sydney": {151.2, -33.9},
		"null island": {0, 0}, "date line": {180, 0}, "pole": {0, 90},
	} {
		if got := geo.GCJ02.FromWGS84(p); got != p {
			t.Errorf("%s: to GCJ-02 moved to %v", name, got)
		}
		if got := geo.GCJ02.ToWGS84(p); got != p {
			t.Errorf("%s: from GCJ-02 moved to %v", name, got)
		}
	}
}

// FuzzDatum checks that no coordinate makes a conversion hang or panic.
func FuzzDatum(f *testing.F) {
	f.Add(121.49, 31.24)
	f.Add(105.0, 35.0)
	f.Add(math.Inf(1), math.NaN())
	f.Add(-1e300, 1e300)
	f.Fuzz(func(t *testing.T, lon, lat float64) {
		p := orb.Point{lon, lat}
		for _, d := range []geo.Datum{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} {
			q := d.FromWGS84(p)
			d.ToWGS84(p)
			if geo.CheckPoint(p) == nil && geo.CheckFinite(q) != nil {
				t.Errorf("%v: %v became %v", d, p, q)
			}
		}
	})
}

func apart(a, b orb.Point) float64 {
	return max(math.Abs(a[0]-b[0]), math.Abs(a[1]-b[1]))
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// sharedData is the folder of the shared test data, or it skips the test.
func sharedData(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("YIPING_TEST_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no go.mod above the working directory: set YIPING_TEST_DATA to the folder of the shared data")
		}
		dir = up
	}
	data := filepath.Join(filepath.Dir(dir), "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("the shared data is absent: set YIPING_TEST_DATA to its folder")
	}
	return data
}
