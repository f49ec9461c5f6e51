package stream

import (
	"bufio"
	"net"
	"net/http"
)

// hijackable finds the connection below what handlers have wrapped around it.
type hijackable struct{ http.ResponseWriter }

// Hijack takes the connection over.
func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(h.ResponseWriter).Hijack()
}
