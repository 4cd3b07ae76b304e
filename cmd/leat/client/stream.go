package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"leat"
)

// activePatience is how long a new stream has to become active.
const activePatience = 5 * time.Minute

// EnsureStream makes a stream on demand, unless there is one, and waits until
// it takes records.
func EnsureStream(ctx context.Context, api *kinesis.Client, stream string) error {
	_, err := api.CreateStream(ctx, &kinesis.CreateStreamInput{
		StreamName:        aws.String(stream),
		StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand},
	})
	var there *types.ResourceInUseException
	if err != nil && !errors.As(err, &there) {
		return said("create stream "+stream, stream, err)
	}
	err = kinesis.NewStreamExistsWaiter(api, func(o *kinesis.StreamExistsWaiterOptions) { o.MinDelay = 100 * time.Millisecond }).
		Wait(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(stream)}, activePatience)
	if err != nil {
		return said("wait for stream "+stream, stream, err)
	}
	return nil
}

// said tells what the service said, without what the SDK wraps around it, and
// what to do when the stream is not there.
func said(doing, stream string, err error) error {
	var missing *types.ResourceNotFoundException
	var answer smithy.APIError
	var dial *net.OpError
	switch {
	case errors.As(err, &missing):
		return &leat.Error{
			Code: leat.NotFound, Message: fmt.Sprintf("%s: there is no such stream", doing),
			Hint: fmt.Sprintf("Make it with --create, or with: aws kinesis create-stream --stream-name %s", stream),
		}
	case errors.As(err, &answer):
		return fmt.Errorf("%s: %s (%s)", doing, answer.ErrorMessage(), answer.ErrorCode())
	case errors.As(err, &dial) && dial.Op == "dial":
		return &leat.Error{
			Code: leat.Unavailable, Message: doing, Err: dial,
			Hint: "No server answers there: start one with leat serve, or say where it is with --endpoint.",
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
