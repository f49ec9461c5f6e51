package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"
)

// BenchmarkOGC asks a service that runs on a city of any size for pages and
// single components, and reports percentiles of the time until the last byte.
//
//	yiping --data DIR serve &
//	YIPING_BENCH_URL=http://127.0.0.1:8080 go test ./cmd/yiping -run ^$ -bench BenchmarkOGC -benchtime 300x
//
// Boxes have a component in their middle, which is where people look. -count 2
// tells a cold city from a warm one.
func BenchmarkOGC(b *testing.B) {
	service := os.Getenv("YIPING_BENCH_URL")
	if service == "" {
		b.Skip("YIPING_BENCH_URL names no service to measure")
	}
	connections := http.DefaultTransport.(*http.Transport).Clone()
	b.Cleanup(connections.CloseIdleConnections)
	c := speedClient{b, service + "/ogc/collections", &http.Client{Transport: connections}}
	var catalog struct {
		Summary struct{ Features int64 }
	}
	c.get("/component", &catalog)
	features := catalog.Summary.Features
	random := rand.New(rand.NewPCG(3, 14))
	anyone := func() speedFeature {
		for {
			var f speedFeature
			if c.get(fmt.Sprintf("/component/items/%d", 1+random.Int64N(features)), &f) == http.StatusOK {
				return f
			}
		}
	}
	boxOf := func(layer string, width, height float64) string {
		at := anyone().Geometry.Coordinates
		return fmt.Sprintf("/%s/items?limit=1000&bbox=%f,%f,%f,%f", layer, at[0]-width/2, at[1]-height/2, at[0]+width/2, at[1]+height/2)
	}
	box := func(width, height float64) string { return boxOf("component", width, height) }
	// deep walks some pages on, so that a page is none of the first ones.
	deep := func(address string, pages int) string {
		for range pages {
			var page featureCollection
			c.get(address, &page)
			next, err := url.Parse(page.link("next"))
			if err != nil || next.RawQuery == "" {
				b.Fatalf("%s has no next page: %v", address, err)
			}
			address = "/component/items?" + next.RawQuery
		}
		return address
	}
	filter := func(text string) string { return "&filter=" + url.QueryEscape(text) }
	const world = "/component/items?limit=1000&bbox=-180,-90,180,90"
	depth := min(10_000_000, features/2)
	memo := map[string]string{}
	// deepest finds the page at depth once, by offset, and follows its next link.
	deepest := func(address string) string {
		if memo[address] == "" {
			memo[address] = deep(fmt.Sprintf("%s&offset=%d", address, depth), 1)
		}
		return memo[address]
	}
	for _, bb := range []struct {
		name    string
		address func() string
	}{
		{"id", func() string { return fmt.Sprintf("/component/items/%d", 1+random.Int64N(features)) }},
		{"code", func() string { return "/component/items?limit=1" + filter("code = '"+anyone().Properties.Code+"'") }},
		{"page/first", func() string { return "/component/items?limit=1000" }},
		{"page/deep", func() string { return deepest("/component/items?limit=1000") }},
		{"world/first", func() string { return world }},
		{"world/deep", func() string { return deepest(world) }},
		{"box/0.002x0.002", func() string { return box(0.002, 0.002) }},
		{"box/0.02x0.016", func() string { return box(0.02, 0.016) }},
		{"box/0.1x0.08", func() string { return box(0.1, 0.08) }},
		{"box/0.4x0.3", func() string { return box(0.4, 0.3) }},
		{"box/0.1x0.08/next", func() string { return deep(box(0.1, 0.08), 3) }},
		{"box/0.1x0.08/class", func() string { return box(0.1, 0.08) + filter("class = '"+anyone().Properties.Class+"'") }},
		{"box/0.1x0.08/state", func() string { return box(0.1, 0.08) + filter("state = '破损'") }},
		{"box/0.1x0.08/not-state", func() string { return box(0.1, 0.08) + filter("state <> '完好'") }},
		{"box/0.1x0.08/rare", func() string { return box(0.1, 0.08) + filter("class = '01042'") }},
		{"box/0.1x0.08/installed", func() string { return box(0.1, 0.08) + filter("installed >= DATE('2020-01-01')") }},
		{"box/0.02x0.016/class", func() string { return box(0.02, 0.016) + filter("class = '"+anyone().Properties.Class+"'") }},
		{"box/0.4x0.3/class", func() string { return box(0.4, 0.3) + filter("class = '"+anyone().Properties.Class+"'") }},
		{"box/0.1x0.08/code", func() string { return box(0.1, 0.08) + filter("code = '"+anyone().Properties.Code+"'") }},
		{"building/0.02x0.016", func() string { return boxOf("building", 0.02, 0.016) }},
		{"building/0.1x0.08", func() string { return boxOf("building", 0.1, 0.08) }},
		{"building/0.4x0.3", func() string { return boxOf("building", 0.4, 0.3) }},
		{"pipeline/0.1x0.08", func() string { return boxOf("pipeline", 0.1, 0.08) }},
		{"road/0.1x0.08", func() string { return boxOf("road", 0.1, 0.08) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				address := bb.address()
				b.StartTimer()
				start := time.Now()
				c.get(address, nil)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			for _, percent := range []int{50, 90, 99, 100} {
				b.ReportMetric(float64(took[(len(took)-1)*percent/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", percent))
			}
		})
	}
}

type speedFeature struct {
	Geometry   struct{ Coordinates [2]float64 }
	Properties struct{ Code, Class string }
}

type speedClient struct {
	b           *testing.B
	collections string
	client      *http.Client
}

// get reads an answer to its end, into v unless it is nil, and returns its
// status: that of a feature, or that there is none.
func (c speedClient) get(address string, v any) int {
	c.b.Helper()
	r, err := http.NewRequestWithContext(c.b.Context(), http.MethodGet, c.collections+address, nil)
	if err != nil {
		c.b.Fatal(err)
	}
	res, err := c.client.Do(r)
	if err != nil {
		c.b.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.b.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		c.b.Fatal(err)
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotFound {
		c.b.Fatalf("%s: %d %s", address, res.StatusCode, body)
	}
	if v != nil && res.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, v); err != nil {
			c.b.Fatalf("%s: %v", address, err)
		}
	}
	return res.StatusCode
}
