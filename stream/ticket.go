package stream

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"sync"
	"time"
)

// A ticket lets a page open a websocket, for which browsers send no header of the
// page's choice. It is: version, class, expiry (Unix milliseconds, 8 bytes, big
// endian), 16 random bytes, and 16 bytes of the HMAC-SHA-256 of all that. Everybody
// gets one: there are no identities yet.
const (
	ticketVersion = 1
	ticketClass   = 3 // which no token is of
	ticketHead    = 2 + 8
	ticketBytes   = ticketHead + digestBytes
	ticketLife    = 30 * time.Second
)

// tickets remembers those that were used, until they expire. Each serves once on
// every server.
type tickets struct {
	mu   sync.Mutex
	used map[string]time.Time // when it expires
}

// ticket answers with a new ticket.
func (h *Hub) ticket(w http.ResponseWriter, _ *http.Request) error {
	expires := time.Now().Add(ticketLife)
	b := make([]byte, ticketBytes)
	b[0], b[1] = ticketVersion, ticketClass
	binary.BigEndian.PutUint64(b[2:], uint64(expires.UnixMilli()))
	_, _ = rand.Read(b[ticketHead:]) // it never fails
	return writeJSON(w, struct {
		Ticket  string `json:"ticket"`
		Expires int64  `json:"expires_ms"`
	}{base64.RawURLEncoding.EncodeToString(append(b, h.tokens.mac(b)...)), ticketLife.Milliseconds()})
}

// redeem reports whether a ticket serves, which it does once.
func (h *Hub) redeem(ticket string, now time.Time) bool {
	b, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(b) != ticketBytes+digestBytes || b[0] != ticketVersion || b[1] != ticketClass {
		return false
	}
	body, mac := b[:ticketBytes], b[ticketBytes:]
	expires := time.UnixMilli(int64(binary.BigEndian.Uint64(body[2:])))
	if !hmac.Equal(mac, h.tokens.mac(body)) || !now.Before(expires) {
		return false
	}
	h.tickets.mu.Lock()
	defer h.tickets.mu.Unlock()
	for other, at := range h.tickets.used {
		if now.After(at) {
			delete(h.tickets.used, other)
		}
	}
	id := string(body[ticketHead:])
	if _, used := h.tickets.used[id]; used {
		return false
	}
	h.tickets.used[id] = expires
	return true
}
