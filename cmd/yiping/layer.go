package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"yiping/layers"
)

type layerCommand struct {
	Create  layerCreateCommand  `cmd:"" help:"Create a layer from a definition file."`
	List    layerListCommand    `cmd:"" help:"List the layers."`
	Show    layerShowCommand    `cmd:"" help:"Show one layer."`
	History layerHistoryCommand `cmd:"" help:"Keep earlier versions of a layer's features, for how long, or not."`
	Drop    layerDropCommand    `cmd:"" help:"Remove a layer with all its features."`
}

type layerCreateCommand struct {
	File string `short:"f" required:"" type:"existingfile" help:"Definition in YAML or JSON; docs/layers.md describes it."`
}

// Run creates the layer; the same definition again changes nothing.
func (c *layerCreateCommand) Run(ctx context.Context, g *Globals) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read definition: %w", err)
	}
	l, err := layers.ParseDefinition(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return withDatabase(ctx, g, func(db *database) error {
		if err := db.store.CreateLayer(ctx, l); err != nil {
			return err
		}
		fmt.Printf("layer %s is ready: table city.%s, tiles at /tiles/%s.json\n", l.Name, l.Name, l.Name)
		return nil
	})
}

type layerListCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints a line a layer.
func (c *layerListCommand) Run(ctx context.Context, g *Globals) error {
	return withDatabase(ctx, g, func(db *database) error {
		rows := make([]layerRow, 0)
		for _, l := range db.store.Catalog().Layers() {
			if err := db.store.Count(ctx, l.Name); err != nil {
				return err
			}
		}
		sums, err := db.store.Summaries(ctx)
		if err != nil {
			return err
		}
		for _, l := range db.store.Catalog().Layers() {
			rows = append(rows, layerRow{l.Name, l.Title, l.Geometry, sums[l.Name].Features, l.Owner, l.Datum})
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(rows)
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "LAYER\tTITLE\tGEOMETRY\tFEATURES\tDATUM\tOWNER")
		for _, r := range rows {
			fmt.Fprintf(w, "%s\t%s %s\t%s\t%d\t%s\t%s\n", r.Name, r.Title.Zh, r.Title.En, r.Geometry, r.Features, r.Datum, r.Owner)
		}
		return w.Flush()
	})
}

type layerRow struct {
	Name     string              `json:"name"`
	Title    layers.Text         `json:"title"`
	Geometry layers.GeometryType `json:"geometry_type"`
	Features int64               `json:"features"`
	Owner    string              `json:"owner"`
	Datum    string              `json:"datum"`
}

type layerShowCommand struct {
	Name string `arg:"" help:"Name of the layer."`
}

// Run prints the layer's catalog entry as JSON.
func (c *layerShowCommand) Run(ctx context.Context, g *Globals) error {
	return withDatabase(ctx, g, func(db *database) error {
		l, err := db.store.Catalog().Layer(c.Name)
		if err != nil {
			return err
		}
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(l)
	})
}

type layerDropCommand struct {
	Name string `arg:"" help:"Name of the layer."`
	Yes  bool   `help:"Do it: the features are gone for good."`
}

// Run removes the layer.
func (c *layerDropCommand) Run(ctx context.Context, g *Globals) error {
	if !c.Yes {
		return layers.InputErrorf("--yes", "dropping %s removes its features for good; say --yes to do it", c.Name)
	}
	return withDatabase(ctx, g, func(db *database) error { return db.store.DropLayer(ctx, c.Name) })
}

// withDatabase runs f on the database and closes it.
func withDatabase(ctx context.Context, g *Globals, f func(*database) error) error {
	db, err := openDatabase(ctx, g, g.logger())
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.close())
}
