package heatmap

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// Key is what pseudonyms of a day are made with. It is nowhere but in the memory of
// the replicas.
type Key struct {
	// Day is the number of its day, as KeyDay counts them.
	Day int64
	// Drawn is when its first day's was drawn at random.
	Drawn time.Time
	// Secret is known to the replicas alone. Each day's is a hash of that of the day
	// before, which is forgotten: nobody can go back.
	Secret [sha256.Size]byte
}

// drawKey draws a key.
func drawKey(now time.Time) Key {
	k := Key{Day: KeyDay(now), Drawn: now}
	_, _ = rand.Read(k.Secret[:]) // it never fails
	return k
}

// at is the key of a later day; of an earlier it is the key itself.
func (k Key) at(day int64) Key {
	for ; k.Day < day; k.Day++ {
		mac := hmac.New(sha256.New, k.Secret[:])
		_, _ = mac.Write([]byte("the next day")) // it never fails
		mac.Sum(k.Secret[:0])
	}
	return k
}

// before tells which of two keys of a day all replicas take: that which was drawn
// first.
func (k Key) before(other Key) bool {
	if !k.Drawn.Equal(other.Drawn) {
		return k.Drawn.Before(other.Drawn)
	}
	return bytes.Compare(k.Secret[:], other.Secret[:]) < 0
}

// pseudonyms makes names of devices that cannot be led back to them: a keyed hash.
type pseudonyms struct {
	key Key
	mac hash.Hash
	// device and sum are room that a name needs.
	device []byte
	sum    [sha256.Size]byte
}

// changeOfKey is the hour of the day, in Shanghai (UTC+8), when the key changes: when
// the fewest people are out, and not at midnight, when New Year's Eve is fullest.
// Devices count twice then for one Config.TTL.
const changeOfKey = 4

const hour, day = 3600, 86400

// KeyDay is the number of the day whose key is used at a time.
func KeyDay(t time.Time) int64 { return (t.Unix() + (8-changeOfKey)*hour) / day }

// KeyDayStart is when the key of a day begins to be used.
func KeyDayStart(number int64) time.Time {
	return time.Unix(number*day-(8-changeOfKey)*hour, 0).UTC()
}

// name is the pseudonym of a device at a time of arrival, which never goes back.
func (p *pseudonyms) name(device string, now time.Time) uint64 {
	if p.mac == nil || KeyDay(now) > p.key.Day {
		p.turn(now)
	}
	p.mac.Reset()
	p.device = append(p.device[:0], device...)
	_, _ = p.mac.Write(p.device) // it never fails
	return binary.LittleEndian.Uint64(p.mac.Sum(p.sum[:0]))
}

// turn goes on to the key of a time.
func (p *pseudonyms) turn(now time.Time) {
	if p.mac == nil {
		p.use(drawKey(now))
	}
	p.use(p.key.at(KeyDay(now)))
}

func (p *pseudonyms) use(k Key) { p.key, p.mac = k, hmac.New(sha256.New, k.Secret[:]) }

// Key is the key of now.
func (e *Engine) Key() Key {
	now := e.clock()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names.turn(now)
	return e.names.key
}

// ShareKey takes the key of another replica if it was drawn before the own, so that
// all come to use the same. Who was heard of under the own counts twice for a
// Rules.TTL. A key that is more than a day off is none of now.
func (e *Engine) ShareKey(k Key) {
	now := e.clock()
	if off := k.Day - KeyDay(now); off < -1 || off > 1 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.names.mac != nil {
		e.names.turn(now)
	}
	if k = k.at(KeyDay(now)); e.names.mac == nil || k.before(e.names.key) {
		e.names.use(k)
	}
}
