package pgwire

import (
	"crypto/rand"
	"crypto/subtle"
	"sync"
)

// cancelKeys remembers which secret lets a client cancel which session's statement.
// A cancel request comes on a connection of its own and proves its right with
// the secret that the session was given at its start.
type cancelKeys struct {
	mu   sync.Mutex // guards keys
	keys map[uint32]cancelKey
}

type cancelKey struct {
	secret [4]byte
	conn   *conn
}

// add makes a secret for a connection's session.
func (k *cancelKeys) add(c *conn) []byte {
	key := cancelKey{conn: c}
	rand.Read(key.secret[:])
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		k.keys = make(map[uint32]cancelKey)
	}
	k.keys[uint32(c.sess.ID())] = key
	return key.secret[:]
}

// remove forgets a session. Afterwards no cancel reaches it any more.
func (k *cancelKeys) remove(sess session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, uint32(sess.ID()))
}

// cancel cancels what the session runs, if the secret is right. The client is told
// nothing either way.
func (k *cancelKeys) cancel(id uint32, secret []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, ok := k.keys[id]
	if ok && subtle.ConstantTimeCompare(key.secret[:], secret) == 1 {
		// Under the lock, so that the session cannot be closed meanwhile.
		key.conn.cancelRunning()
	}
}
