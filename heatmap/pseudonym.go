package heatmap

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// pseudonyms makes names of devices that cannot be led back to them: a keyed hash
// whose key is drawn anew each day and is nowhere but in memory.
type pseudonyms struct {
	mac hash.Hash
	day int64
	sum [sha256.Size]byte
}

// changeOfKey is the hour of the day, in Shanghai (UTC+8), when the key changes: when
// the fewest people are out, and not at midnight, when New Year's Eve is fullest.
// Devices count twice then for one Config.TTL.
const changeOfKey = 4

// day is the number of the day that a key is of.
func keyDay(t time.Time) int64 { return (t.Unix() + (8-changeOfKey)*3600) / 86400 }

// name is the pseudonym of a device at a time of arrival, which never goes back.
func (p *pseudonyms) name(device string, now time.Time) uint64 {
	if day := keyDay(now); p.mac == nil || day > p.day {
		var key [sha256.Size]byte
		_, _ = rand.Read(key[:]) // it never fails
		p.mac, p.day = hmac.New(sha256.New, key[:]), day
	}
	p.mac.Reset()
	_, _ = p.mac.Write([]byte(device)) // it never fails
	return binary.LittleEndian.Uint64(p.mac.Sum(p.sum[:0]))
}
