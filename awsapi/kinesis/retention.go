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
	s, name, hours, err := a.retention(in)
	if err != nil {
		return nil, err
	}
	if now := hoursOf(s.Info()); hours < now {
		return nil, awsapi.Errorf(invalidArgument, "Requested retention period (%d hours) for stream %s can not be shorter than existing retention period (%d hours). Use DecreaseRetentionPeriod API.", hours, name, now)
	}
	return nil, s.SetRetention(ctx, time.Duration(hours)*time.Hour)
}

func (a *api) decreaseRetention(ctx context.Context, in shape.Object) (any, error) {
	s, name, hours, err := a.retention(in)
	if err != nil {
		return nil, err
	}
	if now := hoursOf(s.Info()); hours > now {
		return nil, awsapi.Errorf(invalidArgument, "Requested retention period (%d hours) for stream %s can not be longer than existing retention period (%d hours). Use IncreaseRetentionPeriod API.", hours, name, now)
	}
	return nil, s.SetRetention(ctx, time.Duration(hours)*time.Hour)
}

// retention reads the request that both have.
func (a *api) retention(in shape.Object) (*shardlog.Stream, string, int64, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, "", 0, err
	}
	hours := in.Int("RetentionPeriodHours", 0)
	switch {
	case hours < minRetentionHours:
		return nil, "", 0, awsapi.Errorf(invalidArgument, "Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short.", minRetentionHours, hours)
	case hours > maxRetentionHours:
		return nil, "", 0, awsapi.Errorf(invalidArgument, "Maximum allowed retention period is %d hours. Requested retention period (%d hours) is too long.", maxRetentionHours, hours)
	}
	return s, name, hours, nil
}
