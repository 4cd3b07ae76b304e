package delivery

import (
	"time"

	"leat/metastore"
)

// The states of a delivery stream.
const (
	Active   = "ACTIVE"
	Deleting = "DELETING"
	// Failed is the state of a delivery stream whose definition this version does
	// not take, or cannot read: it does nothing until it is deleted, or a version
	// runs that does. What it has not delivered stays in its source.
	Failed = "FAILED"
)

// The kinds of errors that records go to the error prefix for, by Firehose's
// names.
const (
	processingFailed = "processing-failed"
	conversionFailed = "format-conversion-failed"
)

// A Plan is one decided batch; see metastore.
type Plan = metastore.Plan

// Status is how far a delivery stream is: its ledger adds up, Read = Delivered
// + Dropped + Quarantined.
type Status struct {
	Definition
	ID          string
	State       string // ACTIVE, DELETING, FAILED
	Created     time.Time
	Version     int
	Read        uint64 // records of all batches that are done
	Delivered   uint64
	Dropped     uint64 // by the query's WHERE
	Quarantined uint64 // to the error prefix
	Lost        uint64 // taken by the source's retention, or with the source, before they were read
	Objects     uint64
	Bytes       uint64 // of objects, as stored
	Pending     uint64 // records that are not in the bucket yet, as far as is known
	LastError   string // of what is being repeated; "" when all is well
	Panics      uint64 // faults of Leat that ended attempts, since the start
}

// status takes a snapshot.
func (p *pipe) status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.ledger
	return Status{
		Definition: p.def, ID: p.id, State: p.state, Created: p.created, Version: p.version,
		Read: l.Read, Delivered: l.Delivered, Dropped: l.Dropped, Quarantined: l.Quarantined, Lost: l.Lost, Objects: l.Objects, Bytes: l.Bytes,
		Pending: p.pending + p.buffered + p.planned, LastError: p.lastErrorLocked(), Panics: p.panics,
	}
}
