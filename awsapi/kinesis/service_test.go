package kinesis

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"leat/awsapi"
	"leat/awsapi/awstest"
	"leat/shardlog"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// A testService is the API on a real socket, over a real log in memory.
type testService struct {
	t     testing.TB
	store *shardlog.Store
	url   string
	delay time.Duration  // Config.StatusDelay
	over  sdk.HTTPClient // what clients share; nil: each has its own connections

	mu  sync.Mutex
	now time.Time // guarded by mu
}

var testKey = bytes.Repeat([]byte{1}, awsapi.KeyBytes)

func newTestService(t testing.TB, files vfs.FS, dir string) *testService {
	t.Helper()
	return newSlowTestService(t, files, dir, 0)
}

// newSlowTestService is one whose streams take their time to change status.
func newSlowTestService(t testing.TB, files vfs.FS, dir string, delay time.Duration) *testService {
	t.Helper()
	s := &testService{t: t, now: time.Now(), delay: delay}
	store, err := shardlog.Open(shardlog.Config{FS: files, Dir: dir, Now: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	s.store = store
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- store.Run(ctx) }()
	tokens, err := awsapi.NewTokens(testKey)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := awsapi.New(awsapi.Config{
		Services:    []awsapi.Service{New(Config{Store: store, Tokens: tokens, Now: s.clock, StatusDelay: delay}).Service()},
		Credentials: []awsapi.Credential{{AccessKeyID: "AKIDTEST", Secret: "secret"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	s.url = server.URL
	t.Cleanup(func() {
		server.Close()
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func (s *testService) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *testService) sleep(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// client is the SDK's, which signs its requests.
func (s *testService) client() *sdk.Client { return s.clientWith("secret") }

func (s *testService) clientWith(secret string) *sdk.Client {
	transport := s.over
	if transport == nil {
		transport = awstest.NewTransport(s.t)
	}
	return sdk.New(sdk.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.url),
		Credentials:  keys("AKIDTEST", secret),
		Retryer:      aws.NopRetryer{},
		HTTPClient:   transport,
	})
}

// open is a handler that does not check signatures, for bodies made by hand.
func (s *testService) open() http.Handler {
	s.t.Helper()
	return s.with(s.t, Config{})
}

// with is open with a configuration of the test's.
func (s *testService) with(t testing.TB, cfg Config) http.Handler {
	t.Helper()
	tokens, err := awsapi.NewTokens(testKey)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Store, cfg.Tokens, cfg.Now, cfg.StatusDelay = s.store, tokens, s.clock, s.delay
	handler, err := awsapi.New(awsapi.Config{Services: []awsapi.Service{New(cfg).Service()}})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// An answer is a response to a body made by hand.
type answer struct {
	status  int
	body    map[string]any
	Type    string
	Message string
}

func call(t testing.TB, handler http.Handler, operation, body string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	got := answer{status: w.Code, body: map[string]any{}}
	text, _ := io.ReadAll(w.Body)
	if len(text) > 0 {
		if err := json.Unmarshal(text, &got.body); err != nil {
			t.Fatalf("%s: answer %s: %v", operation, text, err)
		}
	}
	got.Type, _ = got.body["__type"].(string)
	got.Message, _ = got.body[messageMember(got.Type)].(string)
	return got
}

// messageMember is where an error has its message.
func messageMember(exception string) string {
	if exception == awsapi.SerializationException {
		return "Message"
	}
	return "message"
}

// create makes a stream and fails the test if it cannot.
func (s *testService) create(name string, shards int32) {
	s.t.Helper()
	_, err := s.client().CreateStream(s.t.Context(), &sdk.CreateStreamInput{StreamName: &name, ShardCount: &shards})
	if err != nil {
		s.t.Fatal(err)
	}
}

// keys gives the SDK a key pair.
func keys(id, secret string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	})
}
