package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// Limits of calls and of the account, when limits are enforced.

// enforce keeps an operation to its limits: how often it is called, how often it
// changes a stream in a day, and how many shards and streams it leaves the
// account with.
func (c *core) enforce(operation awsapi.Operation) awsapi.Operation {
	handle := operation.Handle
	if handle == nil {
		return operation // subscriptions have their own rules
	}
	operation.Handle = func(ctx context.Context, in shape.Object) (any, error) {
		a := c.asking(ctx, in)
		stream, now := a.limitedStream(in), a.now()
		if !a.limits.Call(now, operation.Name, stream) {
			if stream == "" {
				return nil, awsapi.Errorf(limitExceeded, "Rate exceeded for account %s.", a.place.Account)
			}
			return nil, awsapi.Errorf(limitExceeded, "Rate exceeded for stream %s under account %s.", stream, a.place.Account)
		}
		if err := a.checkQuota(operation.Name, in, stream); err != nil {
			return nil, err
		}
		allowed, undo, ok := a.limits.Change(now, operation.Name, stream)
		if !ok {
			return nil, awsapi.Errorf(limitExceeded, "%s can be called at most %d times in 24 hours for stream %s under account %s.", operation.Name, allowed, stream, a.place.Account)
		}
		out, err := handle(ctx, in)
		if err != nil {
			undo()
		}
		return out, err
	}
	return operation
}

// limitedStream is the name of the stream that a request is about, or empty.
// Streams that are not there have no limits of their own: their names would be
// kept for ever.
func (a *api) limitedStream(in shape.Object) string {
	name := a.streamOfRequest(in)
	if _, err := a.store.Stream(name); err != nil {
		return ""
	}
	return name
}

// changingLimit is how many streams may be CREATING or DELETING at once.
const changingLimit = 5

// changing counts the streams that are.
func (a *api) changing() (n int) {
	for _, name := range a.store.Names() {
		if s, err := a.store.Stream(name); err == nil {
			if status := a.statusOf(s.Info()); status == creating || status == deleting && !a.gone(s.Info()) {
				n++
			}
		}
	}
	return n
}

// checkQuota holds operations that make shards and streams to the account's
// limits.
func (a *api) checkQuota(operation string, in shape.Object, stream string) error {
	toOnDemand := in.Object("StreamModeDetails").Text("StreamMode") == onDemand
	more := 0
	switch operation {
	case "CreateStream":
		if toOnDemand = makesOnDemand(in); !toOnDemand {
			more = int(in.Int("ShardCount", 0))
		}
	case "SplitShard":
		more = 1
	case "UpdateShardCount":
		if s, err := a.store.Stream(stream); err == nil {
			more = int(in.Int("TargetShardCount", 0)) - openShards(s.Info())
		}
	case "UpdateStreamMode":
		if s, err := a.store.Stream(stream); err == nil && s.Info().OnDemand {
			toOnDemand = false // it is one already
		}
	default:
		return nil
	}
	if operation == "CreateStream" && a.changing() >= changingLimit {
		return awsapi.Errorf(limitExceeded, "This request would exceed the limit on the number of streams that can simultaneously be in CREATING or DELETING for the account %s. Limit: %d.", a.place.Account, changingLimit)
	}
	usage := a.usage()
	switch {
	case toOnDemand && usage.OnDemandStreamCount >= onDemandLimit:
		return awsapi.Errorf(limitExceeded, "This request would exceed the limit of on-demand streams for the account %s in %s. Current count for the account: %d. Limit: %d.",
			a.place.Account, a.place.Region, usage.OnDemandStreamCount, onDemandLimit)
	case more > 0 && usage.OpenShardCount+more > shardLimit:
		return awsapi.Errorf(limitExceeded, "This request would exceed the shard limit for the account %s in %s. Current shard count for the account: %d. Limit: %d. Number of additional shards that would have resulted from this request: %d.",
			a.place.Account, a.place.Region, usage.OpenShardCount, shardLimit, more)
	}
	return nil
}
