package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

type dbCommand struct {
	Command []string `arg:"" optional:"" passthrough:"" help:"Command to run against the database; it gets PGHOST, PGUSER, PGDATABASE and YIPING_DB. Without one the database runs until interrupted."`
}

// Run keeps the embedded database up for as long as the command, or until the
// context ends.
func (c *dbCommand) Run(ctx context.Context, g *Globals) (err error) {
	if g.DB != "" {
		return errors.New("db runs the embedded database; leave --db out")
	}
	cluster, err := openCluster(ctx, g, g.logger())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	if len(c.Command) > 0 && c.Command[0] == "--" {
		c.Command = c.Command[1:]
	}
	if len(c.Command) == 0 {
		fmt.Println(cluster.URL())
		fmt.Printf("psql -h %s -U yiping yiping\n", cluster.SocketDir())
		select {
		case <-ctx.Done():
			return nil
		case <-cluster.Done():
			return errors.New("the database server ended; see the log")
		}
	}
	cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = append(os.Environ(), "PGHOST="+cluster.SocketDir(), "PGUSER=yiping", "PGDATABASE=yiping", "YIPING_DB="+cluster.URL())
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", c.Command[0], err)
	}
	return nil
}
