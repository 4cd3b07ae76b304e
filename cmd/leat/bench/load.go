package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"leat"
	"leat/cmd/leat/measure"
	"leat/simulate"
)

// A load is records put into a stream as fast as they are taken, or at a rate.
type load struct {
	addr   string
	stream string
	events *simulate.Events
	// connections is how many calls are under way at once.
	connections int
	// perCall is how many records a call has; 0: the constant of that name.
	perCall uint64
	// records is how many to put; 0: until stop.
	records uint64
	// stop, when set, is when to stop.
	stop time.Time
	// rate is how many a second; 0: as many as are taken.
	rate float64
	// fresh makes every record a different one, not only in its UUID. It costs the
	// machine about a second of a core for two million records.
	fresh bool
	// sent, if set, is told of each call: the number after its last record, and
	// when it was sent.
	sent func(end uint64, at time.Time)
	// acknowledged, if set, is told of each record's sequence number when its call
	// was answered.
	acknowledged func(sequence leat.Sequence, at time.Time)
	// counted, if set, always holds how many records were acknowledged.
	counted *atomic.Uint64
}

// A loaded is what a load did.
type loaded struct {
	records, bytes uint64
	took           time.Duration
	latencies      measure.Latencies // of calls
}

func (l loaded) rate() float64 { return float64(l.records) / l.took.Seconds() }

// bodiesPerConnection is how many different calls each connection has at hand
// when records are not fresh: 16 connections have 128 000 different records.
const bodiesPerConnection = 16

// run puts the records and returns when all calls are answered.
func (l load) run(ctx context.Context) (*loaded, error) {
	counted := l.counted
	if counted == nil {
		counted = new(atomic.Uint64)
	}
	if l.perCall == 0 {
		l.perCall = perCall
	}
	before := counted.Load()
	calls := &callCounter{most: (l.records + l.perCall - 1) / l.perCall}
	var mu sync.Mutex // guards sum
	sum := &loaded{}
	senders := make([]*sender, l.connections)
	for i := range senders {
		var err error
		if senders[i], err = l.newSender(uint64(i)); err != nil {
			return nil, err
		}
		defer senders[i].close()
	}
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range senders {
		group.Go(func() error {
			defer context.AfterFunc(ctx, func() { s.close() })()
			for {
				number, ok := calls.next()
				if !ok || !l.stop.IsZero() && !time.Now().Before(l.stop) {
					break
				}
				if err := l.pace(ctx, began, number*l.perCall); err != nil {
					return err
				}
				if err := s.call(); err != nil {
					return errors.Join(ctx.Err(), err)
				}
				counted.Add(l.perCall)
			}
			mu.Lock()
			defer mu.Unlock()
			sum.bytes += s.bytes
			sum.latencies.Merge(&s.latencies)
			return nil
		})
	}
	err := group.Wait()
	sum.took, sum.records = time.Since(began), counted.Load()-before
	if err != nil {
		return nil, fmt.Errorf("put records: %w", err)
	}
	return sum, nil
}

// pace waits until the call that begins with a record is due.
func (l load) pace(ctx context.Context, began time.Time, record uint64) error {
	if l.rate == 0 {
		return ctx.Err()
	}
	due := began.Add(time.Duration(float64(record) / l.rate * float64(time.Second)))
	wait := time.Until(due)
	if wait <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A callCounter numbers calls until there are enough.
type callCounter struct {
	taken atomic.Uint64
	most  uint64 // 0: no end
}

func (c *callCounter) next() (number uint64, ok bool) {
	number = c.taken.Add(1) - 1
	return number, c.most == 0 || number < c.most
}

// A sender is one connection with its bodies.
type sender struct {
	*connection
	load
	bodies    []*body
	turn      uint64
	index     uint64 // of the next fresh event
	bytes     uint64
	latencies measure.Latencies
}

func (l load) newSender(number uint64) (*sender, error) {
	c, err := connect(l.addr)
	if err != nil {
		return nil, err
	}
	s := &sender{connection: c, load: l, index: number << 40}
	bodies := bodiesPerConnection
	if l.fresh {
		bodies = 1
	}
	for range bodies {
		s.bodies = append(s.bodies, newBody(l.stream, l.events, s.index, l.perCall))
		s.index += l.perCall
	}
	return s, nil
}

// call makes one call.
func (s *sender) call() error {
	b := s.bodies[s.turn%uint64(len(s.bodies))]
	s.turn++
	if s.fresh {
		b.fill(s.stream, s.events, s.index)
		s.index += s.perCall
	}
	b.renew()
	began := time.Now()
	if err := s.put(b); err != nil {
		return err
	}
	ended := time.Now()
	s.latencies.Add(ended.Sub(began), 1)
	s.bytes += uint64(b.bytes)
	if s.sent == nil && s.acknowledged == nil {
		return nil
	}
	var last leat.Sequence
	found, err := eachSequence(s.answer.Bytes(), func(sequence leat.Sequence) {
		if last.Ordinal < sequence.Ordinal {
			last = sequence
		}
		if s.acknowledged != nil {
			s.acknowledged(sequence, ended)
		}
	})
	if err != nil {
		return err
	}
	if found != int(b.count) {
		return fmt.Errorf("%d records got %d sequence numbers", b.count, found)
	}
	if s.sent != nil {
		s.sent(last.Ordinal, began)
	}
	return nil
}
