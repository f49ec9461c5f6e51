package image_test

// Run with
//
//	go test -run '^$' -bench City -benchtime 20x ./layers/image
//
// and YIPING_BENCH_ROWS=15000000 for a layer of that size.

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
)

func benchRows(b *testing.B) int {
	b.Helper()
	text := os.Getenv("YIPING_BENCH_ROWS")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// cityLayer has what the layer of city components has for its image.
func cityLayer() *layers.Layer {
	return &layers.Layer{
		Name: "component", Geometry: layers.Point, Zoom: layers.ZoomRange{Max: 22},
		Tiles: layers.TileRules{CountBy: "state"},
		Properties: []layers.Property{
			{Name: "class", Type: layers.String, InTiles: true},
			{Name: "state", Type: layers.String, Enum: []string{"完好", "破损", "丢失", "废弃", "移除"}, InTiles: true},
			{Name: "accuracy", Type: layers.String, Enum: []string{"A", "B", "C"}},
			{Name: "installed", Type: layers.Date},
		},
	}
}

// cityBatch has rows that lie along streets in dense middle and thin outskirts,
// district by district as a load writes them.
func cityBatch(i *image.Image, r *rand.Rand, first, n int) *image.Batch {
	b := i.NewBatch()
	point := []byte{1, 1, 0, 0, 0x20, 0xe6, 0x10, 0, 0, 20: 0, 24: 0}
	class := []byte("01001")
	states := [][]byte{[]byte("完好"), []byte("破损"), []byte("丢失"), []byte("废弃"), []byte("移除")}
	for row := range n {
		spread := 0.05 + 0.5*math.Pow(r.Float64(), 2)
		x, y := 121.47+r.NormFloat64()*spread*0.6, 31.23+r.NormFloat64()*spread*0.5
		binary.LittleEndian.PutUint64(point[9:], math.Float64bits(x))
		binary.LittleEndian.PutUint64(point[17:], math.Float64bits(y))
		if err := b.Row(int64(first+row+1), point); err != nil {
			panic(err)
		}
		class[2], class[3] = byte('0'+r.IntN(10)), byte('0'+r.IntN(10))
		district := (first + row) / 900_000
		for _, p := range b.Columns() {
			switch p.Name {
			case "synthetic":
				b.Bool(true)
			case "district":
				b.Text(strconv.AppendInt(nil, int64(310100+district), 10))
			case "street":
				b.Text(strconv.AppendInt(nil, int64(310100000+(first+row)/70_000), 10))
			case "village":
				b.Text(strconv.AppendInt(nil, int64(310100000000+(first+row)/2_500), 10))
			case "class":
				b.Text(class)
			case "state":
				b.Text(states[max(0, r.IntN(100)-95)])
			case "accuracy":
				b.Text([]byte{'A' + byte(r.IntN(3))})
			default:
				b.Int(int64(10_000 + r.IntN(10_000)))
			}
		}
	}
	return b
}

func BenchmarkCity(b *testing.B) {
	rows := benchRows(b)
	r := rand.New(rand.NewPCG(1, 2))
	i := image.New(cityLayer())
	start := time.Now()
	half := rows / 2
	batches := []*image.Batch{cityBatch(i, r, 0, half), cityBatch(i, r, half, rows-half)}
	b.Logf("batches of %d rows: %v", rows, time.Since(start))
	start = time.Now()
	if err := i.Load(batches, layers.Cut{}, ""); err != nil {
		b.Fatal(err)
	}
	b.Logf("load: %v", time.Since(start))
	clear(batches)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("heap %d MB", m.HeapAlloc>>20)

	v := i.View()
	middle := orb.Point{121.47, 31.23}
	class := parse(b, i.Layer(), "class IN ('01011', '01021') AND state = '破损'")
	for _, z := range []geo.Zoom{0, 6, 9, 10, 12, 13, 14, 15} {
		id := geo.TileAt(middle, z)
		b.Run(fmt.Sprintf("cells/z=%d", z), func(b *testing.B) {
			b.ReportAllocs()
			s := selected(b, v, nil)
			n := 0
			for b.Loop() {
				n = 0
				s.Cells(id, func(image.Cell) { n++ })
			}
			b.ReportMetric(float64(n), "cells")
			b.ReportMetric(float64(s.Count(id)), "points")
		})
		b.Run(fmt.Sprintf("again/z=%d", z), func(b *testing.B) {
			s := selected(b, v, class)
			for b.Loop() {
				s.Cells(id, func(image.Cell) {})
			}
		})
	}
	for name, f := range map[string]string{
		"class": "class = '010%02d1' AND state = '破损'", "half": "accuracy <> 'A' AND class <> '010%02d1'",
	} {
		id := geo.TileAt(middle, 9)
		n := 0
		b.Run("filtered/z=9/"+name, func(b *testing.B) {
			for b.Loop() {
				n++
				s := selected(b, v, parse(b, i.Layer(), fmt.Sprintf(f, n%100)+fmt.Sprintf(" AND id <> %d", -n)))
				if err := s.Prepare(b.Context(), id, 0); err != nil {
					b.Fatal(err)
				}
				s.Cells(id, func(image.Cell) {})
			}
		})
	}
	b.Run("filtered/z=9/area", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			other := parse(b, i.Layer(), fmt.Sprintf("id <> %d AND S_INTERSECTS(geom, POLYGON((121.3 31.1, 121.6 31.1, 121.5 31.4, 121.3 31.1)))", -r.IntN(1<<40)-1))
			b.StartTimer()
			s := selected(b, v, other)
			id := geo.TileAt(middle, 9)
			if err := s.Prepare(b.Context(), id, 0); err != nil {
				b.Fatal(err)
			}
			s.Cells(id, func(image.Cell) {})
		}
	})
	b.Run("apply/10000", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			change := cityBatch(i, r, r.IntN(rows-10_000), 10_000)
			b.StartTimer()
			if _, err := i.Apply(change, layers.Cut{}, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("changed/z=9", func(b *testing.B) {
		s := selected(b, i.View(), nil)
		for b.Loop() {
			s.Cells(geo.TileAt(middle, 9), func(image.Cell) {})
		}
	})
	start = time.Now()
	if _, err := i.Merge(true); err != nil {
		b.Fatal(err)
	}
	b.Logf("merge: %v", time.Since(start))
}
