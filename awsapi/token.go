package awsapi

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// KeyBytes is the length of the key that tokens are sealed with.
const KeyBytes = 32

// Tokens seals what an operation wants to get back from its client later, such
// as a shard iterator: opaque, and impossible to make or change without the
// key. A key that outlives a restart makes tokens do so too.
type Tokens struct {
	aead cipher.AEAD
}

// The reasons why a token is refused.
var (
	ErrForeignToken = errors.New("token was not made here")
	ErrOldToken     = errors.New("token has expired")
)

// NewTokens returns tokens under a key of KeyBytes; nil makes a random key,
// good for as long as the process lives.
func NewTokens(key []byte) (*Tokens, error) {
	if key == nil {
		key = make([]byte, KeyBytes)
		rand.Read(key) // never fails
	}
	if len(key) != KeyBytes {
		return nil, errors.New("a key for tokens has 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Tokens{aead: aead}, nil
}

// Seal makes a token of a kind: a token of one kind does not open as another.
//
//	base64( nonce(12) · sealed( made(8, milliseconds) · content ) · tag(16) )
func (t *Tokens) Seal(kind string, content []byte, now time.Time) string {
	plain := make([]byte, 8, 8+len(content))
	binary.BigEndian.PutUint64(plain, uint64(now.UnixMilli()))
	plain = append(plain, content...)
	return base64.StdEncoding.EncodeToString(t.aead.Seal(nil, nil, plain, []byte(kind)))
}

// Open returns a token's content and when it was made. The error is
// ErrForeignToken, or ErrOldToken, which comes with the time, when the token is
// older than maxAge.
func (t *Tokens) Open(kind, token string, maxAge time.Duration, now time.Time) ([]byte, time.Time, error) {
	sealed, err := base64.StdEncoding.Strict().DecodeString(token)
	if err != nil || len(sealed) < t.aead.Overhead() {
		return nil, time.Time{}, ErrForeignToken
	}
	plain, err := t.aead.Open(nil, nil, sealed, []byte(kind))
	if err != nil || len(plain) < 8 {
		return nil, time.Time{}, ErrForeignToken
	}
	made := time.UnixMilli(int64(binary.BigEndian.Uint64(plain)))
	if now.UnixMilli()-made.UnixMilli() > maxAge.Milliseconds() {
		return nil, made, ErrOldToken
	}
	return plain[8:], made, nil
}
