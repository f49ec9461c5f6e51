package postgistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"yiping/layers/postgis"
)

// Main runs a package's tests and stops the cluster that they started.
func Main(m *testing.M) {
	code := m.Run()
	if err := shared.close(); err != nil {
		fmt.Fprintln(os.Stderr, "stop test cluster:", err)
		code = 1
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// New returns a Store on a fresh database that has the standard layers and no
// features. Both end with the test.
func New(tb testing.TB) *postgis.Store {
	tb.Helper()
	return Open(tb, URL(tb))
}

// Open returns a Store on a database that URL gave.
func Open(tb testing.TB, url string) *postgis.Store {
	tb.Helper()
	s, err := postgis.Open(tb.Context(), postgis.Config{URL: url, Log: slog.New(slog.NewTextHandler(tb.Output(), nil))})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// Conn returns a plain connection to a database, as any SQL client would have.
func Conn(tb testing.TB, url string) *pgx.Conn {
	tb.Helper()
	c, err := pgx.Connect(tb.Context(), url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// Dir makes a directory for a cluster that ends with the test. Unlike that of
// tb.TempDir, the server's own user may enter it when the tests run as root.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir, err := makeDir()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return dir
}

func makeDir() (string, error) {
	dir, err := os.MkdirTemp("", "yiping-test-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}

// URL returns the address of a fresh database with the standard layers.
func URL(tb testing.TB) string {
	tb.Helper()
	u, err := shared.database(tb)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// templates is how the names of migrated databases begin that tests copy. What
// other programs than this one would make is in their names too, so that a server
// that outlives a branch serves the next.
const templates = "yiping_test_template_"

// cluster is the one server of this process's tests.
type cluster struct {
	mu       sync.Mutex
	url      string
	dir      string
	template string
	own      *postgis.Cluster
}

// One cluster a process is the point of this package, and TestMain must reach
// it, so it is the one variable of the project.
var shared cluster //nolint:gochecknoglobals // see above

func (c *cluster) database(tb testing.TB) (string, error) {
	tb.Helper()
	ctx := tb.Context()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.open(ctx); err != nil {
		return "", err
	}
	// Tests that were killed leave theirs behind: numbers would come again.
	name := "yiping_test_" + strings.ToLower(rand.Text())
	if err := c.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+c.template); err != nil {
		return "", err
	}
	tb.Cleanup(func() {
		if err := c.exec(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("drop test database: %v", err)
		}
	})
	return withDatabase(c.url, name), nil
}

// open finds or starts the server and sees to the template, once.
func (c *cluster) open(ctx context.Context) error {
	if c.url != "" {
		return nil
	}
	address := os.Getenv("YIPING_TEST_DB")
	if address == "" {
		dir, err := makeDir()
		if err != nil {
			return err
		}
		c.dir = dir
		c.own, err = postgis.OpenCluster(context.WithoutCancel(ctx), postgis.ClusterConfig{Dir: dir, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
		address = c.own.URL()
	}
	c.url = address
	return c.makeTemplate(ctx)
}

func (c *cluster) makeTemplate(ctx context.Context) error {
	fingerprint, err := postgis.Fingerprint()
	if err != nil {
		return err
	}
	template := templates + fingerprint
	c.template = template
	conn, err := pgx.Connect(ctx, c.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	// Packages run as processes of their own; one of them makes the template.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", templates); err != nil {
		return err
	}
	var have bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&have); err != nil || have {
		return err
	}
	half := templates + "new"
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+half); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+half); err != nil {
		return err
	}
	s, err := postgis.Open(ctx, postgis.Config{URL: withDatabase(c.url, half), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	s.Close()
	_, err = conn.Exec(ctx, "ALTER DATABASE "+half+" RENAME TO "+template)
	return err
}

func (c *cluster) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, c.url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

func (c *cluster) close() error {
	if c.own == nil {
		return nil
	}
	return errors.Join(c.own.Close(), os.RemoveAll(c.dir))
}

func withDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		panic("YIPING_TEST_DB must be a postgres:// address, not " + address)
	}
	u.Path = path.Join("/", name)
	return u.String()
}
