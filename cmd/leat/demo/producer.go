package demo

import (
	"context"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"leat/cmd/leat/client"
	"leat/simulate"
)

// A producer puts one kind of records at a steady rate.
type producer struct {
	stream string
	rate   float64 // records a second
	// make appends record index, and says whether it is bad.
	make   func(dst []byte, index uint64) (document []byte, bad bool)
	key    func(index uint64) string
	sender *client.Sender
	// acknowledged and bad count what the stream has acknowledged.
	acknowledged, bad atomic.Uint64
}

// badShare is the share of events that are bad on purpose.
const badShare = 0.001

// ratePerProducer is what one connection is asked to put; more is shared out.
const ratePerProducer = 25000

func (d *demo) newProducers() []*producer {
	// Each run makes events of its own.
	seed := uint64(d.began.UnixNano())
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: seed, Bad: badShare, Start: d.began.AddDate(0, 0, -2), Days: 2})
	if err != nil {
		panic(err) // a fixed configuration
	}
	logistics := simulate.Logistics{Seed: seed}
	orders := max(2, d.Rate/100)
	producers := []*producer{
		{
			stream: ordersStream, rate: orders,
			make: func(dst []byte, index uint64) ([]byte, bool) {
				return logistics.AppendOrder(dst, index, time.Now()), false
			},
			key: inDecimal,
		},
		{
			stream: customersStream, rate: orders / 4,
			make: func(dst []byte, index uint64) ([]byte, bool) { return logistics.AppendCustomer(dst, index), false },
			key:  inDecimal,
		},
	}
	parts := max(1, int(math.Ceil(d.Rate/ratePerProducer)))
	for part := range parts {
		first := uint64(part) << 40
		producers = append(producers, &producer{
			stream: eventsStream, rate: d.Rate / float64(parts),
			make: func(dst []byte, index uint64) ([]byte, bool) {
				dst, event := events.Append(dst, first+index)
				return dst, event.Kind.IsBad()
			},
			key: func(index uint64) string { return string(events.AppendKey(nil, first+index)) },
		})
	}
	for _, p := range producers {
		p.sender = client.NewSender(d.endpoint.Kinesis(), p.stream)
	}
	return producers
}

func inDecimal(index uint64) string { return strconv.FormatUint(index, 10) }

// tick is how often records are put: often enough for a live view, and seldom
// enough for calls of some size.
const tick = 50 * time.Millisecond

// run puts records until ctx ends. A call that has begun is finished, so that
// it is known for every record whether the stream has it.
func (p *producer) run(ctx context.Context) error {
	calls := context.WithoutCancel(ctx)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	began := time.Now()
	var index uint64
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		due := uint64(time.Since(began).Seconds() * p.rate)
		for index < due && ctx.Err() == nil {
			n := min(due-index, client.MaxRecords)
			if err := p.put(calls, index, n); err != nil {
				return err
			}
			index += n
		}
	}
}

// put puts n records from an index on, in one call.
func (p *producer) put(ctx context.Context, index, n uint64) error {
	var bad uint64
	for i := index; i < index+n; i++ {
		document, isBad := p.make(nil, i)
		if isBad {
			bad++
		}
		if err := p.sender.Add(ctx, p.key(i), document); err != nil {
			return err
		}
	}
	if err := p.sender.Flush(ctx); err != nil {
		return err
	}
	p.acknowledged.Add(n)
	p.bad.Add(bad)
	return nil
}
