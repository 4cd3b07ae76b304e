package e2e

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/measure"
)

// TestHostileBodiesTakeBoundedMemory sends bodies that decode into far more than
// they are, from eight clients at once, to both APIs: each is refused as the
// client's fault, and the server stays well below its limit.
func TestHostileBodiesTakeBoundedMemory(t *testing.T) {
	p := serve(t, filepath.Join(t.TempDir(), "data"))
	p.createStream(t, "events", 1)
	const size = 20<<20 - 100
	fill := func(begin, part, end string) []byte {
		return []byte(begin + strings.Repeat(part, (size-len(begin)-len(end))/len(part)) + end)
	}
	type request struct {
		target, media string
		body          []byte
	}
	const jsonType, cborType = "application/x-amz-json-1.1", "application/x-amz-cbor-1.1"
	lists := fill(`{"StreamName":"events","Records":[`, `[],`, `[]]}`)
	maps := fill(`{"DeliveryStreamName":"x","Records":[`, `{"a":{}},`, `{}]}`)
	deep := fill(``, `{"a":`, ``)
	text := fill(`{"StreamName":"`, `\u0041`, `"}`)
	lists9 := fill("\x9f", "\x80", "\xff")
	requests := []request{
		{"Kinesis_20131202.PutRecords", jsonType, lists}, {"Kinesis_20131202.ListShards", jsonType, lists},
		{"Kinesis_20131202.CreateStream", jsonType, text}, {"Kinesis_20131202.TagResource", jsonType, deep},
		{"Kinesis_20131202.PutRecords", cborType, lists9}, {"Kinesis_20131202.GetRecords", cborType, lists9},
		{"Firehose_20150804.PutRecordBatch", jsonType, maps}, {"Firehose_20150804.CreateDeliveryStream", jsonType, maps},
	}
	group, ctx := errgroup.WithContext(t.Context())
	for client := range 8 {
		group.Go(func() error {
			for i := range requests {
				r := requests[(i+client)%len(requests)]
				post, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.AWS+"/", bytes.NewReader(r.body))
				if err != nil {
					return err
				}
				post.Header.Set("Content-Type", r.media)
				post.Header.Set("X-Amz-Target", r.target)
				answer, err := http.DefaultClient.Do(post)
				if err != nil {
					return err
				}
				text, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusBadRequest {
					t.Errorf("%s %.40q…: %s %.300s, %v", r.target, r.body, answer.Status, text, err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	memory, err := measure.MemoryOf(p.command.Process.Pid)
	if err != nil {
		skip(t, err.Error()) // not on this system
	}
	if memory.Peak > 600<<20 {
		t.Errorf("the server took %d MiB", memory.Peak>>20)
	}
	t.Logf("the server took %d MiB", memory.Peak>>20)
}
