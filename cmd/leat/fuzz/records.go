package fuzz

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

	"leat/cmd/leat/child"
	"leat/cmd/leat/client"
)

// stream is where all records go; perCall is how many go at once, and maxBytes
// how much.
const (
	stream   = "events"
	perCall  = 10
	maxBytes = 4 << 20
)

// records puts documents, each under a key of its own, "r" and its number.
type records struct {
	seed      uint64
	perSecond int

	mu     sync.Mutex // guards what follows
	api    *kinesis.Client
	next   uint64
	sent   map[string]bool // by key: acknowledged
	unsure map[string]bool // cut off
}

// moved says where the server is now.
func (r *records) moved(s *child.Server) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.api = client.Endpoint{URL: "http://" + s.AWS}.Kinesis()
	if r.sent == nil {
		r.sent, r.unsure = map[string]bool{}, map[string]bool{}
	}
}

func (r *records) work(ctx context.Context, at *atomic.Pointer[string]) {
	for ctx.Err() == nil {
		if at.Load() == nil {
			pause(ctx, 20*time.Millisecond)
			continue
		}
		var keys []string
		var documents [][]byte
		for size := 0; len(keys) < perCall && size < maxBytes; {
			r.mu.Lock()
			n := r.next
			r.next++
			r.mu.Unlock()
			text := document(r.seed, n)
			if len(text) > 1<<20-32 {
				continue
			}
			keys, documents = append(keys, "r"+strconv.FormatUint(n, 10)), append(documents, text)
			size += len(text)
		}
		r.send(context.WithoutCancel(ctx), keys, documents)
		pause(ctx, perCall*time.Second/time.Duration(r.perSecond))
	}
}

// one puts a record.
func (r *records) one(ctx context.Context, key string, text []byte) error {
	return r.send(context.WithoutCancel(ctx), []string{key}, [][]byte{text})
}

// send puts records once, whatever becomes of them.
func (r *records) send(ctx context.Context, keys []string, documents [][]byte) error {
	ctx, cancel := context.WithTimeout(ctx, hangs)
	defer cancel()
	r.mu.Lock()
	api := r.api
	r.mu.Unlock()
	call := &kinesis.PutRecordsInput{StreamName: aws.String(stream)}
	for i, key := range keys {
		call.Records = append(call.Records, types.PutRecordsRequestEntry{Data: documents[i], PartitionKey: aws.String(key)})
	}
	got, err := api.PutRecords(ctx, call, func(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} })
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, key := range keys {
		switch {
		case err != nil:
			r.unsure[key] = true
		case got.Records[i].ErrorCode == nil:
			r.sent[key] = true
		}
	}
	if err != nil && !strings.Contains(err.Error(), "connect") {
		return fmt.Errorf("put %d records: %w", len(keys), err)
	}
	return err
}

func (r *records) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sent)
}

// of is the document that was put under a key.
func (r *records) of(key string) []byte {
	digits, ok := strings.CutPrefix(key, "r")
	if n, err := strconv.ParseUint(digits, 10, 64); ok && err == nil {
		return document(r.seed, n)
	}
	return []byte(`{"probe":` + strings.TrimPrefix(key, "probe-") + `}`)
}
