// Command yiping is the geospatial digital twin of a city: one binary that runs
// the database, loads the layers, and serves the map.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"yiping/layers"
	"yiping/layers/postgis"
)

// Exit codes, for scripts.
const (
	exitOK       = 0
	exitFailure  = 1 // something went wrong while running
	exitUsage    = 2 // the command line or a given file is wrong
	exitRejected = 3 // the import is in, without the features it rejected
	exitInUse    = 4 // another process holds the data directory
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	var cli commandLine
	parser, err := kong.New(&cli,
		kong.Name("yiping"),
		kong.Description("一屏观天下: the digital twin of a city. Every flag can also be a YIPING_… environment variable."),
		kong.UsageOnError(),
		kong.DefaultEnvars("YIPING"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "yiping:", err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "yiping:", err)
		return exitUsage
	}
	return exitCode(command.Run(&cli.Globals))
}

// errRejected says that an import left features out.
var errRejected = errors.New("some features were rejected")

// exitCode reports an error, once, and turns it into the program's answer.
func exitCode(err error) int {
	var input *layers.InputError
	var inUse *postgis.InUseError
	if err == nil || errors.Is(err, context.Canceled) {
		return exitOK
	}
	fmt.Fprintln(os.Stderr, "yiping:", err)
	switch {
	case errors.Is(err, errRejected):
		return exitRejected
	case errors.As(err, &inUse):
		return exitInUse
	case errors.As(err, &input), errors.Is(err, layers.ErrNotFound), errors.Is(err, layers.ErrConflict):
		return exitUsage
	default:
		return exitFailure
	}
}
