package pgwire

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// freeGuesses is how many wrong passwords one may give before it is slowed.
const freeGuesses = 5

// mostGuessers is how many users at places are remembered.
const mostGuessers = 10_000

// A brake slows the guessing of passwords. It knows who gave a wrong one, user and
// place, and lets through that one's next passwords one by one: the wait comes
// before a password is looked at, so that neither many connections at once nor
// hanging up early gets more of them looked at. The right password ends it. Who has
// given no wrong password is never slowed.
type brake struct {
	pause    time.Duration // between two passwords
	patience time.Duration // who would have to wait longer is refused

	mu    sync.Mutex // guards wrong
	wrong map[guesser]*rate.Limiter
}

// newBrake returns a brake that lets through one guess a second.
func newBrake() *brake {
	return &brake{pause: time.Second, patience: 5 * time.Second, wrong: make(map[guesser]*rate.Limiter)}
}

// A guesser is a user at a place.
type guesser struct {
	user  [sha256.Size]byte // of the name, which the client chooses, as long as it likes
	place place
}

func guesserOf(user string, from place) guesser {
	return guesser{sha256.Sum256([]byte(user)), from}
}

// wait returns when g's next password may be looked at, or an error: 28000 for
// one that came too soon after too many others, ctx's own when that ends.
func (b *brake) wait(ctx context.Context, g guesser) error {
	limiter := b.limiter(g)
	if limiter == nil {
		return nil
	}
	turn := limiter.Reserve()
	pause := turn.Delay()
	if pause > b.patience {
		turn.Cancel()
		return errorf("28000", "too many wrong passwords of this user from this address, try again in %s", b.pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// limiter is what slows g; nil: nothing does.
func (b *brake) limiter(g guesser) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wrong[g]
}

// failed notes that g's password was wrong.
func (b *brake) failed(g guesser) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wrong[g] != nil {
		return // this one has waited for its turn
	}
	if len(b.wrong) >= mostGuessers {
		b.forget()
	}
	limiter := rate.NewLimiter(rate.Every(b.pause), freeGuesses)
	limiter.Allow() // the one that was wrong
	b.wrong[g] = limiter
}

// forget makes room: those go whose guesses are long ago, and if that are few,
// others. The caller holds mu.
func (b *brake) forget() {
	for g, limiter := range b.wrong {
		if limiter.Tokens() >= freeGuesses {
			delete(b.wrong, g)
		}
	}
	for g := range b.wrong {
		if len(b.wrong) < mostGuessers*9/10 {
			return
		}
		delete(b.wrong, g)
	}
}

// succeeded notes that g knows the password.
func (b *brake) succeeded(g guesser) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.wrong, g)
}
