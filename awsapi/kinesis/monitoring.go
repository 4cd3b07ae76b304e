package kinesis

import (
	"context"
	"slices"

	"leat/awsapi/kinesis/monitor"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// EnableEnhancedMonitoring and DisableEnhancedMonitoring
//
// Behavior: name the shard-level metrics that a stream is to have, or no longer
// to have, and return those before and after. ALL stands for each of them.
//
// Differs from AWS: the metrics are on /metrics, for Prometheus, under names made
// from CloudWatch's; they are there, or gone, when the call returns.
//
// Limits: none.

type enhancedMonitoringOutput struct {
	StreamName               string
	StreamARN                string
	CurrentShardLevelMetrics []string
	DesiredShardLevelMetrics []string
}

func (a *api) enableEnhancedMonitoring(ctx context.Context, in shape.Object) (any, error) {
	return a.monitor(ctx, in, func(on, named bool) bool { return on || named })
}

func (a *api) disableEnhancedMonitoring(ctx context.Context, in shape.Object) (any, error) {
	return a.monitor(ctx, in, func(on, named bool) bool { return on && !named })
}

// monitor keeps the metrics that keep says are to be on.
func (a *api) monitor(ctx context.Context, in shape.Object, keep func(on, named bool) bool) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	named := in.TextList("ShardLevelMetrics")
	out := enhancedMonitoringOutput{StreamName: name, StreamARN: a.arnOf(name)}
	err = a.update(ctx, s, func(_ *shardlog.Settings, kept *attributes) error {
		after := []string{}
		for _, metric := range monitor.ShardMetrics {
			if keep(slices.Contains(kept.Metrics, metric), slices.Contains(named, metric) || slices.Contains(named, "ALL")) {
				after = append(after, metric)
			}
		}
		out.CurrentShardLevelMetrics, out.DesiredShardLevelMetrics = notNull(kept.Metrics), after
		kept.Metrics = after
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.meter(s).SwitchShards(func() []string { return shardMetrics(s) })
	return out, nil
}

// notNull makes a list that encodes as one when it is empty.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
