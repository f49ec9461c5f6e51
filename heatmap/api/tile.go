package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"yiping/geo"
	"yiping/heatmap/tile"
	"yiping/layers"
	"yiping/layers/api"
)

// tile answers GET /heat/tiles/{z}/{x}/{y}.mvt. Clients keep it, but ask again each time.
func (h *handlers) tile(w http.ResponseWriter, r *http.Request) error {
	row, ok := strings.CutSuffix(r.PathValue("y"), ".mvt")
	if !ok {
		return fmt.Errorf("%w: tiles are at /heat/tiles/{z}/{x}/{y}.mvt", layers.ErrNotFound)
	}
	id, err := geo.ParseTileID(r.PathValue("z"), r.PathValue("x"), row)
	if err != nil {
		return layers.InputErrorf("tile", "%v", err)
	}
	values, err := api.ReadQuery(r, "run")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	data, err := tile.Encode(run.Engine.Frame(), id, run.Engine.Rules())
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	if len(data) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	tag := fmt.Sprintf(`"%016x"`, xxhash.Sum64(data))
	header.Set("ETag", tag)
	if api.Unchanged(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	header.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data) // a client that has gone is nobody's error
	return nil
}
