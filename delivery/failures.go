package delivery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leat"
)

// failed logs what will be repeated, and shows it in the status until
// recovered is called with the same key.
func (p *pipe) failed(key string, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	text := err.Error()
	var described *leat.Error
	if errors.As(err, &described) && described.Hint != "" {
		text += " (" + described.Hint + ")"
	}
	p.mu.Lock()
	news := p.failures[key] != text
	p.failures[key] = text
	p.mu.Unlock()
	if news {
		p.logger.Error("delivery is held up", "err", text)
	}
	if failed := p.service.cfg.Events.Failed; failed != nil {
		failed(p.def.Name, err)
	}
}

// usable returns an error when the delivery stream is a failed one.
func (p *pipe) usable() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != Failed {
		return nil
	}
	return &leat.Error{
		Code: leat.Unavailable, Message: fmt.Sprintf("delivery stream %q does not work: %s", p.def.Name, p.lastErrorLocked()),
		Hint: "delete it and make it again",
	}
}

// recovered forgets a failure.
func (p *pipe) recovered(key string) {
	p.mu.Lock()
	_, was := p.failures[key]
	delete(p.failures, key)
	p.mu.Unlock()
	if was {
		p.logger.Info("delivery goes on")
	}
}

// lastErrorLocked returns what is being repeated, as one text.
func (p *pipe) lastErrorLocked() string {
	texts := slices.Compact(slices.Sorted(maps.Values(p.failures)))
	return strings.Join(texts, "; ")
}
