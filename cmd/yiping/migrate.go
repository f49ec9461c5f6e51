package main

import (
	"context"
)

type migrateCommand struct{}

// Run opens the database, which brings its schema up to date.
func (*migrateCommand) Run(ctx context.Context, g *Globals) error {
	log := g.logger()
	db, err := openDatabase(ctx, g, log)
	if err != nil {
		return err
	}
	log.Info("schema is up to date")
	return db.close()
}
