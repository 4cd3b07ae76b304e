package client

import (
	"context"

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
}

func (e Endpoint) region() string {
	if e.Region == "" {
		return "us-east-1"
	}
	return e.Region
}

func (e Endpoint) credentials() aws.CredentialsProvider {
	id, secret := e.AccessKeyID, e.SecretAccessKey
	if id == "" {
		id, secret = "leat", "leat"
	}
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, Source: "leat"}, nil
	})
}

// Kinesis returns a client of the Kinesis API.
func (e Endpoint) Kinesis() *kinesis.Client {
	return kinesis.New(kinesis.Options{
		BaseEndpoint: aws.String(e.URL), Region: e.region(), Credentials: e.credentials(),
	})
}

// Firehose returns a client of the Firehose API.
func (e Endpoint) Firehose() *firehose.Client {
	return firehose.New(firehose.Options{
		BaseEndpoint: aws.String(e.URL), Region: e.region(), Credentials: e.credentials(),
	})
}
