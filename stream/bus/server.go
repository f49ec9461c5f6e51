package bus

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Bounds of the server in the process, in bytes.
const (
	// serverPayload is the length of a message, maxClientPending what waits for a
	// client that does not read, which is then cut off.
	serverPayload    = 2 * MaxData
	maxClientPending = 32 << 20
	// startWait is how long a server may take to be there; it takes milliseconds.
	startWait = 10 * time.Second
)

// startServer runs a NATS server in this process. It keeps nothing on disk.
func startServer(cfg Config) (*server.Server, error) {
	options := &server.Options{
		ServerName: cfg.Name, DontListen: cfg.Listen == "", NoLog: true, NoSigs: true,
		MaxPayload: serverPayload, MaxPending: maxClientPending,
	}
	if cfg.Listen != "" {
		host, port, err := net.SplitHostPort(cfg.Listen)
		if err != nil {
			return nil, fmt.Errorf("address of the bus: %w", err)
		}
		options.Host = host
		if options.Port, err = strconv.Atoi(port); err != nil {
			return nil, fmt.Errorf("address of the bus: port %q is not a number", port)
		}
		if options.Port == 0 {
			options.Port = server.RANDOM_PORT
		}
	}
	s, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("make the bus: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(startWait) {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, errors.New("start the bus on " + cfg.Listen + ": the address is taken, or cannot be listened on")
	}
	return s, nil
}

// URL is where others reach the server in this process; empty if they cannot.
func (b *Bus) URL() string {
	if b.own == nil || b.alone {
		return ""
	}
	return b.own.ClientURL()
}

func (b *Bus) stopServer() {
	if b.own != nil {
		b.own.Shutdown()
		b.own.WaitForShutdown()
	}
}
