package load

import "yiping/layers/load/internal/osmfile"

func isComponent(t osmfile.Tags) bool { return componentClass(t) != "" }

// fillComponent: the layer requires a state, and OSM tells of none, so a component
// is 完好 (intact), or 废弃 (abandoned) if OSM says that it is disused.
func fillComponent(f *filler) {
	f.set("class", componentClass(f.tags))
	state := "完好"
	if is(f.tags, "disused") || is(f.tags, "abandoned") {
		state = "废弃"
	}
	f.set("state", state)
	f.set("owner", f.tags.Find("owner"))
	f.set("maintainer", f.tags.Find("operator"))
	if date := f.tags.Find("start_date"); date != "" {
		f.set("installed", date)
	}
}

// componentClass is the five-digit class of GB/T 47678.5 of a piece of street
// furniture, or "". The standard knows nothing of OSM: this mapping is ours.
func componentClass(t osmfile.Tags) string {
	for _, key := range [...]string{
		"highway", "amenity", "natural", "emergency", "man_made", "power", "barrier",
		"traffic_calming", "railway", "leisure", "tourism", "shop",
	} {
		v := t.Find(key)
		if v == "" {
			continue
		}
		if class := classOf(t, key+"="+v); class != "" {
			return class
		}
	}
	switch {
	case is(t, "advertising"):
		return "03006" // 户外广告
	case is(t, "traffic_sign"):
		return "02010" // 交通标志牌及标线
	}
	return ""
}

// classOf maps one tag; some ask for the other tags too.
func classOf(t osmfile.Tags, tag string) string {
	switch tag {
	case "highway=street_lamp":
		return "01037" // 路灯
	case "highway=traffic_signals":
		return "02014" // 交通信号灯
	case "highway=bus_stop":
		return "02004" // 公交站设施
	case "highway=stop", "highway=give_way":
		return "02010" // 交通标志牌及标线
	case "highway=speed_camera", "man_made=surveillance":
		return "01050" // 监控电子眼设施
	case "highway=traffic_mirror":
		return "02033" // 交通反视镜
	case "highway=emergency_bay", "emergency=phone":
		return "01066" // 紧急报警点SOS

	case "amenity=bench":
		return "04007" // 街头座椅
	case "amenity=waste_basket", "amenity=waste_disposal":
		return "03005" // 垃圾箱
	case "amenity=recycling":
		if t.Find("recycling:clothes") == "yes" && t.Find("recycling:glass") != "yes" {
			return "01059" // 旧衣物回收箱
		}
		return "03005" // 垃圾箱
	case "amenity=toilets":
		return "03001" // 公共厕所
	case "amenity=telephone":
		return "01041" // 电话亭
	case "amenity=post_box":
		return "01042" // 邮筒
	case "amenity=vending_machine":
		switch t.Find("vending") {
		case "parcel_pickup", "parcel_pickup;parcel_mail_in":
			return "01075" // 快递柜
		case "parking_tickets":
			return "02003" // 停车计费设备
		}
		return "01045" // 自动售货机
	case "amenity=parcel_locker":
		return "01075" // 快递柜
	case "amenity=payment_terminal":
		return "01053" // 自助缴费机
	case "amenity=charging_station":
		return "01054" // 充电桩
	case "amenity=bicycle_parking":
		return "02025" // 非机动车停放点
	case "amenity=bicycle_rental":
		return "02026" // 自行车租赁点
	case "amenity=parking":
		return "02001" // 停车场
	case "amenity=taxi":
		return "02005" // 出租车停靠站
	case "amenity=fuel":
		return "05003" // 车辆加油（气、电）站
	case "amenity=fountain":
		return "04010" // 喷泉
	case "amenity=drinking_water", "man_made=water_tap":
		return "01025" // 供水器
	case "amenity=shelter":
		return "01052" // 休息亭

	case "natural=tree":
		if is(t, "heritage") || oneOf(t.Find("denotation"), "natural_monument", "landmark") {
			return "04001" // 古树名木
		}
		return "04002" // 行道树
	case "emergency=fire_hydrant":
		return "01013" // 消防设施

	case "man_made=manhole":
		return manholeClass(t)
	case "man_made=street_cabinet":
		return cabinetClass(t.Find("street_cabinet"))
	case "man_made=utility_pole":
		switch t.Find("utility") {
		case "power":
			return "01030" // 电力立杆
		case "telecom":
			return "01031" // 通信立杆
		}
		return "01034" // 不明立杆
	case "power=pole":
		return "01030" // 电力立杆
	case "power=tower":
		return "01047" // 高压线铁塔
	case "power=transformer":
		return "01048" // 变压器（箱）
	case "man_made=flagpole":
		return "01035" // 旗杆
	case "man_made=water_tower":
		return "01063" // 水塔
	case "man_made=water_well":
		return "01024" // 水井
	case "man_made=pumping_station":
		return "01072" // 排水泵站
	case "man_made=monitoring_station":
		if is(t, "monitoring:weather") {
			return "03009" // 气象监测站
		}
		return "03010" // 环保监测站
	case "man_made=mast", "man_made=tower":
		if t.Find("tower:type") == "communication" {
			return "01062" // 通信基站
		}
	case "man_made=planter":
		return "04005" // 花架花钵

	case "barrier=bollard":
		return "02021" // 便道桩
	case "barrier=height_restrictor":
		return "02011" // 限高架标志
	case "traffic_calming=bump", "traffic_calming=hump", "traffic_calming=table", "traffic_calming=cushion":
		return "02043" // 减速带
	case "traffic_calming=island":
		return "02019" // 安全岛
	case "railway=level_crossing":
		return "02028" // 铁道口设施
	case "railway=subway_entrance":
		return "02032" // 轨道交通设施
	case "leisure=fitness_station":
		return "01046" // 户外健身设施
	case "tourism=artwork":
		if oneOf(t.Find("artwork_type"), "statue", "sculpture", "bust") {
			return "04006" // 雕塑
		}
	case "tourism=information":
		switch t.Find("information") {
		case "terminal":
			return "01043" // 信息亭
		case "board", "map", "guidepost":
			return "02040" // 景区标识牌
		}
	case "shop=kiosk":
		return "01044" // 售货亭
	case "shop=newsagent":
		return "01040" // 报刊亭
	}
	return ""
}

func manholeClass(t osmfile.Tags) string {
	switch t.Find("manhole") {
	case "water":
		return "01001" // 供水井盖
	case "sewer":
		return "01002" // 污水井盖
	case "drain":
		if is(t, "inlet") {
			return "01004" // 雨水箅子
		}
		return "01003" // 雨水井盖
	case "power":
		return "01005" // 电力井盖
	case "telecom":
		return "01007" // 通信井盖
	case "gas":
		return "01011" // 燃气井盖
	}
	return "01023" // 不明井盖
}

func cabinetClass(kind string) string {
	switch kind {
	case "power":
		return "01028" // 电力设施
	case "telecom":
		return "01027" // 通信交接箱
	case "gas":
		return "01049" // 燃气调压站（箱）
	case "traffic_control":
		return "02015" // 交通信号设施
	case "street_lighting":
		return "01060" // 路灯配电箱
	}
	return ""
}
