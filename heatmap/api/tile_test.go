package api_test

import (
	"net/http"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles/mvt/mvttest"
)

// Tiles say what cells say, are known again by their tags, and have no body where
// nobody is.
func TestTiles(t *testing.T) {
	url := server(t)
	post(t, url+"/heat/pings?synthetic=true", pingsAt(25, 121.4905, 31.2397), http.StatusOK)
	address := url + "/heat/tiles/" + geo.TileAt(orb.Point{121.4905, 31.2397}, 12).String() + ".mvt"
	ask := func(address, match string) (status int, tag string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("If-None-Match", match)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("ETag")
	}
	tile, err := mvttest.Decode(get(t, address, http.StatusOK))
	if err != nil {
		t.Fatal(err)
	}
	layer, _ := tile.Layer("heat")
	if len(layer.Features) != 1 || layer.Features[0].Properties["synthetic"] != true {
		t.Errorf("the tile has %+v", layer.Features)
	}
	_, tag := ask(address, "")
	if same, again := ask(address, tag); same != http.StatusNotModified || again != tag || tag == "" {
		t.Errorf("with the tag %s: %d, tag %s", tag, same, again)
	}
	if other, _ := ask(address, `"x"`); other != http.StatusOK {
		t.Errorf("with another tag: %d", other)
	}
	get(t, url+"/heat/tiles/12/0/0.mvt", http.StatusNoContent)
	get(t, url+"/heat/tiles/12/0/0", http.StatusNotFound)
	get(t, url+"/heat/tiles/12/0/4096.mvt", http.StatusBadRequest)
	get(t, address+"?bbox=1,2,3,4", http.StatusBadRequest)
	get(t, address+"?run=bund-1999", http.StatusNotFound)
}
