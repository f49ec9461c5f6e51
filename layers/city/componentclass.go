package city

// placement is where on a street a component stands.
type placement uint8

const (
	treeLine   placement = iota // a row on both sides, behind the kerb
	lampLine                    // a row on both sides, at the kerb
	gutter                      // in front of the kerb
	pavement                    // on the pavement
	frontage                    // at the plots
	nearCorner                  // near a crossing
	median                      // in the middle of the road
	overWater                   // in the carriageway above a pipeline of …
	overRain
	overSewage
	overGas
	overPower
	overTelecom
)

// keeper is the kind of unit that owns and looks after a component.
type keeper uint8

const (
	roadWorks keeper = iota
	greenery
	powerGrid
	telecoms
	waterWorks
	drainage
	gasWorks
	police
	sanitation
	quarter
	keepers
)

// componentClass is one of the codes of GB/T 47678.5 that the city uses, with
// how many of a thousand components are of it: on streets in town and in the
// country, on motorways and bridges, in parks, and in housing.
type componentClass struct {
	code   string
	place  placement
	keeper keeper
	mille  [mixes]float64
}

// mixes are the kinds of surroundings that have their own shares of classes.
const (
	inTown = iota
	inCountry
	onMotorway
	inPark
	inHousing
	mixes
)

// fillers are the codes of the classes that take what rounding leaves, by mix:
// street trees, lamps on motorways, and other trees.
func fillers() [mixes]string {
	return [...]string{"04002", "04002", "01037", "04003", "04003"}
}

