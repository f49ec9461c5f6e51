package relay

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// errSealed is a message that was sealed by nobody who has the secret, or for another
// topic.
var errSealed = errors.New("it is not sealed by a replica of this service")

// sealer seals messages for those who have the same secret.
type sealer struct{ aead cipher.AEAD }

func newSealer(secret []byte) (*sealer, error) {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte("heat on the bus")) // it never fails
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("seal what goes over the bus: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal what goes over the bus: %w", err)
	}
	return &sealer{aead}, nil
}

func (s *sealer) seal(topic string, data []byte) []byte {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(data)+s.aead.Overhead())
	_, _ = rand.Read(nonce) // it never fails
	return s.aead.Seal(nonce, nonce, data, []byte(topic))
}

func (s *sealer) open(topic string, message []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(message) < n {
		return nil, errSealed
	}
	data, err := s.aead.Open(nil, message[:n], message[n:], []byte(topic))
	if err != nil {
		return nil, errSealed
	}
	return data, nil
}
