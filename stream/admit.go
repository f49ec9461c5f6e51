package stream

import (
	"net/http"
	"net/netip"
	"strings"
)

// maxClient is the length of what a client may call itself.
const maxClient = 64

// nameable reports whether a client may call itself so; it need not have a name.
func nameable(name string) bool {
	unfit := func(r rune) bool {
		fits := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r)
		return !fits
	}
	return len(name) <= maxClient && !strings.ContainsFunc(name, unfit)
}

// welcome reports whether the page that asks may connect.
func (h *Hub) welcome(r *http.Request) bool { return allowed(r, h.Origins) }

// address is where a request comes from. It is not valid, and not counted, for this
// machine: a proxy in front of the service comes from there with everybody's
// requests.
func address(r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || from.Addr().Unmap().IsLoopback() {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}

// admit takes a connection in; a code says that it does not, and why. One of the
// same client that there was before has to go.
func (h *Hub) admit(c *conn) (code int, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return closeRestart, "restart"
	case len(h.conns) >= h.Limits.Connections:
		return closeFull, "no room for another connection"
	case c.address.IsValid() && h.addresses[c.address] >= h.Limits.PerAddress:
		return closeFlood, "too many connections from this address"
	}
	if before := h.clients[c.client]; before != nil {
		close(before.replaced)
	}
	if c.client != "" {
		h.clients[c.client] = c
	}
	if c.address.IsValid() {
		h.addresses[c.address]++
	}
	h.conns[c] = struct{}{}
	h.ended.Add(1)
	return 0, ""
}

// dismiss undoes admit.
func (h *Hub) dismiss(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	if h.clients[c.client] == c {
		delete(h.clients, c.client)
	}
	if c.address.IsValid() {
		if h.addresses[c.address]--; h.addresses[c.address] == 0 {
			delete(h.addresses, c.address)
		}
	}
}
