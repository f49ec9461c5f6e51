package postgis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sethvargo/go-retry"
)

// The one database and the one role of an embedded cluster.
const (
	clusterDatabase = "yiping"
	clusterRole     = "yiping"
)

// stopTimeout is how long a server may take to write its last checkpoint before
// it is cut short; it recovers from its log then.
const stopTimeout = 60 * time.Second

// ClusterConfig says where an embedded cluster lives.
type ClusterConfig struct {
	// Dir holds the cluster (pg), its socket (run) and its lock. It is made if
	// missing.
	Dir string
	// BinDir holds the server's programs. Defaults to the newest installed
	// server that has PostGIS.
	BinDir string
	// User runs the server when this process is root, because PostgreSQL
	// refuses to. Defaults to "postgres".
	User string
	Log  *slog.Logger
}

// Cluster is a private PostgreSQL server with PostGIS that this process owns.
type Cluster struct {
	cfg       ClusterConfig
	server    Server
	account   account
	owner     *owner
	socketDir string

	stop    context.CancelCauseFunc
	stopped chan struct{} // closed when supervise has ended
	err     error         // why, read after stopped
}

// errClosed ends a supervisor in the normal way.
var errClosed = errors.New("cluster closed")

// OpenCluster starts the cluster under cfg.Dir, making it first if there is
// none, and returns once it answers. A server that dies is started again. Errors
// say what is missing on the machine and how to mend it.
func OpenCluster(ctx context.Context, cfg ClusterConfig) (*Cluster, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	cfg.Dir = dir
	c := &Cluster{cfg: cfg, stopped: make(chan struct{})}
	if c.account, err = serverAccount(cfg.User); err != nil {
		return nil, err
	}
	if err := c.account.prepare(dir); err != nil {
		return nil, err
	}
	if c.owner, err = own(dir); err != nil {
		return nil, err
	}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(err, c.owner.release())
	}
	return c, nil
}

func (c *Cluster) open(ctx context.Context) (err error) {
	if c.server, err = FindServer(ctx, c.cfg.BinDir, clusterVersion(c.dataDir())); err != nil {
		return err
	}
	if c.socketDir, err = c.account.socketDir(c.cfg.Dir); err != nil {
		return err
	}
	if err := c.waitForOrphan(ctx); err != nil {
		return err
	}
	if err := c.initialise(ctx); err != nil {
		return err
	}
	life, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	c.stop = stop
	go c.supervise(life)
	if err := c.awaitReady(ctx); err != nil {
		return errors.Join(err, c.halt())
	}
	if err := c.createDatabase(ctx); err != nil {
		return errors.Join(err, c.halt())
	}
	return nil
}

// URL is the address of the cluster's database, for any PostgreSQL client.
func (c *Cluster) URL() string { return c.url(clusterDatabase) }

// SocketDir is the directory of the server's Unix socket, for psql -h.
func (c *Cluster) SocketDir() string { return c.socketDir }

// Server tells which installed server runs the cluster.
func (c *Cluster) Server() Server { return c.server }

// Done is closed when the server has ended for good.
func (c *Cluster) Done() <-chan struct{} { return c.stopped }

// Close stops the server, waits for it, and gives the directory up.
func (c *Cluster) Close() error {
	return errors.Join(c.halt(), c.owner.release())
}

func (c *Cluster) halt() error {
	c.stop(errClosed)
	<-c.stopped
	return c.err
}

func (c *Cluster) dataDir() string { return filepath.Join(c.cfg.Dir, "pg") }

func (c *Cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: url.Values{
		"host": {c.socketDir}, "user": {clusterRole},
	}.Encode()}
	return u.String()
}

// clusterVersion reads the major version that made a cluster; 0 without one.
func clusterVersion(dataDir string) int {
	text, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION"))
	if err != nil {
		return 0
	}
	v, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return v
}

// initialise makes the cluster beside its place and moves it there whole, so
// that an interrupted initdb leaves nothing behind that looks like one.
func (c *Cluster) initialise(ctx context.Context) error {
	if clusterVersion(c.dataDir()) != 0 {
		return nil
	}
	half := filepath.Join(c.cfg.Dir, "pg.new")
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("clear unfinished cluster: %w", err)
	}
	if err := c.account.mkdir(half); err != nil {
		return err
	}
	c.cfg.Log.Info("creating database cluster", "dir", c.dataDir(), "postgresql", c.server.Major)
	cmd := exec.CommandContext(ctx, c.server.Program("initdb"), "--pgdata", half,
		"--username", clusterRole, "--auth-local", "trust", "--auth-host", "reject",
		"--encoding", "UTF8", "--locale", "C.UTF-8")
	cmd.Dir = "/"
	cmd.SysProcAttr = c.account.sysProcAttr()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	if err := os.Rename(half, c.dataDir()); err != nil {
		return fmt.Errorf("move new cluster into place: %w", err)
	}
	return nil
}

