package city

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"
)

func (c *City) writeHeritage(out *sink) error {
	s, err := c.stock()
	if err != nil {
		return err
	}
	synthetic := c.syntheticSources()
	for _, h := range c.base.Heritage[:c.figures.heritage-len(s.old)] {
		out.known("", h.Source, h.SourceID, synthetic)
		out.Geometry = h.Geometry
		out.set(h.Name, orNull(h.NameEn), orNull(h.Grade), orNull(h.ListedRef), intOrNull(h.BuiltYear), orNull(h.Style), nil)
		if !out.send() {
			return nil
		}
	}
	styles := [...]string{"石库门里弄", "新式里弄", "花园住宅", "公寓", "新古典主义", "装饰艺术", "折衷主义"}
	grades := [...]string{"优秀历史建筑", "优秀历史建筑", "区级文物保护点", "区级文物保护单位", "市级文物保护单位"}
	var ring orb.Ring
	for i, index := range s.old {
		b := &s.buildings[index]
		d := newDice(c.seed, 72, uint64(index))
		ring = c.outlineOf(ring[:0], b)
		out.made(fmt.Sprintf("HB%05d", i+1))
		out.Geometry = orb.Polygon{ring}
		out.set(fmt.Sprintf("模拟保护建筑 %04d", i+1), fmt.Sprintf("Demo listed building %04d", i+1),
			grades[d.intN(len(grades))], fmt.Sprintf("模拟-%04d", i+1), int64(b.year), styles[d.intN(len(styles))],
			float64(10*d.intN(6)))
		if !out.send() {
			return nil
		}
	}
	return nil
}

func (c *City) writeCompounds(out *sink) error {
	s, err := c.stock()
	if err != nil {
		return err
	}
	var ring orb.Ring
	for i, parcel := range s.compounds {
		p := &s.parcels[parcel]
		var households, lifts int64
		for _, b := range s.buildings[p.first:p.last] {
			if b.use != useResidential {
				continue
			}
			flats := math.Round(b.footprint() * float64(b.floors) / flatMetres(p.use))
			households += int64(max(1, flats))
			if b.floors >= 7 {
				lifts += max(1, int64(math.Round(float64(b.w)/16)))
			}
		}
		ring = c.ringOf(ring[:0], p.ring)
		smart := (i+1)*c.figures.smart/len(s.compounds) > i*c.figures.smart/len(s.compounds)
		companies := [...]string{"一", "二", "三", "四", "五", "六", "七", "八", "九"}
		out.made(fmt.Sprintf("%sX%05d", c.base.Districts[p.district].Code, i+1))
		out.Geometry = orb.Polygon{ring}
		out.set(fmt.Sprintf("模拟小区 %05d", i+1), households, int64(p.last-p.first), lifts, int64(s.buildings[p.first].year),
			"物业服务"+companies[p.id%uint64(len(companies))]+"公司（模拟）", smart)
		if !out.send() {
			return nil
		}
	}
	return nil
}

// flatMetres is the floor area of a home in square metres.
func flatMetres(u landUse) float64 {
	switch u {
	case lilong:
		return 48
	case walkups:
		return 72
	case villas:
		return 260
	default:
		return 104
	}
}

func (c *City) writeSites(out *sink) error {
	s, err := c.stock()
	if err != nil {
		return err
	}
	phases := [...]string{"基坑", "基础", "主体", "装修", "竣工"}
	var ring orb.Ring
	for i, parcel := range s.sites {
		p := &s.parcels[parcel]
		d := newDice(c.seed, 73, p.id)
		phase := min(len(phases)-1, int(d.unit()*4.3))
		days := 540 + d.intN(800)
		done := (float64(phase) + d.unit()) / float64(len(phases))
		starts := today().AddDate(0, 0, -int(done*float64(days)))
		cranes := int64(0)
		if phase == 1 || phase == 2 {
			cranes = 1 + int64(p.area/12000)
		}
		ring = c.ringOf(ring[:0], p.ring)
		out.made(fmt.Sprintf("%sS%05d", c.base.Districts[p.district].Code, i+1))
		out.Geometry = orb.Polygon{ring}
		out.set(fmt.Sprintf("模拟工地 %05d", i+1), phases[phase], fmt.Sprintf("模拟施许%d-%05d", starts.Year(), i+1),
			"建设单位（模拟）", "施工单位（模拟）", starts, starts.AddDate(0, 0, days),
			min(cranes, 9), 1+int64(d.intN(3)), pitDepth(p, d))
		if !out.send() {
			return nil
		}
	}
	return nil
}

// pitDepth is the depth in metres of a building pit: two to five basements where
// towers stand.
func pitDepth(p *parcel, d *dice) float64 {
	return math.Round(10*(4+min(16, p.skyline/7)*d.unit()+2*d.unit())) / 10
}

// short cuts the ending that divisions have off a name: 黄浦区 becomes 黄浦.
func short(name string) string {
	for _, ending := range []string{"新区", "区", "县"} {
		if s, ok := strings.CutSuffix(name, ending); ok && s != "" {
			return s
		}
	}
	return name
}