// componentClasses are in proportions that are believable, not measured: trees,
// lamps and covers lead.
func componentClasses() []componentClass {
	return []componentClass{
		{"04002", treeLine, greenery, [mixes]float64{210, 330, 0, 0, 0}},    // 行道树
		{"04011", treeLine, greenery, [mixes]float64{85, 30, 0, 0, 0}},      // 树池树穴
		{"04004", treeLine, greenery, [mixes]float64{20, 10, 0, 30, 0}},     // 护树设施
		{"04003", frontage, greenery, [mixes]float64{22, 60, 0, 480, 190}},  // 独立树
		{"04005", pavement, greenery, [mixes]float64{8, 0, 0, 20, 10}},      // 花架花钵
		{"04007", pavement, greenery, [mixes]float64{7, 2, 0, 130, 40}},     // 街头座椅
		{"04008", frontage, greenery, [mixes]float64{8, 4, 0, 60, 30}},      // 绿地护栏
		{"04009", frontage, greenery, [mixes]float64{3, 2, 0, 50, 20}},      // 绿地附属设施
		{"04006", frontage, greenery, [mixes]float64{0.5, 0, 0, 8, 0}},      // 雕塑
		{"01037", lampLine, roadWorks, [mixes]float64{98, 125, 430, 0, 0}},  // 路灯
		{"01039", lampLine, roadWorks, [mixes]float64{6, 0, 0, 90, 60}},     // 景观灯
		{"01038", pavement, roadWorks, [mixes]float64{3, 0, 0, 35, 25}},     // 地灯
		{"01004", gutter, drainage, [mixes]float64{90, 60, 150, 0, 0}},      // 雨水箅子
		{"01003", overRain, drainage, [mixes]float64{62, 45, 0, 15, 60}},    // 雨水井盖
		{"01002", overSewage, drainage, [mixes]float64{54, 32, 0, 8, 75}},   // 污水井盖
		{"01001", overWater, waterWorks, [mixes]float64{46, 38, 0, 12, 55}}, // 供水井盖
		{"01011", overGas, gasWorks, [mixes]float64{24, 10, 0, 0, 25}},      // 燃气井盖
		{"01005", overPower, powerGrid, [mixes]float64{26, 14, 0, 3, 20}},   // 电力井盖
		{"01017", overPower, powerGrid, [mixes]float64{6, 4, 0, 0, 0}},      // 电缆井盖
		{"01007", overTelecom, telecoms, [mixes]float64{34, 22, 0, 2, 22}},  // 通信井盖
		{"01009", overTelecom, telecoms, [mixes]float64{6, 3, 0, 0, 4}},     // 网络井盖
		{"01008", overTelecom, telecoms, [mixes]float64{5, 3, 0, 0, 4}},     // 电视井盖
		{"01006", lampLine, roadWorks, [mixes]float64{17, 9, 20, 10, 0}},    // 路灯井盖
		{"01014", treeLine, greenery, [mixes]float64{5, 2, 0, 15, 8}},       // 园林井盖
		{"01015", nearCorner, police, [mixes]float64{4, 1, 0, 0, 0}},        // 信号灯电源井盖
		{"01012", nearCorner, police, [mixes]float64{3, 1, 0, 0, 0}},        // 公安井盖
		{"01018", frontage, sanitation, [mixes]float64{2, 4, 0, 0, 28}},     // 化粪池井盖
		{"01013", pavement, waterWorks, [mixes]float64{14, 9, 0, 4, 22}},    // 消防设施
		{"02010", lampLine, police, [mixes]float64{28, 34, 170, 0, 0}},      // 交通标志牌及标线
		{"02012", nearCorner, roadWorks, [mixes]float64{8, 5, 0, 0, 0}},     // 路名牌
		{"02014", nearCorner, police, [mixes]float64{8, 2, 0, 0, 0}},        // 交通信号灯
		{"02015", nearCorner, police, [mixes]float64{3, 1, 0, 0, 0}},        // 交通信号设施
		{"02020", nearCorner, roadWorks, [mixes]float64{6, 0, 0, 0, 0}},     // 人行横道桩
		{"02034", nearCorner, roadWorks, [mixes]float64{5, 0, 0, 0, 3}},     // 无障碍设施
		{"02021", pavement, roadWorks, [mixes]float64{18, 3, 0, 0, 0}},      // 便道桩
		{"02017", median, roadWorks, [mixes]float64{14, 12, 160, 0, 0}},     // 交通护栏
		{"02018", median, roadWorks, [mixes]float64{2, 1, 40, 0, 0}},        // 防撞桶
		{"02043", median, roadWorks, [mixes]float64{1, 2, 0, 0, 12}},        // 减速带
		{"02025", pavement, roadWorks, [mixes]float64{5, 0, 0, 3, 14}},      // 非机动车停放点
		{"02026", pavement, roadWorks, [mixes]float64{2.5, 0, 0, 2, 0}},     // 自行车租赁点
		{"02003", gutter, roadWorks, [mixes]float64{3, 0, 0, 0, 2}},         // 停车计费设备
		{"02004", lampLine, roadWorks, [mixes]float64{3, 2.5, 0, 0, 0}},     // 公交站设施
		{"01032", lampLine, roadWorks, [mixes]float64{1.6, 2, 0, 0, 0}},     // 公交立杆
		{"02013", frontage, quarter, [mixes]float64{1, 3, 0, 2, 0}},         // 地名牌
		{"02038", frontage, quarter, [mixes]float64{32, 45, 0, 0, 60}},      // 门（楼号）牌
		{"02023", lampLine, police, [mixes]float64{0.5, 0, 10, 0, 0}},       // 道路信息显示屏
		{"01050", lampLine, police, [mixes]float64{10, 7, 20, 10, 24}},      // 监控电子眼设施
		{"01077", lampLine, roadWorks, [mixes]float64{6, 1, 0, 0, 0}},       // 综合杆
		{"01030", lampLine, powerGrid, [mixes]float64{5, 62, 0, 0, 4}},      // 电力立杆
		{"01031", lampLine, telecoms, [mixes]float64{4, 30, 0, 0, 2}},       // 通信立杆
		{"01027", pavement, telecoms, [mixes]float64{3, 2, 0, 0, 4}},        // 通信交接箱
		{"01028", pavement, powerGrid, [mixes]float64{2.2, 2, 0, 1, 5}},     // 电力设施
		{"01048", frontage, powerGrid, [mixes]float64{1, 2, 0, 0.5, 4}},     // 变压器（箱）
		{"01060", lampLine, roadWorks, [mixes]float64{1.6, 1, 5, 1, 0}},     // 路灯配电箱
		{"01049", frontage, gasWorks, [mixes]float64{0.9, 0.4, 0, 0, 4}},    // 燃气调压站（箱）
		{"03005", pavement, sanitation, [mixes]float64{12, 5, 0, 45, 45}},   // 垃圾箱
		{"03004", frontage, sanitation, [mixes]float64{0.6, 1, 0, 1, 9}},    // 垃圾间（楼）
		{"03001", frontage, sanitation, [mixes]float64{0.5, 0.4, 0, 4, 0}},  // 公共厕所
		{"03002", pavement, sanitation, [mixes]float64{0.9, 0.4, 0, 6, 0}},  // 公厕指示牌
		{"03006", frontage, quarter, [mixes]float64{5, 1.5, 0, 0, 0}},       // 户外广告
		{"03007", frontage, quarter, [mixes]float64{17, 5, 0, 0, 0}},        // 牌匾标识
		{"03008", pavement, quarter, [mixes]float64{2.5, 2, 0, 6, 16}},      // 宣传栏
		{"01042", pavement, telecoms, [mixes]float64{0.5, 0.2, 0, 0, 0}},    // 邮筒
		{"01041", pavement, telecoms, [mixes]float64{0.3, 0, 0, 0, 0}},      // 电话亭
		{"01046", pavement, quarter, [mixes]float64{0.5, 1, 0, 14, 18}},     // 户外健身设施
		{"01054", pavement, powerGrid, [mixes]float64{1.2, 0.5, 0, 2, 20}},  // 充电桩
		{"01075", frontage, quarter, [mixes]float64{0.6, 0, 0, 0, 12}},      // 快递柜
		{"01058", frontage, quarter, [mixes]float64{0.4, 0, 0, 0, 26}},      // 晒衣架
		{"01059", pavement, quarter, [mixes]float64{0.5, 0, 0, 0, 8}},       // 旧衣物回收箱
		{"02032", pavement, roadWorks, [mixes]float64{0.6, 0, 0, 0, 0}},     // 轨道交通设施
	}
}

// unitNames are the ends of the names of those who own and who look after, after
// the name of a district. They are nobody's.
func unitNames() [keepers][2]string {
	return [...][2]string{
		{"市政设施权属单位（模拟）", "市政养护一所（模拟）"},
		{"绿化权属单位（模拟）", "绿化养护一所（模拟）"},
		{"供电企业（模拟）", "供电运维一班（模拟）"},
		{"通信企业（模拟）", "通信运维一班（模拟）"},
		{"供水企业（模拟）", "供水运维一班（模拟）"},
		{"排水企业（模拟）", "排水养护一所（模拟）"},
		{"燃气企业（模拟）", "燃气运维一班（模拟）"},
		{"交通设施权属单位（模拟）", "交通设施养护一所（模拟）"},
		{"环卫权属单位（模拟）", "环卫作业一班（模拟）"},
		{"属地管理单位（模拟）", "属地养护一所（模拟）"},
	}
}
