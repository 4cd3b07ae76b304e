package faults

import (
	"context"
	"math/rand/v2"
	"time"
)

// A Decision is what becomes of one request.
type Decision struct {
	Rule  string // whose it is
	Delay time.Duration
	// Drop is empty when the connection stays.
	Drop Drop
	// Error is answered in place of the work, or nil.
	Error *Answer

	records *Records
	chances *rand.Rand
}

// An Answer is an exception as it is sent.
type Answer struct {
	Type, Message string
	Status        int
}

// decide says what becomes of the n-th request that the rule concerns; nil:
// nothing.
func (r Rule) decide(n uint64) *Decision {
	chances := rand.New(rand.NewPCG(r.Seed, n))
	if chances.Float64() >= r.Share {
		return nil
	}
	d := &Decision{Rule: r.Name, Drop: r.Drop}
	if r.Delay != nil {
		d.Delay = r.Delay.Min + time.Duration(chances.Int64N(int64(r.Delay.Max-r.Delay.Min)+1))
	}
	if r.Error != nil {
		known := failures[r.Service][r.Error.Type]
		d.Error = &Answer{Type: r.Error.Type, Message: r.Error.Message, Status: known.status}
		if d.Error.Message == "" {
			d.Error.Message = known.message
		}
	}
	if r.Records != nil {
		chosen := *r.Records
		if chosen.Message == "" {
			chosen.Message = failures[r.Service][chosen.Type].message
		}
		d.records, d.chances = &chosen, chances
	}
	return d
}

type decisionKey struct{}

// Context hands on a decision that refuses records, to those who know them. It
// returns ctx itself for any other decision.
func (d *Decision) Context(ctx context.Context) context.Context {
	if d == nil || d.records == nil {
		return ctx
	}
	return context.WithValue(ctx, decisionKey{}, d)
}

// Refuse calls refuse for those of a batch's records that the request's
// decision refuses: none when there is no decision. Call it once a request.
func Refuse(ctx context.Context, records int, refuse func(record int, code, message string)) {
	d, ok := ctx.Value(decisionKey{}).(*Decision)
	if !ok {
		return
	}
	for i := range records {
		if d.chances.Float64() < d.records.Share {
			refuse(i, d.records.Type, d.records.Message)
		}
	}
}
