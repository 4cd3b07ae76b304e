package kinesis

import (
	"context"
	"encoding/json"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy
//
// Behavior: keep, return and remove the policy of a stream or a consumer, which
// ResourceARN names. The policy is returned as it was given; where there is
// none, it is {}.
//
// Differs from AWS: a policy must be a JSON object and is not looked into
// further; it grants and denies nothing, as Leat has one account.
//
// Limits: 20 KiB.

const maxPolicyBytes = 20 << 10

func (a *api) putResourcePolicy(ctx context.Context, in shape.Object) (any, error) {
	r, err := a.resource(in)
	if err != nil {
		return nil, err
	}
	policy := in.Text("Policy")
	if len(policy) > maxPolicyBytes {
		return nil, awsapi.Errorf(invalidArgument, "The policy of %s has %d bytes, at most %d are allowed.", r, len(policy), maxPolicyBytes)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(policy), &object); err != nil || object == nil {
		return nil, awsapi.Errorf(invalidArgument, "The policy of %s is not a JSON object.", r)
	}
	return nil, a.relabel(ctx, r, func(part labelled) error {
		*part.policy = policy
		return nil
	})
}

type getResourcePolicyOutput struct{ Policy string }

func (a *api) getResourcePolicy(_ context.Context, in shape.Object) (any, error) {
	r, err := a.resource(in)
	if err != nil {
		return nil, err
	}
	_, policy, err := a.labels(r)
	if err != nil {
		return nil, err
	}
	if policy == "" {
		policy = "{}"
	}
	return getResourcePolicyOutput{policy}, nil
}

func (a *api) deleteResourcePolicy(ctx context.Context, in shape.Object) (any, error) {
	r, err := a.resource(in)
	if err != nil {
		return nil, err
	}
	return nil, a.relabel(ctx, r, func(part labelled) error {
		if *part.policy == "" {
			return awsapi.Errorf(resourceNotFound, "No resource policy found for resource ARN %s.", r.arn)
		}
		*part.policy = ""
		return nil
	})
}
