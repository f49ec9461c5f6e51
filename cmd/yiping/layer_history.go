package main

import (
	"context"
	"fmt"
	"time"

	"yiping/layers"
)

type layerHistoryCommand struct {
	Name string `arg:"" help:"Name of the layer."`
	Days int    `help:"Forget versions so many days after they were replaced or deleted; 0 never." default:"0" placeholder:"N"`
	Off  bool   `help:"Keep no versions, and forget those that there are."`
}

// maxHistoryDays is some hundred years.
const maxHistoryDays = 36_500

// Run has the layer keep earlier versions, or not.
func (c *layerHistoryCommand) Run(ctx context.Context, g *Globals) error {
	switch {
	case c.Days < 0 || c.Days > maxHistoryDays:
		return layers.InputErrorf("--days", "%d is not 0 to %d", c.Days, maxHistoryDays)
	case c.Off && c.Days > 0:
		return layers.InputErrorf("--days", "goes with a history, not with --off")
	}
	return withDatabase(ctx, g, func(db *database) error {
		if err := db.store.SetHistory(ctx, c.Name, !c.Off, time.Duration(c.Days)*24*time.Hour); err != nil {
			return err
		}
		switch {
		case c.Off:
			fmt.Printf("layer %s keeps no earlier versions\n", c.Name)
		case c.Days > 0:
			fmt.Printf("layer %s keeps earlier versions for %d days\n", c.Name, c.Days)
		default:
			fmt.Printf("layer %s keeps earlier versions for ever\n", c.Name)
		}
		return nil
	})
}
