package crash

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// stream is the stream that records go into.
const stream = "events"

// perCall is how many records a call puts; badEvery of them is no JSON.
const (
	perCall   = 10
	badEvery  = 97
	keys      = 50
	callEvery = 15 * time.Millisecond
)

// records are what producers have put, each record once whatever becomes of the
// call. A record's id is its index.
type records struct {
	acks *bell

	mu   sync.Mutex // guards sent
	sent []outcome
}

func isBad(index int) bool { return index%badEvery == badEvery-1 }

// document is a record's data; bad ones cannot be parsed.
func document(index int) []byte {
	text := fmt.Sprintf(`{"id":%d,"name":"Gerät %d","price":%d.%02d,"tags":["a","b"]`, index, index%1000, index%977, index%100)
	if isBad(index) {
		return []byte(text)
	}
	return []byte(text + "}")
}

// indexOf takes a record's index out of its data.
func indexOf(data []byte) (int, error) {
	digits, found := strings.CutPrefix(string(data), `{"id":`)
	end := strings.IndexByte(digits, ',')
	if !found || end < 0 {
		return 0, fmt.Errorf("%q is none of our records", data)
	}
	return strconv.Atoi(digits[:end])
}

func (r *records) work(ctx context.Context, at *atomic.Pointer[target]) {
	for ctx.Err() == nil {
		to := at.Load()
		if to == nil {
			pause(ctx, 5*time.Millisecond)
			continue
		}
		first := r.reserve()
		call := &kinesis.PutRecordsInput{StreamName: aws.String(stream)}
		for i := range perCall {
			call.Records = append(call.Records, types.PutRecordsRequestEntry{
				Data: document(first + i), PartitionKey: aws.String(strconv.Itoa((first + i) % keys)),
			})
		}
		answer, err := to.kinesis.PutRecords(ctx, call, func(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} })
		if err == nil {
			r.settle(first, answer.Records)
			r.acks.ring()
		}
		pause(ctx, callEvery)
	}
}

// reserve takes the indexes of a call.
func (r *records) reserve() (first int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first = len(r.sent)
	r.sent = append(r.sent, make([]outcome, perCall)...)
	return first
}

func (r *records) settle(first int, results []types.PutRecordsResultEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, result := range results {
		r.sent[first+i] = acknowledged
		if result.ErrorCode != nil {
			r.sent[first+i] = refused
		}
	}
}

// count is how many records are acknowledged.
func (r *records) count() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.sent {
		if o == acknowledged {
			n++
		}
	}
	return n
}
