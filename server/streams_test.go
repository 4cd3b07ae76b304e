package server

import (
	"strings"
	"testing"
	"time"
)

// TestDeletedStreamsGoWithoutBeingAskedFor looks into the log itself: a request
// would remove the stream.
func TestDeletedStreamsGoWithoutBeingAskedFor(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.StreamStatusDelay = time.Millisecond
	s := running(t, cfg)
	callKinesis(t, s, "CreateStream", `{"StreamName":"orders","ShardCount":1}`)
	for !strings.Contains(callKinesis(t, s, "DescribeStreamSummary", `{"StreamName":"orders"}`), `"ACTIVE"`) {
		// it takes a millisecond
	}
	callKinesis(t, s, "DeleteStream", `{"StreamName":"orders"}`)
	looks := time.NewTicker(10 * time.Millisecond)
	defer looks.Stop()
	for late := time.After(time.Minute); len(s.streams.Names()) > 0; {
		select {
		case <-looks.C:
		case <-late:
			t.Fatal("the stream is still there")
		}
	}
}

func TestTheStatusDelayIsBounded(t *testing.T) {
	for delay, ok := range map[time.Duration]bool{-1: false, 0: true, time.Hour: true, time.Hour + 1: false} {
		cfg := testConfig(t, t.TempDir())
		cfg.StreamStatusDelay = delay
		if err := cfg.Validate(); (err == nil) != ok {
			t.Errorf("%v: %v", delay, err)
		}
	}
}
