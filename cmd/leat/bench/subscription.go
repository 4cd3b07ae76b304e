package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"leat"
)

// A subscription is one consumer's of one shard. It reads as a client does that
// looks at nothing but sequence numbers: the SDK's own, which decodes every
// record, would take more of the machine than the server that is measured.
type subscription struct {
	url      string
	consumer int
	arn      string
	shard    uint32
	client   *http.Client
	arrived  *atomic.Uint64 // records, of all subscriptions

	events   uint64 // with records
	arrivals []arrival
}

type arrival struct {
	ordinal uint64
	at      time.Duration // since processStart
}

// read subscribes from the newest record on, calls ready once it is certain to
// get all that are put later, and reads until ctx ends, which is no error.
func (s *subscription) read(ctx context.Context, ready func()) error {
	body := fmt.Sprintf(`{"ConsumerARN":%q,"ShardId":"shardId-%012d","StartingPosition":{"Type":"LATEST"}}`, s.arn, s.shard)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "Kinesis_20131202.SubscribeToShard")
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return fmt.Errorf("SubscribeToShard was answered %s: %s", response.Status, text)
	}
	decoder, buffer := eventstream.NewDecoder(), make([]byte, 0, 64<<10)
	for {
		message, err := decoder.Decode(response.Body, buffer)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("the subscription of shard %d ended", s.shard)
		case err != nil:
			return err
		}
		now := time.Since(processStart)
		if kind := message.Headers.Get(":message-type"); kind == nil || kind.String() != "event" {
			return fmt.Errorf("the subscription of shard %d ended: %s", s.shard, message.Payload)
		}
		found, err := eachSequence(message.Payload, func(sequence leat.Sequence) {
			s.arrivals = append(s.arrivals, arrival{sequence.Ordinal, now})
		})
		if err != nil {
			return err
		}
		if found > 0 {
			s.events++
		}
		s.arrived.Add(uint64(found))
		ready()
	}
}
