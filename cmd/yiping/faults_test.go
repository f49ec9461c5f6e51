//go:build e2e

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"yiping/layers/postgis/postgistest"
)

// These tests run the program itself, and take its ground away while it works.

// program is the binary under test.
func program(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/yiping")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; build it with: make build", err)
	}
	return path
}

// runProgram runs the program to its end and returns what it printed and its code.
func runProgram(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, code := runProgram(t, args...)
	if code != exitOK {
		t.Fatalf("yiping %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// places writes a CSV file of n places.
func places(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), fmt.Sprintf("places-%d.csv", n))
	var b bytes.Buffer
	b.WriteString("id,lon,lat,name,kind\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%.5f,%.5f,place %d,other\n", i, 121+float64(i%1000)/5000, 31+float64(i/1000)/5000, i)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// countPlaces asks the database how many places there are.
func countPlaces(t *testing.T, data string) int {
	t.Helper()
	out := mustRun(t, "--data", data, "db", "psql", "-XtAc", "SELECT count(*) FROM city.place")
	n, err := strconv.Atoi(strings.TrimSpace(out))
	if err != nil {
		t.Fatalf("psql said %q", out)
	}
	return n
}

func TestKilledDuringImport(t *testing.T) {
	for _, victim := range []string{"the program", "the database server"} {
		t.Run(victim, func(t *testing.T) {
			data := postgistest.Dir(t)
			mustRun(t, "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", places(t, 10))
			large := places(t, 400_000)
			cmd := exec.CommandContext(t.Context(), program(t), "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", large)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			awaitStaging(t, data, cmd.Process.Pid)
			pid := cmd.Process.Pid
			if victim != "the program" {
				pid = postmaster(t, data)
			}
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Fatalf("the import went well without %s:\n%s", victim, &out)
			}
			if got := countPlaces(t, data); got != 10 {
				t.Errorf("the layer holds %d places, want the 10 that it held", got)
			}
			mustRun(t, "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", large)
			if got := countPlaces(t, data); got != 400_000 {
				t.Errorf("after the next import the layer holds %d places, want 400000", got)
			}
		})
	}
}

// awaitStaging returns once the import has begun to stage features.
func awaitStaging(t *testing.T, data string, pid int) {
	t.Helper()
	url := "postgres:///yiping?user=yiping&host=" + filepath.Join(data, "run")
	for {
		if err := syscall.Kill(pid, 0); err != nil {
			t.Fatal("the import ended before it staged anything")
		}
		var staging bool
		conn, err := pgx.Connect(t.Context(), url)
		if err == nil {
			err = conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'COPY \"stage\\_%')").Scan(&staging)
			err = errors.Join(err, conn.Close(context.WithoutCancel(t.Context())))
		}
		if err == nil && staging {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal("no staging was seen")
		}
	}
}

func postmaster(t *testing.T, data string) int {
	t.Helper()
	f, err := os.Open(filepath.Join(data, "pg", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// A disk that fills up during an import fails it with a clear word, and once
// there is room again the next import succeeds.
func TestFullDiskDuringImport(t *testing.T) {
	data := postgistest.Dir(t)
	if err := unix.Mount("tmpfs", data, "tmpfs", 0, "size=260m,mode=711"); err != nil {
		t.Skipf("mounting a small disk needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(data, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	mustRun(t, "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", places(t, 10))
	ballast := filepath.Join(data, "ballast")
	fill(t, data, ballast, 12<<20)
	large := places(t, 200_000)
	out, code := runProgram(t, "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", large)
	if code != exitFailure || !strings.Contains(out, "disk is full") {
		t.Errorf("exit code %d, want %d and the word that the disk is full:\n%s", code, exitFailure, out)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if got := countPlaces(t, data); got != 10 {
		t.Errorf("the layer holds %d places, want the 10 that it held", got)
	}
	mustRun(t, "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", places(t, 20_000))
	if got := countPlaces(t, data); got != 20_000 {
		t.Errorf("with room again the layer holds %d places, want 20000", got)
	}
	// A city is refused before it fills a disk.
	out, code = runProgram(t, "--data", data, "demo", "--no-serve")
	if code != exitUsage || !strings.Contains(out, "GB free") {
		t.Errorf("exit code %d, want %d and the space that is missing:\n%s", code, exitUsage, out)
	}
}

// fill leaves so many bytes free.
func fill(t *testing.T, dir, path string, leave uint64) {
	t.Helper()
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, fs.Bavail*uint64(fs.Bsize)-leave), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSecondStartSaysWhoHoldsTheData(t *testing.T) {
	data := postgistest.Dir(t)
	mustRun(t, "--data", data, "migrate")
	holder := exec.CommandContext(t.Context(), program(t), "--data", data, "db", "cat")
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	echo, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, "up") // comes back once the database runs
	if _, err := bufio.NewReader(echo).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	out, code := runProgram(t, "--data", data, "layer", "list")
	if want := fmt.Sprintf("in use by process %d", holder.Process.Pid); code != exitInUse || !strings.Contains(out, want) {
		t.Errorf("exit code %d, want %d and %q:\n%s", code, exitInUse, want, out)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := holder.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestTakenPort(t *testing.T) {
	data := postgistest.Dir(t)
	url, _ := newServer(t)
	out, code := runProgram(t, "--data", data, "serve", "--listen", strings.TrimPrefix(url, "http://"))
	if code != exitFailure || !strings.Contains(out, "--listen") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(data, "pg")); err == nil {
		t.Error("a database was made before the port was tried")
	}
}
