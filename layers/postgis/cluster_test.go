package postgis_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

func openCluster(t *testing.T, dir string) *postgis.Cluster {
	t.Helper()
	c, err := postgis.OpenCluster(t.Context(), postgis.ClusterConfig{Dir: dir, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// query asks a database for one text, connecting anew.
func query(ctx context.Context, url, sql string) (string, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing hangs on it any more
	var text string
	err = conn.QueryRow(ctx, sql).Scan(&text)
	return text, err
}

func mustQuery(t *testing.T, url, sql string) string {
	t.Helper()
	text, err := query(t.Context(), url, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// keepWord commits something that must survive.
func keepWord(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // the test fails by what is missing later
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'yes' AS word"); err != nil {
		t.Fatal(err)
	}
}

func TestClusterKeepsDataAndItsOwner(t *testing.T) {
	dir := postgistest.Dir(t)
	first := openCluster(t, dir)
	keepWord(t, first.URL())

	// Only one process may own the directory, and the second is told which.
	_, err := postgis.OpenCluster(t.Context(), postgis.ClusterConfig{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	var inUse *postgis.InUseError
	if !errors.As(err, &inUse) {
		t.Fatalf("second owner: error = %v, want an InUseError", err)
	}
	if want := fmt.Sprintf("process %d", os.Getpid()); !strings.Contains(inUse.Holder, want) {
		t.Errorf("holder = %q, want it to name %s", inUse.Holder, want)
	}

	// The Unix socket is the only door.
	if got := mustQuery(t, first.URL(), "SHOW listen_addresses"); got != "" {
		t.Errorf("listen_addresses = %q, want none", got)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	again := openCluster(t, dir)
	if got := mustQuery(t, again.URL(), "SELECT word FROM kept"); got != "yes" {
		t.Errorf("after a restart the table holds %q, want yes", got)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClusterServerKilled(t *testing.T) {
	dir := postgistest.Dir(t)
	c := openCluster(t, dir)
	keepWord(t, c.URL())
	kill(t, serverPID(t, dir))
	awaitAnswer(t, c.URL())
	if got := mustQuery(t, c.URL(), "SELECT word FROM kept"); got != "yes" {
		t.Errorf("after kill -9 the table holds %q, want yes", got)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// A cluster whose owner was killed has no living server, and opens again with
// all that was committed.
func TestClusterOwnerKilled(t *testing.T) {
	dir := postgistest.Dir(t)
	owner := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestClusterOwnerProcess") //nolint:gosec // this very program
	owner.Env = append(os.Environ(), "YIPING_TEST_OWN="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "committed" {
	}
	kill(t, owner.Process.Pid)
	_ = owner.Wait() // killed, as it should be

	c := openCluster(t, dir)
	if got := mustQuery(t, c.URL(), "SELECT word FROM kept"); got != "yes" {
		t.Errorf("after kill -9 of the owner the table holds %q, want yes", got)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestClusterOwnerProcess is the process that TestClusterOwnerKilled kills.
func TestClusterOwnerProcess(t *testing.T) {
	dir := os.Getenv("YIPING_TEST_OWN")
	if dir == "" {
		t.Skip("only runs as a child of TestClusterOwnerKilled")
	}
	c := openCluster(t, dir)
	keepWord(t, c.URL())
	fmt.Println("committed")
	<-c.Done() // until the parent kills this process
}

func TestClusterUnfinishedInit(t *testing.T) {
	dir := postgistest.Dir(t)
	if err := os.MkdirAll(filepath.Join(dir, "pg.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := openCluster(t, dir)
	mustQuery(t, c.URL(), "SELECT 'answers'")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClusterLongPath(t *testing.T) {
	dir := filepath.Join(postgistest.Dir(t), strings.Repeat("d", 120))
	c := openCluster(t, dir)
	t.Cleanup(func() { _ = os.RemoveAll(c.SocketDir()) })
	if n := len(filepath.Join(c.SocketDir(), ".s.PGSQL.5432")); n > 107 {
		t.Errorf("socket path has %d bytes, more than the kernel takes", n)
	}
	mustQuery(t, c.URL(), "SELECT 'answers'")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClusterFaults(t *testing.T) {
	tests := []struct {
		name string
		cfg  func(t *testing.T) postgis.ClusterConfig
		want string
	}{
		{"no server", func(t *testing.T) postgis.ClusterConfig {
			t.Helper()
			return postgis.ClusterConfig{Dir: postgistest.Dir(t), BinDir: t.TempDir()}
		}, "run: sudo apt-get install postgresql-postgis"},
		{"server without PostGIS", func(t *testing.T) postgis.ClusterConfig {
			t.Helper()
			return postgis.ClusterConfig{Dir: postgistest.Dir(t), BinDir: bareServer(t, 16)}
		}, "PostgreSQL 16 is installed but PostGIS is not; run: sudo apt-get install postgresql-16-postgis-3"},
		{"data of another version", func(t *testing.T) postgis.ClusterConfig {
			t.Helper()
			dir := postgistest.Dir(t)
			if err := os.MkdirAll(filepath.Join(dir, "pg"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "pg", "PG_VERSION"), []byte("13\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return postgis.ClusterConfig{Dir: dir}
		}, "this data was made by PostgreSQL 13, which is not installed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := tt.cfg(t)
			cfg.Log = slog.New(slog.DiscardHandler)
			_, err := postgis.OpenCluster(t.Context(), cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want it to say %q", err, tt.want)
			}
		})
	}
}

// bareServer makes programs that answer as a PostgreSQL without PostGIS does.
func bareServer(t *testing.T, major int) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %d.1'\n", major)
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	return dir
}

func serverPID(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// awaitAnswer asks until the server is back.
func awaitAnswer(t *testing.T, url string) {
	t.Helper()
	for {
		if _, err := query(t.Context(), url, "SELECT 'answers'"); err == nil {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal("the server did not come back")
		}
	}
}
