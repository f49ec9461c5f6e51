package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/procfs"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/tiles"
)

// engines measures the engines one after another, each behind a server of its own
// on loopback.
func (b *benchTiles) engines(ctx context.Context, store *postgis.Store) error {
	for _, name := range b.command.Engine {
		measure := b.postgis
		if name == "image" {
			measure = b.image
		}
		if err := measure(ctx, store); err != nil {
			return fmt.Errorf("engine %s: %w", name, err)
		}
	}
	return nil
}

// image measures tiles from memory: how long the images take to build and how
// large they are, then the tiles. Statistics need the regions too.
func (b *benchTiles) image(ctx context.Context, store *postgis.Store) error {
	dir, err := os.MkdirTemp("", "yiping-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	images := benchImages{}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(append(layers.RegionColumns(), b.command.Layers...)))) {
		l, err := store.Catalog().Layer(name)
		if err != nil {
			return err
		}
		if images[name], err = b.build(ctx, store, l, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	debug.FreeOSMemory()
	if err := b.resident(); err != nil {
		return err
	}
	engine := tiles.New(tiles.Config{Store: store, Images: images})
	return b.behind(ctx, func(handle api.Handle) {
		api.Register(handle, store)
		api.RegisterStats(handle, newImageStats(store, images, slog.New(slog.DiscardHandler)))
		engine.Register(handle)
	}, func(client *bench.Client) error {
		if err := b.learn(ctx, client); err != nil {
			return err
		}
		walk := b.walk(b.command.Seed)
		for _, phase := range []string{"cold", "warm"} {
			if err := b.phase(ctx, client, "image", phase, walk); err != nil {
				return err
			}
		}
		if err := b.filtered(ctx, client, "image", walk); err != nil {
			return err
		}
		if err := b.changes(ctx, client, images, engine, walk); err != nil {
			return err
		}
		if err := b.statistics(ctx, client, "image"); err != nil {
			return err
		}
		return b.resident()
	})
}

// postgis measures the reference: one statement a tile, nothing cached here.
func (b *benchTiles) postgis(ctx context.Context, store *postgis.Store) error {
	return b.behind(ctx, func(handle api.Handle) {
		api.Register(handle, store)
		api.RegisterStats(handle, store)
		handle("GET /tiles/{layers}/{z}/{x}/{y}", referenceTiles{store}.tile)
	}, func(client *bench.Client) error {
		if err := b.learn(ctx, client); err != nil {
			return err
		}
		if b.command.Filter != "" {
			b.log.Warn("tiles of PostGIS have no filters and are not measured")
			return b.statistics(ctx, client, "postgis")
		}
		for _, phase := range []string{"cold", "warm"} {
			if err := b.phase(ctx, client, "postgis", phase, b.walk(b.command.Seed)); err != nil {
				return err
			}
		}
		return b.statistics(ctx, client, "postgis")
	})
}

func (b *benchTiles) figure(name, layer string, value float64, unit string) {
	b.report.Figures = append(b.report.Figures, bench.Figure{Engine: "image", Figure: name, Layer: layer, Value: value, Unit: unit})
}

// resident reports the memory of this process, which is the server and the
// client together.
func (b *benchTiles) resident() error {
	process, err := procfs.Self()
	if err != nil {
		return err
	}
	stat, err := process.Stat()
	if err != nil {
		return err
	}
	b.figure("resident", "", float64(stat.ResidentMemory()), "By")
	return nil
}

// behind runs a server with handlers on loopback while measure asks it.
func (b *benchTiles) behind(ctx context.Context, register func(api.Handle), measure func(*bench.Client) error) (err error) {
	mux := http.NewServeMux()
	register(func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { answerBench(w, r, b.log, h) })
	})
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer func() {
		err = errors.Join(err, server.Close())
		if cause := <-ended; !errors.Is(cause, http.ErrServerClosed) {
			err = errors.Join(err, cause)
		}
	}()
	client := bench.NewClient("http://"+listener.Addr().String(), b.command.Connections)
	defer client.Close()
	return measure(client)
}

func answerBench(w http.ResponseWriter, r *http.Request, log *slog.Logger, h func(http.ResponseWriter, *http.Request) error) {
	sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	if err := h(sw, r); err != nil {
		writeProblem(sw, r, log, rand.Text()[:12], err)
	}
}

// benchImages are images by layer. The benchmark loads them itself.
type benchImages map[string]*image.Image

var _ tiles.Images = benchImages{}

// View is the image of a layer; nil for a layer that is not measured.
func (b benchImages) View(layer string) *image.View {
	if i, ok := b[layer]; ok {
		return i.View()
	}
	return nil
}

// build makes the image of a layer twice, from the database and from a snapshot
// file, and reports how long each took. The second one is measured further: it is
// what serves after a restart.
func (b *benchTiles) build(ctx context.Context, store *postgis.Store, l *layers.Layer, file string) (*image.Image, error) {
	start := time.Now()
	built, err := buildImage(ctx, store, l)
	if err != nil {
		return nil, err
	}
	b.figure("build", l.Name, time.Since(start).Seconds(), "s")
	if err := built.SaveSnapshot(file, "bench"); err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	b.figure("snapshot", l.Name, float64(info.Size()), "By")
	start = time.Now()
	restored := image.New(l)
	if err := restored.OpenSnapshot(file); err != nil {
		return nil, err
	}
	b.figure("restore", l.Name, time.Since(start).Seconds(), "s")
	b.figure("memory", l.Name, float64(restored.Memory().Bytes()), "By")
	b.log.Info("built", "layer", l.Name, "features", restored.View().Len())
	return restored, nil
}

// buildImage makes the image of a layer from the database.
func buildImage(ctx context.Context, store *postgis.Store, l *layers.Layer) (*image.Image, error) {
	i := image.New(l)
	batches, cut, _, err := store.ReadImage(ctx, l, i.NewBatch)
	if err != nil {
		return nil, err
	}
	return i, i.Load(batches, cut, "")
}

// referenceTiles serves what PostGIS makes, compressed for each request.
type referenceTiles struct{ store *postgis.Store }

func (t referenceTiles) tile(w http.ResponseWriter, r *http.Request) error {
	row, _ := strings.CutSuffix(r.PathValue("y"), ".mvt")
	id, err := geo.ParseTileID(r.PathValue("z"), r.PathValue("x"), row)
	if err != nil {
		return &layers.InputError{Field: "tile", Reason: err.Error()}
	}
	var ls []*layers.Layer
	for name := range strings.SplitSeq(r.PathValue("layers"), ",") {
		l, err := t.store.Catalog().Layer(name)
		if err != nil {
			return err
		}
		ls = append(ls, l)
	}
	data, err := t.store.Tile(r.Context(), ls, id)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Encoding", "gzip")
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	_, err = z.Write(data)
	return errors.Join(err, z.Close())
}
