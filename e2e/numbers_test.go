package e2e

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// numberKeys is how many partition keys get numbered records.
const numberKeys = 20

// A numberer puts numbered records into a stream until it is told to stop: 0,
// 1, 2, … for each of its keys, each after the one before was acknowledged.
type numberer struct {
	rounds int // numbers sent for each key; read it after stop
	end    context.CancelFunc
	done   sync.WaitGroup
	err    error
}

func startNumbers(t *testing.T, p *process, stream string) *numberer {
	ctx, cancel := context.WithCancel(t.Context())
	n := &numberer{end: cancel}
	api := p.kinesisClient()
	n.done.Go(func() {
		rhythm := time.NewTicker(50 * time.Millisecond) // some hundred records a second leave the machine to the readers
		defer rhythm.Stop()
		for ; ctx.Err() == nil; n.rounds++ {
			var entries []types.PutRecordsRequestEntry
			for key := range numberKeys {
				entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: sdk.String(keyName(key)), Data: []byte(strconv.Itoa(n.rounds))})
			}
			out, err := api.PutRecords(context.WithoutCancel(ctx), &kinesis.PutRecordsInput{StreamName: &stream, Records: entries})
			if err != nil || *out.FailedRecordCount != 0 {
				n.err = fmt.Errorf("put round %d: %v, %v", n.rounds, out, err)
				return
			}
			select {
			case <-rhythm.C:
			case <-ctx.Done():
			}
		}
	})
	t.Cleanup(func() { cancel(); n.done.Wait() })
	return n
}

// stop ends the records. All of them were acknowledged.
func (n *numberer) stop(t *testing.T) {
	t.Helper()
	n.end()
	n.done.Wait()
	if n.err != nil {
		t.Fatal(n.err)
	}
}

func keyName(i int) string { return "key-" + strconv.Itoa(i) }
