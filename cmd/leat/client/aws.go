package client

import (
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// Endpoint says where the AWS APIs are, and who calls them.
type Endpoint struct {
	URL    string
	Region string // default us-east-1
	// AccessKeyID and SecretAccessKey sign the requests. Without them requests are
	// signed with a made-up key, which a server without credentials accepts.
	AccessKeyID     string
	SecretAccessKey string
	// SessionToken comes with them when the server asks for one.
	SessionToken string
}

func (e Endpoint) region() string {
	if e.Region == "" {
		return "us-east-1"
	}
	return e.Region
}

func (e Endpoint) credentials() aws.CredentialsProvider {
	id, secret, token := e.AccessKeyID, e.SecretAccessKey, e.SessionToken
	if id == "" {
		id, secret, token = "leat", "leat", ""
	}
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token, Source: "leat"}, nil
	})
}

// Kinesis returns a client of the Kinesis API.
func (e Endpoint) Kinesis() *kinesis.Client {
	return kinesis.New(kinesis.Options{
		BaseEndpoint: aws.String(e.URL), Region: e.region(), Credentials: e.credentials(), HTTPClient: newTransport(),
	})
}

// Firehose returns a client of the Firehose API.
func (e Endpoint) Firehose() *firehose.Client {
	return firehose.New(firehose.Options{
		BaseEndpoint: aws.String(e.URL), Region: e.region(), Credentials: e.credentials(), HTTPClient: newTransport(),
	})
}

// A transport sends the SDK's requests.
//
// The SDK closes a request's body when the answer is there, and its closed body
// fails when net/http asks it, by WriteTo, whether there is more. A server that
// answers before net/http has asked so loses the connection in the middle of its
// answer, and the SDK sends the records once more. Without WriteTo net/http asks
// by Read, which says that the body is at its end.
type transport struct{ client *http.Client }

func newTransport() transport {
	return transport{&http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}}
}

// Do sends one request.
func (t transport) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return t.client.Do(r)
}
