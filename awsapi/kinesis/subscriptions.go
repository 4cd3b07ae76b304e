package kinesis

import (
	"context"
	"errors"
	"sync"
	"time"
)

// takeOverTime is how long a subscription keeps another one for the same
// consumer and shard away.
const takeOverTime = 5 * time.Second

// subscriptions are those of all consumers: which of them may begin, and which
// must end.
type subscriptions struct {
	mu sync.Mutex // guards what follows
	// byKey has those that are being sent, and those that began so recently that
	// they still keep others away.
	byKey map[subscriptionKey]*subscription
	// recent has those that keep others away, in the order of their beginning.
	recent []*subscription
}

// A subscriptionKey says what there is at most one subscription of.
type subscriptionKey struct {
	stream     string // its ID, so that one made again is another
	consumer   string
	registered int64
	shard      uint32
}

type subscription struct {
	key    subscriptionKey
	began  time.Time
	cancel context.CancelCauseFunc
	// recent says that it keeps others away, ended that nothing is sent any more.
	recent, ended bool
}

// Why a subscription must end or cannot begin.
var (
	errSubscribed   = errors.New("another subscription has just begun")
	errTakenOver    = errors.New("another subscription took over")
	errDeregistered = errors.New("the consumer was deregistered")
)

// check says whether a subscription may begin.
func (r *subscriptions) check(key subscriptionKey, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.checkLocked(key, now)
}

func (r *subscriptions) checkLocked(key subscriptionKey, now time.Time) error {
	if old := r.byKey[key]; old != nil && now.Sub(old.began) < takeOverTime {
		return errSubscribed
	}
	return nil
}

// begin begins a subscription and cancels the one before it. Call end when it
// has ended.
func (r *subscriptions) begin(key subscriptionKey, now time.Time, cancel context.CancelCauseFunc) (*subscription, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.checkLocked(key, now); err != nil {
		return nil, err
	}
	r.forgetLocked(now)
	if old := r.byKey[key]; old != nil {
		old.cancel(errTakenOver)
	}
	mine := &subscription{key: key, began: now, cancel: cancel, recent: true}
	if r.byKey == nil {
		r.byKey = map[subscriptionKey]*subscription{}
	}
	r.byKey[key] = mine
	r.recent = append(r.recent, mine)
	return mine, nil
}

// forgetLocked forgets those that have ended and keep nobody away any more.
func (r *subscriptions) forgetLocked(now time.Time) {
	n := 0
	for n < len(r.recent) && now.Sub(r.recent[n].began) >= takeOverTime {
		old := r.recent[n]
		old.recent = false
		if old.ended && r.byKey[old.key] == old {
			delete(r.byKey, old.key)
		}
		r.recent[n] = nil
		n++
	}
	r.recent = r.recent[n:]
}

// end ends a subscription. It may still keep others away.
func (r *subscriptions) end(mine *subscription) {
	mine.cancel(nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	mine.ended = true
	if !mine.recent && r.byKey[mine.key] == mine {
		delete(r.byKey, mine.key)
	}
}

// deregister cancels all subscriptions of a consumer.
func (r *subscriptions) deregister(stream string, c consumer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, one := range r.byKey {
		if key.stream == stream && key.consumer == c.Name && key.registered == c.CreatedMillis {
			one.cancel(errDeregistered)
		}
	}
}
