package city

import (
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
)

// today is the day on which the demonstration city was last looked after. It is
// fixed, because equal seeds make equal cities on any day.
func today() time.Time { return time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC) }

func (c *City) writeCurtainWalls(out *sink) error {
	s, err := c.stock()
	if err != nil {
		return err
	}
	names := s.glassNames()
	var ring orb.Ring
	for i, h := range s.glass {
		d := newDice(c.seed, 70, uint64(h.index))
		code := "CW" + fmt.Sprintf("%06d", i+1)
		if h.known {
			b := &s.known[h.index]
			out.made(code) // the file is made up, whatever its building is
			out.Geometry = b.Geometry
			floors := b.Floors
			if floors == 0 {
				floors = max(1, int(b.HeightMetres/storeyMetres))
			}
			name := b.Name
			if name == "" {
				name = fmt.Sprintf("模拟大厦 %05d", i+1)
			}
			c.setCurtainWall(out, d, wall{name, "", b.SourceID, int64(floors), b.HeightMetres, perimeter(c.plane.line(orb.LineString(b.Geometry[0][0]))), b.BuiltYear})
		} else {
			b := &s.buildings[h.index]
			var buf [12]vec
			ring = c.outlineOf(ring[:0], b)
			out.made(code)
			out.Geometry = orb.Polygon{ring}
			district := c.base.Districts[s.parcels[b.parcel].district].Name
			zh, _ := roadName(hash(c.seed, 71, s.parcels[b.parcel].id), tertiary)
			address := fmt.Sprintf("%s%s%d号", district, zh, 1+d.intN(1200))
			outline := b.outline(buf[:0])
			c.setCurtainWall(out, d, wall{names[h.index], address, c.buildingCode(s, h.index), int64(b.floors), b.height(), perimeter(append(outline, outline[0])), int(b.year)})
		}
		if !out.send() {
			return nil
		}
	}
	return nil
}

// wall is what the file of a curtain-wall building takes from the building.
type wall struct {
	name, address, building string
	floors                  int64
	height, perimeter       float64 // metres
	year                    int
}

func (c *City) setCurtainWall(out *sink, d *dice, w wall) {
	bays := int64(max(4, math.Round(w.perimeter/d.between(1.2, 1.8))))
	year := w.year
	if year < 1985 {
		year = 1990 + d.intN(34) // it was built, or clad, then
	}
	structures := [...]string{"单元式", "框架式", "构件式", "点支式", "全玻璃"}
	glasses := [...]string{"中空Low-E钢化玻璃", "夹胶中空玻璃", "中空钢化玻璃", "镀膜玻璃"}
	intervals := [...]int64{7, 30, 90, 180}
	result := "合格"
	switch x := d.unit(); {
	case x < 0.008:
		result = "不合格"
	case x < 0.06:
		result = "待整改"
	}
	interval := intervals[d.intN(len(intervals))]
	out.set(w.name, orNull(w.address), w.building, w.height > highRiseMetres, w.floors, w.height,
		math.Round(w.perimeter*w.height*d.between(0.75, 0.95)), bays, bays*w.floors,
		structures[d.intN(len(structures))], glasses[d.intN(len(glasses))], int64(year),
		"业主单位（模拟）", "幕墙维护单位（模拟）", interval,
		today().AddDate(0, 0, -d.intN(int(interval)+1)), result)
}

func perimeter(closed []vec) float64 {
	var sum float64
	for i := 1; i < len(closed); i++ {
		sum += closed[i-1].dist(closed[i])
	}
	return sum
}
