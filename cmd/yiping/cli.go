package main

import (
	"log/slog"
	"os"
)

// commandLine is every command and flag of the program.
type commandLine struct {
	Globals

	Demo    demoCommand    `cmd:"" help:"Generate the demonstration city if it is not there yet, and serve it."`
	Serve   serveCommand   `cmd:"" help:"Serve the layers: pages, tiles, features."`
	Import  importCommand  `cmd:"" help:"Import files into layers."`
	Export  exportCommand  `cmd:"" help:"Export a layer, or a part of it, to a file."`
	Layer   layerCommand   `cmd:"" help:"Create, list, show and drop layers."`
	Sim     simCommand     `cmd:"" help:"Let synthetic vehicles, patrols and sensors live in the city of a running service."`
	Bench   benchCommand   `cmd:"" help:"Measure a server or a database."`
	Replay  replayCommand  `cmd:"" help:"Have a running service play an evening of the heatmap, such as bund-2019."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema up to date and stop."`
	DB      dbCommand      `cmd:"" name:"db" help:"Run the embedded database alone, or a command (such as psql) against it."`
}

// Globals are the flags that all commands share.
type Globals struct {
	Data     string     `help:"Directory of the embedded database. Default: ${default}." default:"./var" type:"path" placeholder:"DIR"`
	DB       string     `name:"db" help:"Use this PostgreSQL with PostGIS instead of the embedded one." placeholder:"URL"`
	PGBin    string     `name:"pg-bin" help:"Directory of the server's programs. Default: the newest installed server with PostGIS." placeholder:"DIR"`
	LogLevel slog.Level `help:"Least level that is logged: debug, info, warn, error. Default: ${default}." default:"info"`
	LogJSON  bool       `name:"log-json" help:"Log JSON lines."`
}

// logger writes to standard error; standard output belongs to answers.
func (g *Globals) logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: g.LogLevel}
	if g.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
