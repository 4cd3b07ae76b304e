package client

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/cenkalti/backoff/v5"
)

// What one PutRecords call takes. Half of the service's 10 MiB leaves room for
// keys, and for those who still have the older limit.
const (
	MaxRecords = 500
	MaxBytes   = 5 << 20
)

// A Sender puts records into one stream. It is for one goroutine.
type Sender struct {
	kinesis *kinesis.Client
	stream  string
	entries []types.PutRecordsRequestEntry
	bytes   int
	// Sent is how many records, and bytes of data, the stream has acknowledged.
	Sent, SentBytes uint64
	// Retried is how many records had to be sent more than once.
	Retried uint64
}

// NewSender returns a sender to a stream.
func NewSender(client *kinesis.Client, stream string) *Sender {
	return &Sender{kinesis: client, stream: stream}
}

// Add takes a record, whose data must not change until Flush; when a call's
// worth has come together, it is sent.
func (s *Sender) Add(ctx context.Context, key string, data []byte) error {
	if len(s.entries) == MaxRecords || len(s.entries) > 0 && s.bytes+len(key)+len(data) > MaxBytes {
		if err := s.Flush(ctx); err != nil {
			return err
		}
	}
	s.entries = append(s.entries, types.PutRecordsRequestEntry{Data: data, PartitionKey: aws.String(key)})
	s.bytes += len(key) + len(data)
	return nil
}

// attempts bounds how often a record is sent; the pause doubles in between, give
// or take half of it, so that the last try comes after about 25 seconds.
const attempts = 9

// Flush sends what Add has taken and waits until the stream has acknowledged
// all of it. What the stream refuses is sent again, and only that.
func (s *Sender) Flush(ctx context.Context) error {
	waiting := s.entries
	if len(waiting) == 0 {
		return nil
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.Multiplier, pauses.MaxInterval = 100*time.Millisecond, 2, time.Minute
	_, err := backoff.Retry(ctx, func() (int, error) {
		refused, reason, err := s.send(ctx, waiting)
		if err != nil {
			return 0, backoff.Permanent(said(fmt.Sprintf("put records into stream %s", s.stream), s.stream, err))
		}
		if waiting = refused; len(waiting) > 0 {
			return 0, fmt.Errorf("stream %s refused %d records %d times: %s", s.stream, len(waiting), attempts, reason)
		}
		return 0, nil
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(attempts), backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(error, time.Duration) { s.Retried += uint64(len(waiting)) }))
	if err != nil {
		return err
	}
	s.entries, s.bytes = s.entries[:0], 0
	return nil
}

// send makes one call and returns the records that were refused, with one of
// the reasons.
func (s *Sender) send(ctx context.Context, entries []types.PutRecordsRequestEntry) (refused []types.PutRecordsRequestEntry, reason string, err error) {
	answer, err := s.kinesis.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(s.stream), Records: entries})
	if err != nil {
		return nil, "", err
	}
	if len(answer.Records) != len(entries) {
		return nil, "", fmt.Errorf("%d records were answered with %d results", len(entries), len(answer.Records))
	}
	for i, result := range answer.Records {
		if result.ErrorCode != nil {
			refused = append(refused, entries[i])
			reason = *result.ErrorCode + ": " + aws.ToString(result.ErrorMessage)
			continue
		}
		s.Sent++
		s.SentBytes += uint64(len(entries[i].Data))
	}
	return refused, reason, nil
}
