package awsapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"leat"
	"leat/awsapi/faults"
	"leat/awsapi/shape"
)

// Config configures a Handler.
type Config struct {
	// Services are the APIs to answer.
	Services []Service
	// Credentials are the key pairs that requests may be signed with; see also
	// ReplaceCredentials. Without any, signatures are not looked at and every
	// request is taken, if it names a loopback host: the listener must then be
	// on loopback too.
	Credentials []Credential
	// MaxBodyBytes bounds one request's body; default 20 MiB, room for the
	// 10 MiB of records that Kinesis takes, in base64.
	MaxBodyBytes int64
	// MaxBufferedBytes bounds the bodies of all requests together, and what those
	// are decoded into that are not on the hot path has half as much again;
	// requests above wait. Default 64 MiB; at least MaxBodyBytes.
	MaxBufferedBytes int64
	// Faults makes requests go wrong on purpose. Default: none does.
	Faults *faults.Set
	// MaxWaiting is how many requests may wait for room for their bodies, and how
	// many for room for what is made of them; further ones are sent away with 503.
	// Default 1000.
	MaxWaiting int
	// BodyTimeout bounds how long a client may take to send a body, and to take
	// an answer's; default 1 minute.
	BodyTimeout time.Duration
	// Region is where callers are who do not sign for one; default us-east-1.
	Region string
	// Account is the number of the one account that there is: twelve digits.
	// Default: 000000000000, or, as long as there are no Credentials, a caller's
	// access key id that is twelve digits.
	Account string
	// Origins are those whose pages may use the APIs from a browser while there
	// are no Credentials, beside those of loopback hosts: "https://app.example".
	// With credentials all may, as on AWS.
	Origins []string
	Now     func() time.Time // default time.Now
	Logger  *slog.Logger     // default: discards
}

func (c Config) withDefaults() Config {
	if c.MaxBodyBytes == 0 {
		c.MaxBodyBytes = 20 << 20
	}
	if c.MaxBufferedBytes == 0 {
		c.MaxBufferedBytes = 64 << 20
	}
	c.MaxBufferedBytes = max(c.MaxBufferedBytes, c.MaxBodyBytes)
	if c.MaxWaiting == 0 {
		c.MaxWaiting = 1000
	}
	if c.BodyTimeout == 0 {
		c.BodyTimeout = time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate reports a mistake in the configuration.
func (c Config) Validate() error {
	switch {
	case c.Region != "" && !IsRegion(c.Region):
		return fmt.Errorf("region: %q is not the name of one, such as %s", c.Region, DefaultRegion)
	case c.Account != "" && !IsAccount(c.Account):
		return fmt.Errorf("account: %q is not twelve digits", c.Account)
	}
	return errors.Join(checkOrigins(c.Origins), checkCredentials(c.Credentials))
}

// A Service is one API.
type Service struct {
	// Name is what people call it, and clients sign for: "kinesis".
	Name string
	// Target is what its operations' X-Amz-Target begins with:
	// "Kinesis_20131202".
	Target     string
	Operations []Operation
	// Unsupported names the operations that the API has and Leat does not.
	Unsupported []string
	// CBOR says that the API is spoken in CBOR too, as AWS's own is.
	CBOR bool
	// StreamOf returns the name of the stream that a checked request is about, or
	// empty.
	StreamOf func(in shape.Object) string
	// Exceptions gives the service's own names for codes; those it leaves out
	// have the names of errors that every service has.
	Exceptions map[leat.Code]string
}

// An Operation is one call of a service.
type Operation struct {
	Name string
	// Input is the structure of its request.
	Input *shape.Shape
	// Handle does what a checked request asks. Its result is written as JSON or
	// CBOR; nil is an empty body. An error that is an *Error is written as it is,
	// others by their leat.Code.
	Handle func(ctx context.Context, in shape.Object) (any, error)
	// Stream is in place of Handle where the answer is a stream of events. It
	// checks the request and returns what sends the events; ctx is good for both
	// and ends when the client has gone, after StreamFor, and when the handler is
	// told to end its streams.
	Stream func(ctx context.Context, in shape.Object) (Push, error)
	// StreamFor is how long a stream lasts at most.
	StreamFor time.Duration
	// Hot, when there is one, is asked first, with the body as it came. It
	// appends the response's body to dst, or reports false, having done
	// nothing, and the request goes the ordinary way. It must not keep body.
	Hot func(ctx context.Context, body, dst []byte) (reply []byte, ok bool, err error)
	// HotCBOR is Hot for bodies in CBOR.
	HotCBOR func(ctx context.Context, body, dst []byte) (reply []byte, ok bool, err error)
}
