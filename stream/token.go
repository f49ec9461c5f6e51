package stream

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A token is: version, class, expiry (Unix seconds, 8 bytes, big endian), 16 bytes
// of the SHA-256 of the subscription, the position, and 16 bytes of the
// HMAC-SHA-256 of all that. It is opaque to clients.
const (
	tokenVersion = 1
	classDurable = 2
	tokenHead    = 2 + 8 + digestBytes
	digestBytes  = 16
	// tokenLife bounds a token beside the retention of the source.
	tokenLife = 7 * 24 * time.Hour
)

// signer makes tokens with a secret that replicas share.
type signer []byte

func digest(form string) []byte {
	sum := sha256.Sum256([]byte(form))
	return sum[:digestBytes]
}

func (s signer) mac(data []byte) []byte {
	h := hmac.New(sha256.New, s)
	h.Write(data)
	return h.Sum(nil)[:digestBytes]
}

// token is for a subscription by its form, at a position.
func (s signer) token(form, position string, now time.Time) string {
	b := []byte{tokenVersion, classDurable}
	b = binary.BigEndian.AppendUint64(b, uint64(now.Add(tokenLife).Unix()))
	b = append(b, digest(form)...)
	b = append(b, position...)
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

// Why a token cannot be resumed from, as reset frames say it.
const (
	whyExpired = "expired"
	whyFilter  = "filter"
)

// position reads the position of a token of a subscription; why says that the
// token is void.
func (s signer) position(token, form string, now time.Time) (position, why string) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < tokenHead+digestBytes || b[0] != tokenVersion || b[1] != classDurable {
		return "", whyExpired
	}
	body, mac := b[:len(b)-digestBytes], b[len(b)-digestBytes:]
	switch {
	case !hmac.Equal(mac, s.mac(body)), now.Unix() > int64(binary.BigEndian.Uint64(body[2:])):
		return "", whyExpired
	case string(body[10:tokenHead]) != string(digest(form)):
		return "", whyFilter
	}
	return string(body[tokenHead:]), ""
}
