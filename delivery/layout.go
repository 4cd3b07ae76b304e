package delivery

import (
	"context"
	"encoding/json"
	"fmt"

	"leat"
	"leat/lake"
)

// A layout is how a plan's records become rows. It is saved before anything of
// the plan is put, so that repeating the plan makes the same objects, whatever
// has become of the delivery stream's columns since.
type layout struct {
	// Kept are the columns; nil when the definition gives them, or in the meaning
	// of the first version.
	Kept *lake.Kept `json:"kept,omitempty"`
	Bite uint64     `json:"bite,omitempty"` // see lake.Job
}

// A planned is a plan that is being delivered, by one goroutine.
type planned struct {
	Plan
	layout layout
	saved  bool // the layout is in the store: objects may have been put
	// before is closed when the plans before have found out their columns, and
	// found when this one has too: what a file's columns are does not depend on
	// which plan happens to be delivered first.
	before <-chan struct{}
	found  chan struct{}
	known  bool // found is closed
}

// take makes a plan one to deliver.
func (p *pipe) take(plan Plan, before <-chan struct{}) (*planned, error) {
	taken := &planned{Plan: plan, before: before, found: make(chan struct{}), saved: plan.First || p.shape == nil}
	if plan.Layout == "" {
		return taken, nil
	}
	taken.saved = true
	if err := json.Unmarshal([]byte(plan.Layout), &taken.layout); err != nil {
		return nil, &leat.Error{Code: leat.Corrupt, Message: fmt.Sprintf("the layout of plan %d cannot be read", plan.Number), Err: err}
	}
	return taken, nil
}

// turn waits until the plans before have found out their columns, if this one
// is still to do it.
func (p *planned) turn(ctx context.Context) error {
	select {
	case <-p.before:
		if p.saved {
			p.foundOut()
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *planned) foundOut() {
	if !p.known {
		p.known = true
		close(p.found)
	}
}

// begin gives a plan the columns that the delivery stream has. It is for when
// the plans before have found out theirs.
func (p *pipe) begin(plan *planned) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !plan.saved && plan.layout.Kept == nil && p.shape.columns == nil {
		kept := p.kept
		plan.layout.Kept = &kept
	}
}

// learn keeps what a plan has found out about the columns.
func (p *pipe) learn(plan *planned, kept lake.Kept) {
	if plan.saved {
		return
	}
	plan.layout.Kept = &kept
	if !plan.known {
		p.mu.Lock()
		p.kept = kept
		p.mu.Unlock()
	}
	plan.foundOut()
}

// save saves a plan's layout, and the delivery stream's columns.
func (p *pipe) save(ctx context.Context, plan *planned) error {
	if plan.saved {
		return nil
	}
	// The store must not get older columns after newer ones.
	p.saving.Lock()
	defer p.saving.Unlock()
	p.mu.Lock()
	kept, err := json.Marshal(p.kept)
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encode the columns of %s: %w", p.def.Name, err)
	}
	text, err := json.Marshal(plan.layout)
	if err != nil {
		return fmt.Errorf("encode the layout of a plan of %s: %w", p.def.Name, err)
	}
	plan.Layout = string(text)
	if err := p.service.meta.SaveLayout(ctx, plan.Plan, string(kept)); err != nil {
		return err
	}
	plan.saved = true
	return nil
}
