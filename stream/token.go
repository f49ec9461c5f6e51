package stream

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A token is: version, class, level of detail, flags, expiry (Unix seconds), digest of
// the shape of a named area (both 8 bytes, big endian), 16 bytes of the SHA-256 of the
// subscription, the position, and 16 bytes of the HMAC-SHA-256 of all that. It is opaque
// to clients.
const (
	tokenVersion = 3
	tokenHead    = 4 + 8 + 8 + digestBytes
	digestBytes  = 16
	// thinFlag says that some rows lack fields.
	thinFlag = 1
)

// class is what kind of position a token holds.
type class byte

const (
	inMemory class = 1 // that of the replica that made it
	durable  class = 2 // that of a database that replicas share
)

// life bounds a token of the class beside the retention of its source.
func (c class) life() time.Duration {
	if c == inMemory {
		return 10 * time.Minute
	}
	return 7 * 24 * time.Hour
}

// class is that of positions of the stream.
func (d *Description) class() class {
	if d.Durable {
		return durable
	}
	return inMemory
}

// standing is what a client has: everything up to a position, in a level of detail.
type standing struct {
	lod lod
	// thin says that some of its rows lack fields that a slow connection goes without.
	thin bool
	// shape is the digest of its area's, if that has one.
	shape    uint64
	position string
}

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

// token is for a subscription by its form.
func (s signer) token(c class, form string, at standing, now time.Time) string {
	b := []byte{tokenVersion, byte(c), byte(at.lod), 0}
	if at.thin {
		b[3] = thinFlag
	}
	b = binary.BigEndian.AppendUint64(b, uint64(now.Add(c.life()).Unix()))
	b = binary.BigEndian.AppendUint64(b, at.shape)
	b = append(b, digest(form)...)
	b = append(b, at.position...)
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

// Why a token cannot be resumed from, as reset frames say it.
const (
	whyExpired = "expired"
	whyFilter  = "filter"
	whyEpoch   = "epoch"
	whyLOD     = "lod"
	whyArea    = "area"
)

// standing reads a token of a subscription; why says that the token is void.
func (s signer) standing(c class, token, form string, now time.Time) (at standing, why string) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < tokenHead+digestBytes || b[0] != tokenVersion || b[1] != byte(c) {
		return standing{}, whyExpired
	}
	body, mac := b[:len(b)-digestBytes], b[len(b)-digestBytes:]
	switch {
	case !hmac.Equal(mac, s.mac(body)), now.Unix() > int64(binary.BigEndian.Uint64(body[4:])):
		return standing{}, whyExpired
	case string(body[20:tokenHead]) != string(digest(form)):
		return standing{}, whyFilter
	}
	return standing{
		lod: lod(body[2]), thin: body[3]&thinFlag != 0,
		shape: binary.BigEndian.Uint64(body[12:]), position: string(body[tokenHead:]),
	}, ""
}
