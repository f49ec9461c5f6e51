package postgis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// MinServerVersion is the oldest PostgreSQL major version that is supported.
const MinServerVersion = 15

// installCommand mends a machine without a usable server, on Debian and Ubuntu.
const installCommand = "sudo apt-get install postgresql-postgis"

// Server is an installed PostgreSQL with PostGIS.
type Server struct {
	// Major is the major version, such as 15.
	Major int
	// BinDir holds postgres and initdb.
	BinDir string
}

// Program returns the path of one of the server's programs.
func (s Server) Program(name string) string { return filepath.Join(s.BinDir, name) }

// FindServer returns the newest installed server that has PostGIS. With major
// not 0 only that version will do: a cluster is tied to the version that made
// it. binDir, if not empty, is the only place looked at.
func FindServer(ctx context.Context, binDir string, major int) (Server, error) {
	var found, bare []Server
	for _, dir := range serverDirs(binDir) {
		s, ok := inspectServer(ctx, dir)
		switch {
		case !ok || s.Major < MinServerVersion || (major != 0 && s.Major != major):
		case hasPostGIS(ctx, s):
			found = append(found, s)
		default:
			bare = append(bare, s)
		}
	}
	newest := func(a, b Server) int { return cmp.Compare(a.Major, b.Major) }
	switch {
	case len(found) > 0:
		return slices.MaxFunc(found, newest), nil
	case len(bare) > 0:
		v := slices.MaxFunc(bare, newest).Major
		return Server{}, fmt.Errorf("PostgreSQL %d is installed but PostGIS is not; run: sudo apt-get install postgresql-%d-postgis-3", v, v)
	case major != 0:
		return Server{}, fmt.Errorf("this data was made by PostgreSQL %d, which is not installed; run: sudo apt-get install postgresql-%d-postgis-3", major, major)
	default:
		return Server{}, errors.New("no PostgreSQL server with PostGIS is installed; run: " + installCommand)
	}
}

// serverDirs lists the places where distributions put the server's programs.
func serverDirs(binDir string) []string {
	if binDir != "" {
		return []string{binDir}
	}
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
		"/usr/pgsql-*/bin",          // Red Hat
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/pgsql/bin", // from source
	} {
		matches, _ := filepath.Glob(pattern) // the patterns are well formed
		dirs = append(dirs, matches...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	return dirs
}

// inspectServer asks the programs in dir for their version.
func inspectServer(ctx context.Context, dir string) (Server, bool) {
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return Server{}, false
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Server{}, false
	}
	// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
	_, rest, ok := strings.Cut(string(out), "(PostgreSQL) ")
	if !ok {
		return Server{}, false
	}
	digits, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(strings.TrimSpace(digits))
	return Server{Major: major, BinDir: dir}, err == nil
}

// hasPostGIS looks for the extension's control file where this server would.
func hasPostGIS(ctx context.Context, s Server) bool {
	share := filepath.Join(s.BinDir, "..", "share")
	if out, err := exec.CommandContext(ctx, s.Program("pg_config"), "--sharedir").Output(); err == nil {
		share = strings.TrimSpace(string(out))
	} else if strings.HasPrefix(s.BinDir, "/usr/lib/postgresql/") {
		// Debian ships pg_config in a development package.
		share = filepath.Join("/usr/share/postgresql", strconv.Itoa(s.Major))
	}
	_, err := os.Stat(filepath.Join(share, "extension", "postgis.control"))
	return err == nil
}
