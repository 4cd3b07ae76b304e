package firehose

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"leat/awsapi"
	"leat/awsapi/awstest"
	"leat/delivery"
	"leat/shardlog"
	"leat/source"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
)

// A testService is the API on a real socket, over real delivery streams.
type testService struct {
	t        testing.TB
	streams  *shardlog.Store
	delivery *delivery.Service
	handler  http.Handler
	url      string
	buckets  string
}

func newTestService(t testing.TB) *testService {
	t.Helper()
	s := &testService{t: t, buckets: t.TempDir()}
	var err error
	if s.streams, err = shardlog.Open(shardlog.Config{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	s.delivery, err = delivery.Open(delivery.Config{Dir: t.TempDir(), BucketsDir: s.buckets,
		OpenSource: func(_ context.Context, name string) (source.Source, error) {
			stream, err := s.streams.Stream(name)
			if err != nil {
				return nil, err
			}
			return stream.Source(), nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 2)
	go func() { ran <- s.streams.Run(ctx) }()
	go func() { ran <- s.delivery.Run(ctx) }()
	s.handler, err = awsapi.New(awsapi.Config{Services: []awsapi.Service{Service(Config{Delivery: s.delivery})}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.handler)
	s.url = server.URL
	t.Cleanup(func() {
		server.Close()
		cancel()
		for range 2 {
			if err := <-ran; err != nil && ctx.Err() == nil {
				t.Errorf("run: %v", err)
			}
		}
		if err := s.delivery.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := s.streams.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func (s *testService) client() *sdk.Client {
	return sdk.New(sdk.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.url), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
		}),
		HTTPClient: awstest.NewTransport(s.t),
	})
}

// An answer is a response to a body made by hand.
type answer struct {
	status  int
	body    map[string]any
	Type    string
	Message string
}

func (s *testService) call(operation, body string) answer {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Firehose_20150804."+operation)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	got := answer{status: w.Code, body: map[string]any{}}
	if err := json.Unmarshal(w.Body.Bytes(), &got.body); err != nil {
		s.t.Fatalf("%s: answer %s: %v", operation, w.Body, err)
	}
	got.Type, _ = got.body["__type"].(string)
	got.Message, _ = got.body["message"].(string)
	if got.Type == awsapi.SerializationException {
		got.Message, _ = got.body["Message"].(string)
	}
	return got
}
