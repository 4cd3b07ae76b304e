package kinesis

import (
	"context"
	"errors"
	"time"

	"leat"
	"leat/awsapi"
	"leat/shardlog"
)

// The statuses of streams. Changes are in force at once; with a StatusDelay the
// stream still shows the status that it would have on AWS, for that time.
const (
	creating = "CREATING"
	updating = "UPDATING"
	deleting = "DELETING"
	active   = "ACTIVE"
)

// A phase is a status that ends by itself.
type phase struct {
	Status      string `json:"status"`
	UntilMillis int64  `json:"until_ms"`
}

// phase returns the one that begins now, nil when there are none.
func (a *api) phase(status string) *phase {
	if a.statusDelay <= 0 {
		return nil
	}
	return &phase{status, a.now().Add(a.statusDelay).UnixMilli()}
}

// status is a stream's, by its attributes. A phase is over, too, when it would
// last longer than any does now: the delay got shorter, or the clock stepped
// back. One of DELETING that is over means that the stream is to be removed.
func (a *api) status(kept *attributes) string {
	if kept.Phase == nil || kept.Phase.Status != deleting && a.over(*kept.Phase) {
		return active
	}
	return kept.Phase.Status
}

func (a *api) over(p phase) bool {
	left := time.UnixMilli(p.UntilMillis).Sub(a.now())
	return left <= 0 || left > a.statusDelay
}

// statusOf is a stream's status. Whoever reads its attributes for their own sake
// says what is wrong with them.
func (a *api) statusOf(info shardlog.Info) string {
	kept, err := attributesOf(info)
	if err != nil {
		return active
	}
	return a.status(&kept)
}

// find finds a stream by name. One whose time in DELETING has passed is removed
// first, if nobody did it yet.
func (a *api) find(name string) (*shardlog.Stream, error) {
	s, err := a.store.Stream(name)
	if err == nil && a.gone(s.Info()) {
		// Not in the request's context: a removal that has begun goes on.
		if err = a.remove(context.Background(), s); err == nil {
			s, err = a.store.Stream(name)
		}
	}
	return s, a.streamError(err, name)
}

// isMissing reports whether an error of find is that there is no such stream.
func isMissing(err error) bool {
	var named *awsapi.Error
	return errors.As(err, &named) && named.Type == resourceNotFound
}

// gone reports whether a stream's time in DELETING has passed.
func (a *api) gone(info shardlog.Info) bool {
	kept, err := attributesOf(info)
	return err == nil && a.status(&kept) == deleting && a.over(*kept.Phase)
}

func (a *api) remove(ctx context.Context, s *shardlog.Stream) error {
	err := a.store.Remove(ctx, s)
	if err == nil {
		a.meters.Forget(s)
		if a.limits != nil {
			a.limits.Forget(s.Info().Name)
			a.hot.forget(s.Info().Name)
		}
	}
	return err
}

// checkUsable refuses to put records into a stream that is CREATING, and to get
// any from it: AWS has no such stream yet.
func (a *api) checkUsable(s *shardlog.Stream, name string) error {
	if a.statusOf(s.Info()) == creating {
		return awsapi.Errorf(resourceNotFound, "Stream %s under account %s not found.", name, a.place.Account)
	}
	return nil
}

// checkActive refuses changes of a stream that is not ACTIVE.
func (a *api) checkActive(kept *attributes, name string) error {
	if status := a.status(kept); status != active {
		return a.notActive(name, status)
	}
	return nil
}

func (a *api) notActive(name, status string) error {
	return awsapi.Errorf(resourceInUse, "Stream %s under account %s not ACTIVE, instead in state %s.", name, a.place.Account, status)
}

// RemoveDeleted removes the streams whose time in status DELETING has passed.
// Requests do so when they meet one; this is for those that nobody asks about.
func (one API) RemoveDeleted(ctx context.Context) error {
	a := one.core.as(ctx)
	for _, name := range a.store.Names() {
		s, err := a.store.Stream(name)
		if err != nil || !a.gone(s.Info()) {
			continue
		}
		if err := a.remove(ctx, s); err != nil && leat.CodeOf(err) != leat.NotFound {
			return err
		}
	}
	return nil
}