// waitForOrphan waits until a server left over from a killed process has ended;
// it was told to when its parent died.
func (c *Cluster) waitForOrphan(ctx context.Context) error {
	return retry.Do(ctx, retry.WithMaxDuration(stopTimeout, retry.NewConstant(100*time.Millisecond)), func(context.Context) error {
		pid, ok := serverPID(c.dataDir())
		if !ok {
			return nil
		}
		return retry.RetryableError(fmt.Errorf("an earlier server (process %d) still runs on %s; if it does not end by itself: kill -INT %d", pid, c.dataDir(), pid))
	})
}

// serverPID finds a living postgres that holds the directory.
func serverPID(dataDir string) (int, bool) {
	text, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0, false
	}
	// The number may belong to somebody else by now; a zombie holds nothing.
	comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil || strings.TrimSpace(string(comm)) != "postgres" {
		return 0, false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return pid, err == nil && len(cmdline) > 0
}

// restarts bounds how often a server that keeps dying is started again: a
// passing fault goes away, a lasting one must be seen.
const restarts = 5

// steadyRun is how long a server must have run for its death to be a new fault.
const steadyRun = time.Minute

// errSteady ends one round of restarts, so that the next starts counting anew.
var errSteady = errors.New("database server ended after a steady run")

// supervise runs the server until it is stopped, and starts it again when it
// dies. One OS thread stays with it, because the kernel sends the parent-death
// signal when the thread that started the server ends.
func (c *Cluster) supervise(life context.Context) {
	runtime.LockOSThread()
	defer close(c.stopped)
	err := errSteady
	for errors.Is(err, errSteady) {
		backoff := retry.WithMaxRetries(restarts, retry.NewExponential(200*time.Millisecond))
		err = retry.Do(life, backoff, func(life context.Context) error {
			started := time.Now()
			err := c.runServer(life)
			switch {
			case life.Err() != nil:
				return err
			case time.Since(started) > steadyRun:
				c.cfg.Log.Warn("database server ended, starting it again", "cause", err)
				return errSteady
			}
			c.cfg.Log.Warn("database server ended, starting it again", "cause", err)
			return retry.RetryableError(fmt.Errorf("database server keeps ending: %w", err))
		})
	}
	if !errors.Is(context.Cause(life), errClosed) {
		c.err = err
	}
}

// runServer runs one server process to its end.
func (c *Cluster) runServer(life context.Context) error {
	args := []string{"-D", c.dataDir()}
	settings := serverSettings(machineMemory(), c.socketDir)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	messages := &serverMessages{log: c.cfg.Log}
	cmd := exec.CommandContext(life, c.server.Program("postgres"), args...)
	cmd.Dir = "/"
	cmd.Stderr = messages
	cmd.SysProcAttr = c.account.sysProcAttr()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT // never outlive the owner
	cmd.SysProcAttr.Setpgid = true             // Ctrl-C is for us; we stop the server in order
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = stopTimeout
	if err := cmd.Run(); err != nil && life.Err() == nil {
		return fmt.Errorf("postgres: %w: %s", err, messages.last)
	}
	return nil
}

// serverMessages passes the server's messages on by line, and keeps the last
// one for errors. Only the goroutine that copies the output writes to it.
type serverMessages struct {
	log  *slog.Logger
	part []byte
	last string
}

// Write takes a piece of the server's output.
func (m *serverMessages) Write(p []byte) (int, error) {
	m.part = append(m.part, p...)
	for {
		line, rest, ok := bytes.Cut(m.part, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		m.last = string(line)
		m.part = rest
		m.log.Debug("postgres", "message", m.last)
	}
}

// awaitReady returns once the server takes connections; crash recovery may
// come first. Each attempt that fails also looks whether the server is gone.
func (c *Cluster) awaitReady(ctx context.Context) error {
	return retry.Do(ctx, retry.NewConstant(50*time.Millisecond), func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, c.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.stopped:
			return fmt.Errorf("database server did not start: %w", c.err)
		default:
			return retry.RetryableError(err)
		}
	})
}

// createDatabase makes the database of a new cluster.
func (c *Cluster) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return fmt.Errorf("connect to new cluster: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing hangs on it any more
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)", clusterDatabase).Scan(&exists)
	if err != nil {
		return fmt.Errorf("look for database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{clusterDatabase}.Sanitize()); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}
