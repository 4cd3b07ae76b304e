package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Rule says which requests go wrong, and how.
type Rule struct {
	// Name tells rules apart: letters, digits, dots, dashes and underscores.
	Name string `json:"name"`

	// Service is "kinesis" or "firehose"; Operations are those concerned, all
	// when there are none; Stream, when set, is the only stream concerned.
	Service    string   `json:"service"`
	Operations []string `json:"operations,omitempty"`
	Stream     string   `json:"stream,omitempty"`
	// Share is how many of these requests go wrong, from 0 to 1. Seed decides
	// which; 0 takes a random one.
	Share float64 `json:"share"`
	Seed  uint64  `json:"seed"`

	// Delay is how long the answer waits, before the work is done. It may stand
	// alone or with one of the others.
	Delay *Span `json:"delay,omitempty"`
	// Error is answered in place of the work.
	Error *Failure `json:"error,omitempty"`
	// Drop closes the connection without an answer.
	Drop Drop `json:"drop,omitempty"`
	// Records refuses some of the records of a batch; the others are stored.
	Records *Records `json:"records,omitempty"`

	// Count ends the rule after so many faults, For after so long; 0: never.
	Count int64    `json:"count,omitempty"`
	For   Duration `json:"for,omitempty"`
}

// Drop says when a connection is closed.
type Drop string

// The moments at which a connection is closed.
const (
	DropBefore Drop = "before" // the work: it is never done
	DropAfter  Drop = "after"  // it: it is done, and nobody is told
)

// A Failure is an exception of the service.
type Failure struct {
	Type string `json:"type"`
	// Message is for people; default: one for the type.
	Message string `json:"message,omitempty"`
}

// Records says what share of a batch's records is refused, and why.
type Records struct {
	Share float64 `json:"share"`
	Failure
}

// maxName bounds a rule's name, which is sent in a header.
const maxName = 64

var nameForm = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// ParseRule reads a rule in JSON. A share that is left out is 1. Names of
// members that do not exist are errors; Set.Put checks the rest.
func ParseRule(text []byte) (Rule, error) {
	rule := Rule{Share: 1}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rule); err != nil {
		return Rule{}, fmt.Errorf("read the rule: %w", err)
	}
	if decoder.More() {
		return Rule{}, errors.New("read the rule: there is more after it")
	}
	return rule, nil
}

// check says what is wrong with a rule.
func (r Rule) check(services []Service) error {
	if len(r.Name) > maxName || !nameForm.MatchString(r.Name) {
		return fmt.Errorf("name %q: give 1 to %d letters, digits, dots, dashes and underscores", r.Name, maxName)
	}
	i := slices.IndexFunc(services, func(s Service) bool { return s.Name == r.Service })
	if i < 0 {
		return fmt.Errorf("service %q: there is %s", r.Service, listed(services, func(s Service) string { return s.Name }))
	}
	for _, operation := range r.Operations {
		if !slices.Contains(services[i].Operations, operation) {
			return fmt.Errorf("operations: %s has no operation %q", r.Service, operation)
		}
	}
	switch {
	case !(r.Share >= 0 && r.Share <= 1):
		return fmt.Errorf("share: %v is not from 0 to 1", r.Share)
	case r.Count < 0:
		return fmt.Errorf("count: %d is less than 0", r.Count)
	case r.For < 0:
		return fmt.Errorf("for: %s is less than 0", r.For)
	}
	return r.checkEffect()
}

func (r Rule) checkEffect() error {
	effects := 0
	for _, has := range []bool{r.Error != nil, r.Drop != "", r.Records != nil} {
		if has {
			effects++
		}
	}
	switch {
	case effects == 0 && r.Delay == nil:
		return errors.New("the rule does nothing: give it a delay, an error, a drop or records")
	case effects > 1:
		return errors.New("give only one of error, drop and records; a delay may go with it")
	case r.Delay != nil && (r.Delay.Min < 0 || r.Delay.Max < r.Delay.Min || r.Delay.Max > maxDelay):
		return fmt.Errorf("delay: %s is not from 0 to %s, the shorter end first", r.Delay, maxDelay)
	case r.Drop != "" && r.Drop != DropBefore && r.Drop != DropAfter:
		return fmt.Errorf("drop: %q is neither %q nor %q", r.Drop, DropBefore, DropAfter)
	case r.Error != nil:
		if _, known := failures[r.Service][r.Error.Type]; !known {
			return fmt.Errorf("error: %s does not answer %q; it answers %s", r.Service, r.Error.Type, names(failures[r.Service]))
		}
	case r.Records != nil:
		return r.checkRecords()
	}
	return nil
}

func (r Rule) checkRecords() error {
	batch := batches[r.Service]
	if len(r.Operations) != 1 || r.Operations[0] != batch.operation {
		return fmt.Errorf("records: of %s, only %s takes batches of records: name it as the one operation", r.Service, batch.operation)
	}
	if !(r.Records.Share > 0 && r.Records.Share <= 1) {
		return fmt.Errorf("records: share %v is not above 0 and up to 1", r.Records.Share)
	}
	if !slices.Contains(batch.types, r.Records.Type) {
		return fmt.Errorf("records: %s refuses records with %s, not with %q", batch.operation, strings.Join(batch.types, " or "), r.Records.Type)
	}
	return nil
}

// concerns reports whether an operation is one of the rule's. Its stream is
// asked for later.
func (r Rule) concerns(service, operation string) bool {
	return r.Service == service && (len(r.Operations) == 0 || slices.Contains(r.Operations, operation))
}

// effect is what the rule is counted as.
func (r Rule) effect() string {
	switch {
	case r.Error != nil:
		return "error"
	case r.Drop != "":
		return "drop-" + string(r.Drop)
	case r.Records != nil:
		return "records"
	}
	return "delay"
}
