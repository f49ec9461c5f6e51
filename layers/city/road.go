package city

import (
	"strconv"

	"github.com/paulmach/orb"
)

func (c *City) writeRoads(out *sink) error {
	synthetic := c.syntheticSources()
	for _, r := range c.base.Roads {
		class := classOf(r.Class)
		out.known("", r.Source, r.SourceID, synthetic)
		out.Geometry = r.Geometry
		out.set(orNull(r.Name), orNull(r.NameEn), r.Class, intOrNull(r.Lanes), r.Oneway, r.Bridge, r.Tunnel, class.minZoom())
		if !out.send() {
			return nil
		}
	}
	n := c.network()
	var line orb.LineString
	for i, s := range n.streets {
		stroke := &n.strokes[s.stroke]
		line = line[:0]
		for _, node := range s.nodes {
			line = append(line, c.plane.point(n.nodes[node]))
		}
		out.made("R" + strconv.Itoa(1000000 + i)[1:])
		out.Geometry = line
		zh, en := roadName(hash(c.seed, 40, uint64(s.stroke)), stroke.class)
		out.set(orNull(zh), orNull(en), classes()[stroke.class], stroke.class.lanes(), false, s.bridge, false, stroke.class.minZoom())
		if !out.send() {
			return nil
		}
	}
	return nil
}

// roadName makes a name that says that it is made up. Small streets have none.
func roadName(h uint64, c class) (zh, en string) {
	if c > tertiary {
		return "", ""
	}
	first, second := syllables(), syllables()
	a := first[h%uint64(len(first))]
	b := second[h>>16%uint64(len(second))]
	zhKind, enKind := "路", "Road"
	if c <= primary && h>>40%4 == 0 {
		zhKind, enKind = "大道", "Avenue"
	}
	return "模拟" + a.zh + b.zh + zhKind, "Demo " + a.en + b.low + " " + enKind
}

type syllable struct{ zh, en, low string }

// syllables are those of which the names of made roads are put together.
func syllables() [24]syllable {
	return [...]syllable{
		{"安", "An", "an"},
		{"宁", "Ning", "ning"},
		{"和", "He", "he"},
		{"泰", "Tai", "tai"},
		{"景", "Jing", "jing"},
		{"明", "Ming", "ming"},
		{"文", "Wen", "wen"},
		{"德", "De", "de"},
		{"永", "Yong", "yong"},
		{"兴", "Xing", "xing"},
		{"华", "Hua", "hua"},
		{"春", "Chun", "chun"},
		{"清", "Qing", "qing"},
		{"云", "Yun", "yun"},
		{"星", "Xing", "xing"},
		{"松", "Song", "song"},
		{"柏", "Bai", "bai"},
		{"梅", "Mei", "mei"},
		{"兰", "Lan", "lan"},
		{"竹", "Zhu", "zhu"},
		{"青", "Qing", "qing"},
		{"长", "Chang", "chang"},
		{"新", "Xin", "xin"},
		{"同", "Tong", "tong"},
	}
}
