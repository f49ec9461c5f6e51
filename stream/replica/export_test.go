package replica

import "yiping/stream/track"

// Encode is a message with the reports of a stream.
func Encode(d *track.Definition, reports []track.Report) []byte {
	c := newCodec(d)
	b := append([]byte(nil), c.head[:]...)
	for i := range reports {
		b = c.append(b, &reports[i])
	}
	return b
}

// Decode reads a message.
func Decode(d *track.Definition, data []byte) ([]track.Report, error) {
	return newCodec(d).decode(data)
}
