package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// UpdateStreamMode
//
// Behavior: makes a stream PROVISIONED or ON_DEMAND, with WarmThroughputMiBps
// for the latter.
//
// Differs from AWS: the shards stay as they are, and the mode may change any
// number of times a day unless limits are enforced.
//
// Limits: none.

func (a *api) updateStreamMode(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	toOnDemand := in.Object("StreamModeDetails").Text("StreamMode") == onDemand
	warm, err := a.warmThroughput(in, name, toOnDemand)
	if err != nil {
		return nil, err
	}
	return nil, a.update(ctx, s, func(settings *shardlog.Settings, kept *attributes) error {
		settings.OnDemand, kept.WarmMiBps, kept.Spread = toOnDemand, warm, kept.Spread && toOnDemand
		return nil
	})
}

// UpdateMaxRecordSize
//
// Behavior: changes how large a record of the stream may be, with its key.
// Records that are there stay.
//
// Differs from AWS: the change is in force when the call returns.
//
// Limits: 1,024 to 10,240 KiB.

func (a *api) updateMaxRecordSize(ctx context.Context, in shape.Object) (any, error) {
	s, _, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	return nil, a.update(ctx, s, func(settings *shardlog.Settings, _ *attributes) error {
		settings.MaxRecordBytes = int(in.Int("MaxRecordSizeInKiB", 0)) << 10
		return nil
	})
}

// UpdateStreamWarmThroughput
//
// Behavior: sets the throughput that an on-demand stream is to be ready for.
// The account must have enabled its MinimumThroughputBillingCommitment.
//
// Differs from AWS: the number is kept and described, and limits follow it when
// they are enforced; Leat is as fast as it is.
//
// Limits: 10,240 MiB/s.

const maxWarmMiBps = 10 << 10

type warmThroughput struct{ TargetMiBps, CurrentMiBps int64 }

type updateStreamWarmThroughputOutput struct {
	StreamARN      string
	StreamName     string
	WarmThroughput warmThroughput
}

func (a *api) updateStreamWarmThroughput(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	err = a.update(ctx, s, func(settings *shardlog.Settings, kept *attributes) error {
		warm, err := a.warmThroughput(in, name, settings.OnDemand)
		kept.WarmMiBps = warm
		return err
	})
	if err != nil {
		return nil, err
	}
	rate := in.Int("WarmThroughputMiBps", 0)
	return updateStreamWarmThroughputOutput{a.arnOf(name), name, warmThroughput{rate, rate}}, nil
}

// warmThroughput reads WarmThroughputMiBps, nil when it is not given.
func (a *api) warmThroughput(in shape.Object, stream string, onDemand bool) (*int64, error) {
	if !in.Has("WarmThroughputMiBps") {
		return nil, nil
	}
	rate := in.Int("WarmThroughputMiBps", 0)
	switch settings, err := a.accountSettings(); {
	case err != nil:
		return nil, err
	case !onDemand:
		return nil, awsapi.Errorf(invalidArgument, "Stream %s under account %s is not in mode ON_DEMAND: only such a stream has a warm throughput.", stream, a.place.Account)
	case settings.status(a.now()) == commitmentDisabled:
		return nil, awsapi.Errorf(invalidArgument, "Account %s has not enabled MinimumThroughputBillingCommitment, which a warm throughput needs: call UpdateAccountSettings.", a.place.Account)
	case rate > maxWarmMiBps:
		return nil, awsapi.Errorf(limitExceeded, "A warm throughput of %d MiB/s for stream %s is over the limit of %d.", rate, stream, maxWarmMiBps)
	}
	return &rate, nil
}
