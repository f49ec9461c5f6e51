package postgis

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// owner holds a data directory for one process. The kernel lets go of it when
// the process ends, however it ends.
type owner struct{ file *os.File }

// own takes the directory, or says which process holds it.
func own(dir string) (*owner, error) {
	path := filepath.Join(dir, "yiping.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close() //nolint:errcheck // only read
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		holder := make([]byte, 200)
		n, _ := f.Read(holder) // an unreadable note only makes the message poorer
		return nil, &InUseError{Dir: dir, Holder: strings.TrimSpace(string(holder[:n]))}
	}
	note := fmt.Sprintf("process %d (%s)\n", os.Getpid(), strings.Join(os.Args, " "))
	if err := errors.Join(f.Truncate(0), writeAt(f, note)); err != nil {
		return nil, errors.Join(fmt.Errorf("note the owner in %s: %w", path, err), f.Close())
	}
	return &owner{f}, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

func (o *owner) release() error { return o.file.Close() }

// InUseError says that another process runs on a data directory.
type InUseError struct {
	Dir    string
	Holder string
}

// Error names the holder and the ways out.
func (e *InUseError) Error() string {
	return fmt.Sprintf("data directory %s is in use by %s; stop it, or choose another with --data", e.Dir, e.Holder)
}
