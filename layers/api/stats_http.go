package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"yiping/layers"
)

// StatsStore is what the handlers of statistics and regions need of a database.
type StatsStore interface {
	// Catalog is the set of layers now.
	Catalog() *layers.Catalog
	// Sources tells where the features of each layer come from.
	Sources(ctx context.Context) (map[string][]layers.Source, error)
	// Stats works out the cells of a query, all at one cut. It returns at most
	// layers.MaxStatsGroups+1 of them.
	Stats(ctx context.Context, q *layers.StatsQuery) (*layers.StatsCells, error)
	// RegionsAt tells in which regions a point (lon, lat) lies.
	RegionsAt(ctx context.Context, lon, lat float64) (*layers.RegionChain, error)
	// Regions lists all regions, coarse to fine and then by code, with areas.
	Regions(ctx context.Context) ([]layers.Region, error)
}

// RegisterStats adds the handlers of statistics and of regions.
//
//	GET /stats/{layer}?by=district,street,class&measures=count&filter=…
//	GET /regions?point=121.49,31.24
//	GET /regions
func RegisterStats(handle Handle, store StatsStore) {
	h := statsHandlers{store}
	handle("GET /stats/{layer}", h.stats)
	handle("GET /regions", h.regions)
}

type statsHandlers struct{ store StatsStore }

// stats answers GET /stats/{layer}.
func (h statsHandlers) stats(w http.ResponseWriter, r *http.Request) error {
	l, err := h.store.Catalog().Layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	p, err := readParameters(r, statsParameters()...)
	if err != nil {
		return err
	}
	q, err := parseStats(l, p)
	if err != nil {
		return err
	}
	f, err := p.negotiate(w, r, jsonFormat, csvFormat)
	if err != nil {
		return err
	}
	cells, err := h.store.Stats(r.Context(), q)
	if err != nil {
		return err
	}
	table, err := newStatsTable(q, cells)
	if err != nil {
		return err
	}
	if f == csvFormat {
		return table.writeCSV(w)
	}
	sources, err := h.store.Sources(r.Context())
	if err != nil {
		return err
	}
	data, err := table.json(mark([]collection{{Sources: sources[l.Name]}}))
	if err != nil {
		return err
	}
	return writeJSON(w, "application/json", data)
}

// statsTable is an answer before it is rendered.
type statsTable struct {
	q       *layers.StatsQuery
	cut     layers.Cut
	levels  [][]layers.StatsCell // of each level of q
	regions map[string]map[string]layers.Region
	city    layers.Region // area and population of all districts together
}

func newStatsTable(q *layers.StatsQuery, cells *layers.StatsCells) (*statsTable, error) {
	t := &statsTable{q: q, cut: cells.Cut, regions: map[string]map[string]layers.Region{}}
	groups := 0
	for _, level := range q.Levels {
		all := layers.RollUp(cells.Cells, level)
		t.levels = append(t.levels, all)
		groups += len(all)
	}
	if max(groups, len(cells.Cells)) > layers.MaxStatsGroups {
		return nil, layers.InputErrorf("by", "gives more than %d groups; ask for coarser regions, for other properties, or with a filter", layers.MaxStatsGroups)
	}
	for _, r := range cells.Regions {
		if t.regions[r.Level] == nil {
			t.regions[r.Level] = map[string]layers.Region{}
		}
		t.regions[r.Level][r.Code] = r
	}
	t.city = wholeCity(t.regions["district"])
	return t, nil
}

// wholeCity adds the districts up; the population is known if all theirs are.
func wholeCity(districts map[string]layers.Region) layers.Region {
	var city layers.Region
	var people int64
	known := len(districts) > 0
	for _, d := range districts {
		city.AreaKM2 += d.AreaKM2
		if d.Population == nil {
			known = false
			continue
		}
		people += *d.Population
	}
	if known {
		city.Population = &people
	}
	return city
}

// region is the region of a group at its level; nil for the part that lies in
// none.
func (t *statsTable) region(level string, g *layers.StatsCell) *layers.Region {
	if level == layers.LevelCity {
		return &t.city
	}
	if r, ok := t.regions[level][g.Regions.Code(level)]; ok {
		return &r
	}
	return nil
}

// share divides a measure by the size of a region; nil where either is not
// known.
func share(value any, size float64) any {
	if size <= 0 {
		return nil
	}
	switch v := value.(type) {
	case int64:
		return float64(v) / size
	case float64:
		return v / size
	default:
		return nil
	}
}

// sizes are the area in km² and the population of a region; 0 where not known.
func sizes(r *layers.Region) (km2, heads float64) {
	if r == nil {
		return 0, 0
	}
	if r.Population != nil {
		heads = float64(*r.Population)
	}
	return r.AreaKM2, heads
}

// cutHeader carries the cut of an answer whose format has no place for it.
func cutHeader(c layers.Cut) string {
	return fmt.Sprintf("time=%q, xmin=%d", c.Time.UTC().Format(time.RFC3339Nano), c.Xmin)
}

// regionColumns are the region columns that the groups of a level show.
func regionColumns(level string) []string {
	return layers.RegionColumns()[:slices.Index(layers.RegionColumns(), level)+1]
}
