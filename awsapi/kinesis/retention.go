package kinesis

import (
	"context"
	"time"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod
//
// Behavior: change how long records are kept, one only upwards and the other
// only downwards; the present value again is accepted by both.
//
// Differs from AWS: the change is in force when the call returns. Records past
// a decreased period go when the log next removes what is old, file by file.
//
// Limits: 24 to 8,760 hours.

const (
	minRetentionHours = 24
	maxRetentionHours = 8760
)

func (a *api) increaseRetention(ctx context.Context, in shape.Object) (any, error) {
	return a.changeRetention(ctx, in, func(name string, hours, now int64) error {
		if hours >= now {
			return nil
		}
		return awsapi.Errorf(invalidArgument, "Requested retention period (%d hours) for stream %s can not be shorter than existing retention period (%d hours). Use DecreaseRetentionPeriod API.", hours, name, now)
	})
}

func (a *api) decreaseRetention(ctx context.Context, in shape.Object) (any, error) {
	return a.changeRetention(ctx, in, func(name string, hours, now int64) error {
		if hours <= now {
			return nil
		}
		return awsapi.Errorf(invalidArgument, "Requested retention period (%d hours) for stream %s can not be longer than existing retention period (%d hours). Use IncreaseRetentionPeriod API.", hours, name, now)
	})
}

// changeRetention is what both do; check compares the hours with those of now.
func (a *api) changeRetention(ctx context.Context, in shape.Object, check func(name string, hours, now int64) error) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	hours := in.Int("RetentionPeriodHours", 0)
	switch {
	case hours < minRetentionHours:
		return nil, awsapi.Errorf(invalidArgument, "Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short.", minRetentionHours, hours)
	case hours > maxRetentionHours:
		return nil, awsapi.Errorf(invalidArgument, "Maximum allowed retention period is %d hours. Requested retention period (%d hours) is too long.", maxRetentionHours, hours)
	}
	return nil, a.update(ctx, s, func(settings *shardlog.Settings, _ *attributes) error {
		if err := check(name, hours, int64(settings.Retention.Hours())); err != nil {
			return err
		}
		settings.Retention = time.Duration(hours) * time.Hour
		return nil
	})
}
