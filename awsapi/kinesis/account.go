package kinesis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// DescribeLimits
//
// Behavior: counts the open shards of provisioned streams and the on-demand
// streams, and names the limits that AWS has for them by default.
//
// Differs from AWS: these limits hold only when limits are enforced.
//
// Limits: none.

const (
	shardLimit    = 20_000
	onDemandLimit = 50
)

type describeLimitsOutput struct {
	ShardLimit, OpenShardCount, OnDemandStreamCount, OnDemandStreamCountLimit int
}

func (a *api) describeLimits(context.Context, shape.Object) (any, error) { return a.usage(), nil }

// usage counts what the account has.
func (a *api) usage() describeLimitsOutput {
	out := describeLimitsOutput{ShardLimit: shardLimit, OnDemandStreamCountLimit: onDemandLimit}
	for _, name := range a.store.Names() {
		s, err := a.find(name)
		if err != nil {
			continue // deleted since the names were listed
		}
		if info := s.Info(); info.OnDemand {
			out.OnDemandStreamCount++
		} else {
			out.OpenShardCount += openShards(info)
		}
	}
	return out
}

// DescribeAccountSettings and UpdateAccountSettings
//
// Behavior: say and set whether the account has a
// MinimumThroughputBillingCommitment. One that is disabled within 24 hours goes
// on until they are over.
//
// Differs from AWS: Leat sends no bills.
//
// Limits: none.

const (
	commitmentEnabled  = "ENABLED"
	commitmentDisabled = "DISABLED"
	commitmentEnding   = "ENABLED_UNTIL_EARLIEST_ALLOWED_END"

	commitmentPeriod = 24 * time.Hour
)

// settings are what the API keeps for the account.
type settings struct {
	StartedMillis int64 `json:"commitment_started_ms,omitempty"` // 0: never
	EndMillis     int64 `json:"commitment_end_ms,omitempty"`     // 0: goes on
}

func (s settings) earliestEnd() time.Time {
	return time.UnixMilli(s.StartedMillis).Add(commitmentPeriod)
}

// status returns the commitment's status at a moment.
func (s settings) status(now time.Time) string {
	switch {
	case s.StartedMillis == 0 || s.EndMillis != 0 && now.UnixMilli() >= s.EndMillis:
		return commitmentDisabled
	case s.EndMillis != 0:
		return commitmentEnding
	}
	return commitmentEnabled
}

func decodeSettings(text []byte) (settings, error) {
	var kept settings
	if len(text) == 0 {
		return kept, nil
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return kept, fmt.Errorf("read account settings: %w", err)
	}
	return kept, nil
}

func (a *api) accountSettings() (settings, error) {
	text, err := a.store.Attributes()
	if err != nil {
		return settings{}, err
	}
	return decodeSettings(text)
}

type commitment struct {
	Status               string
	StartedAt            *awsapi.Timestamp `json:",omitempty"`
	EndedAt              *awsapi.Timestamp `json:",omitempty"`
	EarliestAllowedEndAt *awsapi.Timestamp `json:",omitempty"`
}

type accountSettingsOutput struct {
	MinimumThroughputBillingCommitment commitment
}

func (a *api) describeSettings(kept settings) accountSettingsOutput {
	moment := func(t time.Time) *awsapi.Timestamp { return (*awsapi.Timestamp)(&t) }
	now := a.now()
	out := commitment{Status: kept.status(now)}
	if kept.StartedMillis != 0 {
		out.StartedAt = moment(time.UnixMilli(kept.StartedMillis))
		if out.Status == commitmentDisabled {
			out.EndedAt = moment(time.UnixMilli(kept.EndMillis))
		} else {
			out.EarliestAllowedEndAt = moment(kept.earliestEnd())
		}
	}
	return accountSettingsOutput{out}
}

func (a *api) describeAccountSettings(context.Context, shape.Object) (any, error) {
	kept, err := a.accountSettings()
	if err != nil {
		return nil, err
	}
	return a.describeSettings(kept), nil
}

func (a *api) updateAccountSettings(ctx context.Context, in shape.Object) (any, error) {
	wanted := in.Object("MinimumThroughputBillingCommitment").Text("Status")
	var kept settings
	err := a.store.ChangeAttributes(ctx, func(text []byte) (_ []byte, err error) {
		if kept, err = decodeSettings(text); err != nil {
			return nil, err
		}
		now := a.now()
		switch status := kept.status(now); {
		case wanted == commitmentEnabled && status == commitmentDisabled:
			kept = settings{StartedMillis: now.UnixMilli()}
		case wanted == commitmentEnabled:
			kept.EndMillis = 0
		case status == commitmentEnabled:
			kept.EndMillis = max(now.UnixMilli(), kept.earliestEnd().UnixMilli())
		}
		return json.Marshal(kept)
	})
	if err != nil {
		return nil, err
	}
	return a.describeSettings(kept), nil
}
