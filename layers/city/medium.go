package city

import "math"

// medium is what a pipeline carries, and how its network is built.
type medium struct {
	name   string
	letter string // of codes
	owner  string
	// share of the length of all pipelines.
	share float64
	// side is the distance from the middle of the street, left positive, as a
	// share of the way to the kerb.
	side float64
	// pull is how much more a dense quarter is wanted than an open one.
	pull float64
	// loops is the share of streets that close a loop; the rest would be a
	// tree. Sewers run downhill and have none.
	loops float64
	// A pipe's diameter is the step next to least·(1+f)^growth, where f is the
	// length in km of the network behind it.
	least, growth float64
	steps         []int64 // nominal diameters in mm
	// cover is the depth in metres of small pipes; fall is what is added for
	// each tenfold length behind a pipe.
	cover, fall float64
	material    func(diameter, year int64) string
}

// media share 26,800 km as 8,500 water, 5,600 rain, 4,700 sewage, 4,200 gas,
// 1,900 power, 1,600 telecom and 300 heat: a split of our own. Diameters follow
// the nominal steps of GB/T 1047 and GB/T 11836; the cover of small pipes
// GB 50289 on the order of pipes under a street.
func media() []medium {
	return []medium{
		{
			name: "water", letter: "W", owner: "供水企业（模拟）", share: 8500. / 26800, pull: 0.45, side: 0.45, loops: 0.75,
			least: 105, growth: 0.36, steps: []int64{100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000, 2400},
			cover: 1.1, fall: 0.25, material: waterMaterial,
		},
		{
			name: "rain", letter: "R", owner: "排水企业（模拟）", share: 5600. / 26800, pull: 0.8, side: -0.18,
			least: 320, growth: 0.29, steps: []int64{300, 400, 500, 600, 800, 1000, 1200, 1500, 1800, 2200, 2700, 3000},
			cover: 1.6, fall: 0.7, material: sewerMaterial,
		},
		{
			name: "sewage", letter: "S", owner: "排水企业（模拟）", share: 4700. / 26800, pull: 0.6, side: 0.18,
			least: 230, growth: 0.3, steps: []int64{200, 300, 400, 500, 600, 800, 1000, 1200, 1500, 1800, 2200, 2700, 3000},
			cover: 2.1, fall: 1.2, material: sewerMaterial,
		},
		{
			name: "gas", letter: "G", owner: "燃气企业（模拟）", share: 4200. / 26800, pull: 0.6, side: -0.62, loops: 0.55,
			least: 82, growth: 0.28, steps: []int64{80, 100, 150, 200, 300, 400, 500, 600, 700, 800},
			cover: 0.95, fall: 0.1, material: gasMaterial,
		},
		{
			name: "power", letter: "P", owner: "供电企业（模拟）", share: 1900. / 26800, pull: 0.8, side: 0.82, loops: 0.35,
			least: 100, growth: 0.12, steps: []int64{100, 150, 175, 200, 250, 300},
			cover: 0.8, fall: 0.15, material: func(int64, int64) string { return "MPP电力管" },
		},
		{
			name: "telecom", letter: "T", owner: "通信企业（模拟）", share: 1600. / 26800, pull: 0.8, side: -0.85, loops: 0.35,
			least: 90, growth: 0.06, steps: []int64{90, 110, 160},
			cover: 0.7, fall: 0.05, material: telecomMaterial,
		},
		{
			name: "heat", letter: "H", owner: "供热企业（模拟）", share: 300. / 26800, pull: 1.4, side: -0.4, loops: 0.1,
			least: 80, growth: 0.4, steps: []int64{80, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800},
			cover: 1.2, fall: 0.1, material: func(int64, int64) string { return "预制直埋保温钢管" },
		},
	}
}

// diameter is the nominal diameter in mm of a pipe with so many km behind it.
func (m *medium) diameter(km float64, c class) int64 {
	want := m.least * math.Pow(1+km, m.growth)
	if c <= secondary {
		want = max(want, 1.9*m.least) // mains of a quarter lie under its main streets
	}
	best := m.steps[0]
	for _, s := range m.steps {
		if math.Abs(float64(s)-want) < math.Abs(float64(best)-want) {
			best = s
		}
	}
	return best
}

// depth is the depth in metres of a pipe's axis.
func (m *medium) depth(km float64, diameter int64, how crossing) float64 {
	switch how {
	case bridge:
		return 0 // it hangs below the deck
	case tunnel:
		return 12
	default:
		d := m.cover + m.fall*math.Log10(1+km) + float64(diameter)/2000
		return math.Round(d*100) / 100
	}
}

func waterMaterial(diameter, year int64) string {
	switch {
	case diameter >= 1200:
		return "钢管"
	case year < 1985:
		return "灰口铸铁管"
	case diameter <= 150 && year >= 2000:
		return "PE管"
	default:
		return "球墨铸铁管"
	}
}

func sewerMaterial(diameter, year int64) string {
	switch {
	case diameter <= 600 && year >= 2002:
		return "HDPE双壁波纹管"
	case year < 1960:
		return "混凝土管"
	default:
		return "钢筋混凝土管"
	}
}

func gasMaterial(diameter, year int64) string {
	switch {
	case diameter <= 300 && year >= 1998:
		return "PE管"
	case diameter > 300:
		return "钢管"
	case year < 1990:
		return "铸铁管"
	default:
		return "钢管"
	}
}

func telecomMaterial(diameter, year int64) string {
	if year < 1995 {
		return "水泥管块"
	}
	if diameter <= 90 {
		return "硅芯管"
	}
	return "PVC-U管"
}

// pipeZoom is the first zoom that shows a pipe of a diameter in mm, with so many
// km behind it.
func pipeZoom(diameter int64, km float64) int64 {
	switch {
	case km >= 400:
		return 9
	case km >= 120:
		return 10
	case km >= 15:
		return 11
	case km >= 5 || diameter >= 1000:
		return 12
	case km >= 1.2 || diameter >= 500:
		return 13
	default:
		return 14
	}
}
