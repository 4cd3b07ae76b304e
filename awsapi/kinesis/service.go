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
	Tokens  *awsapi.Tokens
	Region  string           // default us-east-1
	Account string           // default 000000000000
	Now     func() time.Time // default time.Now
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
type API struct{ api *api }

// New returns the API. Call its RemoveDeleted now and then: streams that were
// deleted with a StatusDelay are still there afterwards.
func New(cfg Config) API { return API{newAPI(cfg)} }

// api is what the operations share.
type api struct {
	store   *shardlog.Store
	tokens  *awsapi.Tokens
	region  string
	account string
	now     func() time.Time
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

func newAPI(cfg Config) *api {
	a := &api{
		store: cfg.Store, tokens: cfg.Tokens, region: cfg.Region, account: cfg.Account, now: cfg.Now,
		statusDelay: cfg.StatusDelay, meters: cfg.Monitor, logger: cfg.Logger, refuse: cfg.Refuse,
	}
	if a.region == "" {
		a.region = "us-east-1"
	}
	if a.account == "" {
		a.account = "000000000000"
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.logger == nil {
		a.logger = slog.New(slog.DiscardHandler)
	}
	if a.meters == nil {
		a.meters = new(monitor.Account)
	}
	if cfg.EnforceLimits {
		a.limits = new(limits.Account)
		a.gates = append(a.gates, a.throttlePut)
	}
	return a
}

// Service returns the API as a table of operations.
func (one API) Service() awsapi.Service {
	a := one.api
	return awsapi.Service{
		Name:       "kinesis",
		Target:     "Kinesis_20131202",
		CBOR:       true,
		Operations: a.operations(),
		StreamOf:   a.streamOfRequest,
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
