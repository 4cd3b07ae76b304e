package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// An api is the API as one request sees it: what all requests share, and where
// the request's caller is, which ARNs and errors name.
type api struct {
	*core
	place awsapi.Place
}

// as returns the API for the caller of an operation.
func (c *core) as(ctx context.Context) *api { return &api{core: c, place: awsapi.PlaceOf(ctx)} }

// asking is as for a request that is read: one that names something by an ARN
// gets ARNs of the same region and account in its answer.
func (c *core) asking(ctx context.Context, in shape.Object) *api {
	a := c.as(ctx)
	for _, member := range []string{"StreamARN", "ConsumerARN", "ResourceARN"} {
		if place, _, ok := awsapi.ParseARN(in.Text(member), "kinesis"); ok {
			a.place = place
			break
		}
	}
	return a
}

// The kinds of functions that operations are made of, as methods of an api.
type (
	handleFunc func(a *api, ctx context.Context, in shape.Object) (any, error)
	pushFunc   func(a *api, ctx context.Context, in shape.Object) (awsapi.Push, error)
	hotFunc    func(a *api, ctx context.Context, body, dst []byte) ([]byte, bool, error)
)

func (c *core) handle(f handleFunc) func(context.Context, shape.Object) (any, error) {
	return func(ctx context.Context, in shape.Object) (any, error) { return f(c.asking(ctx, in), ctx, in) }
}

func (c *core) push(f pushFunc) func(context.Context, shape.Object) (awsapi.Push, error) {
	return func(ctx context.Context, in shape.Object) (awsapi.Push, error) { return f(c.asking(ctx, in), ctx, in) }
}

func (c *core) hotly(f hotFunc) func(context.Context, []byte, []byte) ([]byte, bool, error) {
	return func(ctx context.Context, body, dst []byte) ([]byte, bool, error) { return f(c.as(ctx), ctx, body, dst) }
}
