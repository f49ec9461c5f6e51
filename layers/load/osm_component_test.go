package load_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"yiping/layers/load"
)

// TestComponentClasses checks the class of every kind of street furniture, and that
// the class exists and is called so in the list of GB/T 47678.5.
func TestComponentClasses(t *testing.T) {
	t.Parallel()
	catalog := standard(t)
	list, err := csv.NewReader(shared(t, "gbt47678-codes/components_and_matters.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, row := range list {
		if row[0] == "component" {
			names[row[1]] = row[4]
		}
	}
	for _, tt := range []struct{ tags, class, name string }{
		{"highway=street_lamp", "01037", "路灯"},
		{"highway=traffic_signals", "02014", "交通信号灯"},
		{"highway=bus_stop", "02004", "公交站设施"},
		{"highway=stop", "02010", "交通标志牌及标线"},
		{"highway=give_way", "02010", "交通标志牌及标线"},
		{"traffic_sign=maxspeed", "02010", "交通标志牌及标线"},
		{"highway=speed_camera", "01050", "监控电子眼设施"},
		{"man_made=surveillance", "01050", "监控电子眼设施"},
		{"highway=traffic_mirror", "02033", "交通反视镜"},
		{"emergency=phone", "01066", "紧急报警点SOS"},
		{"amenity=bench", "04007", "街头座椅"},
		{"amenity=waste_basket", "03005", "垃圾箱"},
		{"amenity=waste_disposal", "03005", "垃圾箱"},
		{"amenity=recycling", "03005", "垃圾箱"},
		{"amenity=recycling recycling:clothes=yes", "01059", "旧衣物回收箱"},
		{"amenity=toilets", "03001", "公共厕所"},
		{"amenity=telephone", "01041", "电话亭"},
		{"amenity=post_box", "01042", "邮筒"},
		{"amenity=vending_machine", "01045", "自动售货机"},
		{"amenity=vending_machine vending=parking_tickets", "02003", "停车计费设备"},
		{"amenity=vending_machine vending=parcel_pickup", "01075", "快递柜"},
		{"amenity=parcel_locker", "01075", "快递柜"},
		{"amenity=payment_terminal", "01053", "自助缴费机"},
		{"amenity=charging_station", "01054", "充电桩"},
		{"amenity=bicycle_parking", "02025", "非机动车停放点"},
		{"amenity=bicycle_rental", "02026", "自行车租赁点"},
		{"amenity=parking", "02001", "停车场"},
		{"amenity=taxi", "02005", "出租车停靠站"},
		{"amenity=fuel", "05003", "车辆加油（气、电）站"},
		{"amenity=fountain", "04010", "喷泉"},
		{"amenity=drinking_water", "01025", "供水器"},
		{"man_made=water_tap", "01025", "供水器"},
		{"amenity=shelter", "01052", "休息亭"},
		{"natural=tree", "04002", "行道树"},
		{"natural=tree denotation=landmark", "04001", "古树名木"},
		{"emergency=fire_hydrant", "01013", "消防设施"},
		{"man_made=manhole", "01023", "不明井盖"},
		{"man_made=manhole manhole=water", "01001", "供水井盖"},
		{"man_made=manhole manhole=sewer", "01002", "污水井盖"},
		{"man_made=manhole manhole=drain", "01003", "雨水井盖"},
		{"man_made=manhole manhole=drain inlet=grate", "01004", "雨水箅子"},
		{"man_made=manhole manhole=power", "01005", "电力井盖"},
		{"man_made=manhole manhole=telecom", "01007", "通信井盖"},
		{"man_made=manhole manhole=gas", "01011", "燃气井盖"},
		{"man_made=street_cabinet street_cabinet=power", "01028", "电力设施"},
		{"man_made=street_cabinet street_cabinet=telecom", "01027", "通信交接箱"},
		{"man_made=street_cabinet street_cabinet=gas", "01049", "燃气调压站（箱）"},
		{"man_made=street_cabinet street_cabinet=traffic_control", "02015", "交通信号设施"},
		{"man_made=street_cabinet street_cabinet=street_lighting", "01060", "路灯配电箱"},
		{"man_made=utility_pole", "01034", "不明立杆"},
		{"man_made=utility_pole utility=power", "01030", "电力立杆"},
		{"man_made=utility_pole utility=telecom", "01031", "通信立杆"},
		{"power=pole", "01030", "电力立杆"},
		{"power=tower", "01047", "高压线铁塔"},
		{"power=transformer", "01048", "变压器（箱）"},
		{"man_made=flagpole", "01035", "旗杆"},
		{"man_made=water_tower", "01063", "水塔"},
		{"man_made=water_well", "01024", "水井"},
		{"man_made=pumping_station", "01072", "排水泵站"},
		{"man_made=monitoring_station", "03010", "环保监测站"},
		{"man_made=monitoring_station monitoring:weather=yes", "03009", "气象监测站"},
		{"man_made=mast tower:type=communication", "01062", "通信基站"},
		{"man_made=planter", "04005", "花架花钵"},
		{"barrier=bollard", "02021", "便道桩"},
		{"barrier=height_restrictor", "02011", "限高架标志"},
		{"traffic_calming=hump", "02043", "减速带"},
		{"traffic_calming=island", "02019", "安全岛"},
		{"railway=level_crossing", "02028", "铁道口设施"},
		{"railway=subway_entrance", "02032", "轨道交通设施"},
		{"leisure=fitness_station", "01046", "户外健身设施"},
		{"tourism=artwork artwork_type=statue", "04006", "雕塑"},
		{"tourism=information information=terminal", "01043", "信息亭"},
		{"tourism=information information=guidepost", "02040", "景区标识牌"},
		{"shop=kiosk", "01044", "售货亭"},
		{"shop=newsagent", "01040", "报刊亭"},
		{"advertising=billboard", "03006", "户外广告"},
		{"highway=crossing", "", ""},
		{"man_made=mast", "", ""},
		{"man_made=street_cabinet", "", ""},
		{"tourism=artwork", "", ""},
		{"shop=bakery", "", ""},
	} {
		t.Run(tt.tags, func(t *testing.T) {
			t.Parallel()
			if names[tt.class] != tt.name {
				t.Errorf("%s is %q in the list, not %q", tt.class, names[tt.class], tt.name)
			}
			file := `<osm><node id="1" lon="121" lat="31">` + tags(strings.Fields(tt.tags)...) + `</node></osm>`
			sink := newMemory()
			if _, err := load.OSM(t.Context(), strings.NewReader(file), catalog, load.Options{}, sink); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range sink.features["component"] {
				got, _ = f.Properties[0].(string)
			}
			if got != tt.class {
				t.Errorf("got %q, want %q", got, tt.class)
			}
		})
	}
}
