package alarm

import (
	"yiping/layers"
	"yiping/stream"
)

// Stream is the name of the stream of alarms.
const Stream = "alarms"

// Describe is the stream of alarms. Its items are alarms.
func Describe() stream.Description {
	rows := []layers.Property{
		{Name: "run", Type: layers.String, Title: layers.Text{Zh: "场次", En: "Run; empty for now"}},
		{Name: "place", Type: layers.String, Title: layers.Text{Zh: "部位编号", En: "Place"}},
		{Name: "name", Type: layers.String, Title: layers.Text{Zh: "部位名称", En: "Name of the place"}},
		{Name: "name_en", Type: layers.String, Title: layers.Text{Zh: "部位英文名称", En: "Name of the place in English"}},
		{Name: "level", Type: layers.String, Title: layers.Text{Zh: "级别", En: "Level"}},
		{Name: "level_name", Type: layers.String, Title: layers.Text{Zh: "级别名称", En: "Name of the level"}},
		{Name: "level_name_en", Type: layers.String, Title: layers.Text{Zh: "级别英文名称", En: "Name of the level in English"}},
		{Name: "highest", Type: layers.String, Title: layers.Text{Zh: "最高级别", En: "Highest level so far"}},
		{Name: "predicted", Type: layers.Boolean, Title: layers.Text{Zh: "预计升级", En: "Whether the next level is foreseen"}},
		{Name: "foreseen_for", Type: layers.DateTime, Title: layers.Text{Zh: "预计升级时间", En: "When the next level is foreseen for"}},
		{Name: "state", Type: layers.String, Title: layers.Text{Zh: "状态", En: "State"}},
		{Name: "begun", Type: layers.DateTime, Title: layers.Text{Zh: "开始时间", En: "When it began"}},
		{Name: "changed", Type: layers.DateTime, Title: layers.Text{Zh: "变化时间", En: "When it changed last"}},
		{Name: "ended", Type: layers.DateTime, Title: layers.Text{Zh: "结束时间", En: "When it ended"}},
		{Name: "cause", Type: layers.String, Title: layers.Text{Zh: "结束原因", En: "Why it ended"}},
		{Name: "peak_density", Type: layers.Number, Unit: "m-2", Title: layers.Text{Zh: "最高密度", En: "Highest density"}},
		{Name: "peak_devices", Type: layers.Integer, Title: layers.Text{Zh: "最多设备数", En: "Most devices"}},
		{Name: "acknowledged_by", Type: layers.String, Title: layers.Text{Zh: "确认人", En: "Who has acknowledged it"}},
		{Name: "synthetic", Type: layers.Boolean, Title: layers.Text{Zh: "合成数据", En: "Whether the crowd may be made up"}},
	}
	return stream.Description{
		Name: Stream, Durable: true,
		Rows: &layers.Layer{
			Name: Stream, Title: layers.Text{Zh: "人群报警", En: "Alarms of crowds"}, Geometry: layers.Point, Properties: rows,
		},
		// An object is told, but no filter names it.
		Fields: append(rows, layers.Property{Name: "acknowledged", Type: "object", Title: layers.Text{Zh: "确认", En: "Acknowledgement"}}),
	}
}
