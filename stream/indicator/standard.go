package indicator

import "yiping/layers"

// Indicator is a number of rows of a stream.
type Indicator struct {
	Code  string
	Title layers.Text
	// Unit is that of the value, in UCUM.
	Unit string
	// Stream is the one whose rows are counted: those that Where (CQL2 text) is true of;
	// all without it.
	Stream, Where string
}

// Standard are the indicators that every city has. Who moves does 0.5 m/s or more:
// slower is what a receiver that stands still reports. Of an object that is silent nobody
// knows whether it moves.
func Standard() []Indicator {
	return []Indicator{
		{"vehicles.present", layers.Text{Zh: "在线车辆", En: "Vehicles present"}, "1", "vehicles", ""},
		{"vehicles.moving", layers.Text{Zh: "行驶车辆", En: "Vehicles moving"}, "1", "vehicles", "s >= 0.5 AND stale = false"},
		{"patrols.present", layers.Text{Zh: "在线巡逻力量", En: "Patrols present"}, "1", "patrols", ""},
		{"patrols.on_task", layers.Text{Zh: "任务中巡逻力量", En: "Patrols on a task"}, "1", "patrols", "st = 3"},
		{"sensors.over", layers.Text{Zh: "超限传感器", En: "Sensors over their limit"}, "1", "sensors", "over = true"},
	}
}
