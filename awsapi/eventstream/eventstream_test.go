package eventstream

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// decode reads messages with AWS's own decoder, to the end.
func decode(t testing.TB, stream []byte) []eventstream.Message {
	t.Helper()
	reader, decoder := bytes.NewReader(stream), eventstream.NewDecoder()
	var messages []eventstream.Message
	for {
		message, err := decoder.Decode(reader, nil)
		if errors.Is(err, io.EOF) {
			return messages
		}
		if err != nil {
			t.Fatalf("message %d: %v", len(messages), err)
		}
		messages = append(messages, message.Clone())
	}
}

func TestAWSReadsOurMessages(t *testing.T) {
	headers := Headers(nil).With(":message-type", "event").With(":event-type", "Shout")
	var stream []byte
	payloads := []string{"", "{}", strings.Repeat("long ", 100_000)}
	for _, payload := range payloads {
		start := len(stream)
		stream = append(Begin(stream, headers), payload...)
		stream = End(stream, start, headers)
	}
	messages := decode(t, stream)
	if len(messages) != len(payloads) {
		t.Fatalf("%d messages, want %d", len(messages), len(payloads))
	}
	for i, message := range messages {
		if string(message.Payload) != payloads[i] {
			t.Errorf("message %d carries %.40q", i, message.Payload)
		}
		if len(message.Headers) != 2 || message.Headers.Get(":message-type").String() != "event" || message.Headers.Get(":event-type").String() != "Shout" {
			t.Errorf("message %d has headers %v", i, message.Headers)
		}
	}
}

func TestOneMessageIsAsAWSEncodesIt(t *testing.T) {
	headers := Headers(nil).With(":message-type", "event").With("x", strings.Repeat("y", 300))
	ours := End(append(Begin(nil, headers), "payload"...), 0, headers)
	message := eventstream.Message{Payload: []byte("payload")}
	message.Headers.Set(":message-type", eventstream.StringValue("event"))
	message.Headers.Set("x", eventstream.StringValue(strings.Repeat("y", 300)))
	var theirs bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&theirs, message); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours, theirs.Bytes()) {
		t.Errorf("ours:\n%x\ntheirs:\n%x", ours, theirs.Bytes())
	}
}

func TestHeadersDoNotShareMemory(t *testing.T) {
	base := Headers(nil).With("a", "b")
	one, other := base.With("c", "1"), base.With("c", "2")
	if bytes.Equal(one, other) {
		t.Errorf("both are %q", one)
	}
}

func FuzzMessages(f *testing.F) {
	f.Add("name", "value", []byte("payload"), []byte("before"))
	f.Add("n", strings.Repeat("v", 1<<15), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, name, value string, payload, before []byte) {
		if len(name) == 0 || len(name) > 255 {
			t.Skip("not a header's name")
		}
		headers := Headers(nil).With(name, value)
		stream := End(append(Begin(bytes.Clone(before), headers), payload...), len(before), headers)
		if !bytes.Equal(stream[:len(before)], before) {
			t.Fatal("what was in the buffer before has changed")
		}
		messages := decode(t, stream[len(before):])
		if len(messages) != 1 || !bytes.Equal(messages[0].Payload, payload) {
			t.Fatalf("read %v, want payload %q", messages, payload)
		}
		if got := messages[0].Headers.Get(name).String(); got != value[:min(len(value), 1<<15-1)] {
			t.Errorf("header is %q, want %q", got, value)
		}
	})
}

func BenchmarkMessage(b *testing.B) {
	headers := Headers(nil).With(":message-type", "event").With(":event-type", "SubscribeToShardEvent").With(":content-type", "application/json")
	payload, buffer := bytes.Repeat([]byte{'x'}, 4096), make([]byte, 0, 8192)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(payload)))
		for b.Loop() {
			buffer = End(append(Begin(buffer[:0], headers), payload...), 0, headers)
		}
	})
	b.Run("sdk", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(payload)))
		encoder := eventstream.NewEncoder()
		for b.Loop() {
			message := eventstream.Message{Payload: payload}
			message.Headers.Set(":message-type", eventstream.StringValue("event"))
			message.Headers.Set(":event-type", eventstream.StringValue("SubscribeToShardEvent"))
			message.Headers.Set(":content-type", eventstream.StringValue("application/json"))
			if err := encoder.Encode(io.Discard, message); err != nil {
				b.Fatal(err)
			}
		}
	})
}
