package fence

import (
	"yiping/layers"
	"yiping/stream"
)

// Stream is the name of the stream of transitions.
const Stream = "fences"

// Describe is the stream of transitions. Its items are pairs of a fence and an
// object.
func Describe() stream.Description {
	text, boolean := layers.String, layers.Boolean
	return stream.Description{
		Name: Stream, Durable: true,
		Rows: &layers.Layer{
			Name: Stream, Title: layers.Text{Zh: "电子围栏", En: "Geofences"}, Geometry: layers.Point,
			Properties: []layers.Property{
				{Name: "fence", Type: text, Title: layers.Text{Zh: "围栏编号", En: "Fence"}},
				{Name: "title", Type: text, Title: layers.Text{Zh: "围栏名称", En: "Title of the fence"}},
				{Name: "stream", Type: text, Title: layers.Text{Zh: "数据流", En: "Stream of the object"}},
				{Name: "entity", Type: text, Title: layers.Text{Zh: "对象编号", En: "Key of the object"}},
				{Name: "inside", Type: boolean, Title: layers.Text{Zh: "在围栏内", En: "In the fence"}},
				{Name: "entered", Type: layers.Integer, Unit: "ms", Title: layers.Text{Zh: "进入时间", En: "When the stay began, Unix time"}},
				{Name: "cause", Type: text, Title: layers.Text{Zh: "原因", En: "Cause"}},
				{Name: "synthetic", Type: boolean, Title: layers.Text{Zh: "合成数据", En: "Synthetic"}},
			},
		},
	}
}
