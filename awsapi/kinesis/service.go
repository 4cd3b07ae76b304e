package kinesis

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"leat"
	"leat/awsapi"
	"leat/awsapi/kinesis/limits"
	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"
)

// Config configures the service.
type Config struct {
	Store *shardlog.Store
	// Tokens seals shard iterators and paging tokens. With a key that outlives
	// the process, iterators do too, for the five minutes of their life.
	Tokens *awsapi.Tokens
	Now    func() time.Time // default time.Now
	// StatusDelay is how long a stream shows CREATING, UPDATING and DELETING as
	// on AWS; default 0: never.
	StatusDelay time.Duration
	// Monitor counts what CloudWatch would show; default: an own one.
	Monitor *monitor.Account
	Logger  *slog.Logger // default: none
	// EnforceLimits throttles as AWS does: records, reads and calls over the limits
	// of shards, streams and account get AWS's errors.
	EnforceLimits bool
	// Refuse, when there is one, is asked before the records of a PutRecord or
	// PutRecords are appended to a stream. It may have single records of them
	// answered with an ErrorCode and ErrorMessage (of PutRecord: with that
	// exception), by calling refuse with their index; they are not appended then.
	// An error refuses the call.
	Refuse RefuseFunc
}

// A RefuseFunc may refuse records of a batch, or all of the batch by an error.
type RefuseFunc func(ctx context.Context, operation, stream string, records int, refuse func(record int, code, message string)) error

// An API answers for the streams of a store. It may be used by any number of
// goroutines.
type API struct{ core *core }

// New returns the API. Call its RemoveDeleted now and then: streams that were
// deleted with a StatusDelay are still there afterwards.
func New(cfg Config) API { return API{newCore(cfg)} }

// A core is what all requests share.
type core struct {
	store  *shardlog.Store
	tokens *awsapi.Tokens
	now    func() time.Time
	// statusDelay is Config.StatusDelay.
	statusDelay time.Duration
	meters      *monitor.Account
	logger      *slog.Logger
	hot         hotShards       // those that throttle
	limits      *limits.Account // nil: not enforced
	// gates are asked about every batch, in order; usually there are none.
	gates []gate
	// refuse is asked before them, when there is one.
	refuse        RefuseFunc
	subscriptions subscriptions
	// spreadRecords counts the records of streams that spread them.
	spreadRecords atomic.Uint64
}

func newCore(cfg Config) *core {
	c := &core{
		store: cfg.Store, tokens: cfg.Tokens, now: cfg.Now,
		statusDelay: cfg.StatusDelay, meters: cfg.Monitor, logger: cfg.Logger, refuse: cfg.Refuse,
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.meters == nil {
		c.meters = new(monitor.Account)
	}
	if cfg.EnforceLimits {
		c.limits = new(limits.Account)
		c.gates = append(c.gates, (*api).throttlePut)
	}
	return c
}

// Service returns the API as a table of operations.
func (one API) Service() awsapi.Service {
	return awsapi.Service{
		Name:       "kinesis",
		Target:     "Kinesis_20131202",
		CBOR:       true,
		Operations: one.core.operations(),
		StreamOf:   one.core.streamOfRequest,
		// Queues and channels are services of their own over a stream.
		Unsupported: []string{
			"AcknowledgeDeadLetterQueueRecords", "AcknowledgeQueueRecords", "CreateQueue", "DeleteQueue", "DescribeQueue", "ListQueues",
			"ReceiveDeadLetterQueueRecords", "ReceiveQueueRecords", "RestoreDeadLetterQueueRecords",
			"UpdateDeadLetterQueueRecordsVisibility", "UpdateQueue", "UpdateQueueRecordsVisibility",
			"CreateChannel", "DeleteChannel", "DescribeChannel", "ListChannels", "UpdateChannel",
		},
		Exceptions: map[leat.Code]string{
			leat.InvalidArgument: invalidArgument,
			leat.NotFound:        resourceNotFound,
			leat.AlreadyExists:   resourceInUse,
			leat.InUse:           resourceInUse,
			leat.LimitExceeded:   limitExceeded,
			leat.Expired:         expiredIterator,
			leat.Unsupported:     invalidArgument,
		},
	}
}

// The service's exceptions.
const (
	invalidArgument    = "InvalidArgumentException"
	resourceNotFound   = "ResourceNotFoundException"
	resourceInUse      = "ResourceInUseException"
	limitExceeded      = "LimitExceededException"
	expiredIterator    = "ExpiredIteratorException"
	expiredNextToken   = "ExpiredNextTokenException"
	throughputExceeded = "ProvisionedThroughputExceededException"
	dryRunOperation    = "DryRunOperationException"
)
