package postgis

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// maxSocketPath is the kernel's limit for the path of a Unix socket
// (sockaddr_un.sun_path holds 108 bytes with its end).
const maxSocketPath = 107

// socketName is what the server calls its socket, on its default port.
const socketName = ".s.PGSQL.5432"

// account is the system user that runs the server: ours, or an unprivileged one
// when we are root.
type account struct {
	name     string
	uid, gid int
	switched bool // the server runs as somebody else than we
}

func serverAccount(name string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if name == "" {
		name = "postgres"
	}
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, fmt.Errorf("started by root, and PostgreSQL refuses to run as root; its user %q does not exist; run: %s", name, installCommand)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err1 != nil || err2 != nil || uid == 0 {
		return account{}, fmt.Errorf("user %q cannot run the database server: user id %s", name, u.Uid)
	}
	return account{name: name, uid: uid, gid: gid, switched: true}, nil
}

func (a account) sysProcAttr() *syscall.SysProcAttr {
	if !a.switched {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}}
}

// prepare makes the data directory and checks that the account can reach it.
func (a account) prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if !a.switched {
		return nil
	}
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return fmt.Errorf("look at data directory: %w", err)
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok && !a.mayPass(info.Mode(), st) {
			return fmt.Errorf("the database server runs as user %q, who cannot enter %s (mode %s); choose another --data, such as /var/lib/yiping, or run: chmod a+x %s", a.name, d, info.Mode().Perm(), d)
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

func (a account) mayPass(mode os.FileMode, st *syscall.Stat_t) bool {
	switch {
	case int(st.Uid) == a.uid:
		return mode&0o100 != 0
	case int(st.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// mkdir makes a directory that only the account may enter.
func (a account) mkdir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	if !a.switched {
		return nil
	}
	if err := os.Chown(dir, a.uid, a.gid); err != nil {
		return fmt.Errorf("give %s to user %s: %w", dir, a.name, err)
	}
	return nil
}

// socketDir makes the directory of the server's socket: beside the data, or in
// the system's temporary directory where that path would be too long.
func (a account) socketDir(dir string) (string, error) {
	d := filepath.Join(dir, "run")
	if len(filepath.Join(d, socketName)) > maxSocketPath {
		sum := sha256.Sum256([]byte(dir))
		d = filepath.Join(os.TempDir(), fmt.Sprintf("yiping-%d-%x", a.uid, sum[:6]))
		if len(filepath.Join(d, socketName)) > maxSocketPath {
			return "", fmt.Errorf("the path %s is too long for a socket, and so is %s; choose a shorter --data", dir, d)
		}
	}
	if err := a.mkdir(d); err != nil {
		return "", err
	}
	// A name in a shared directory may have been taken by somebody else.
	info, err := os.Lstat(d)
	if err != nil {
		return "", fmt.Errorf("look at socket directory: %w", err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() || !ok || int(st.Uid) != a.uid || info.Mode().Perm() != 0o700 {
		return "", fmt.Errorf("the socket directory %s is not ours (mode %s); remove it", d, info.Mode())
	}
	return d, nil
}
