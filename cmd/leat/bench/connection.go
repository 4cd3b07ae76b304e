package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"leat"
)

// A connection sends PutRecords calls over one socket that is kept open. It is
// for one goroutine.
type connection struct {
	socket net.Conn
	in     *bufio.Reader
	header []byte
	answer bytes.Buffer
}

func connect(addr string) (*connection, error) {
	socket, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &connection{
		socket: socket,
		in:     bufio.NewReaderSize(socket, 64<<10),
		header: []byte("POST / HTTP/1.1\r\nHost: " + addr + "\r\nContent-Type: application/x-amz-json-1.1\r\n" +
			"X-Amz-Target: Kinesis_20131202.PutRecords\r\nContent-Length: "),
	}, nil
}

func (c *connection) close() error { return c.socket.Close() }

// put sends a call and waits for its answer. The error is not nil unless all
// records were acknowledged.
func (c *connection) put(b *body) error {
	header := strconv.AppendInt(c.header, int64(len(b.text)), 10)
	message := net.Buffers{append(header, "\r\n\r\n"...), b.text}
	if _, err := message.WriteTo(c.socket); err != nil {
		return err
	}
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return err
	}
	c.answer.Reset()
	_, err = io.Copy(&c.answer, response.Body)
	response.Body.Close()
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("PutRecords was answered %s: %s", response.Status, head(c.answer.Bytes()))
	}
	if !bytes.Contains(c.answer.Bytes(), []byte(`"FailedRecordCount":0`)) {
		return fmt.Errorf("PutRecords refused records: %s", head(c.answer.Bytes()))
	}
	return nil
}

var sequenceLabel = []byte(`"SequenceNumber":"`)

// eachSequence goes through the sequence numbers of records in an answer, or in
// an event of a subscription, and counts them.
func eachSequence(text []byte, each func(leat.Sequence)) (found int, err error) {
	for {
		at := bytes.Index(text, sequenceLabel)
		if at < 0 {
			return found, nil
		}
		text = text[at+len(sequenceLabel):]
		if len(text) < leat.SequenceDigits {
			return found, fmt.Errorf("a sequence number is cut off: %s", text)
		}
		sequence, err := leat.ParseSequence(string(text[:leat.SequenceDigits]))
		if err != nil {
			return found, err
		}
		each(sequence)
		found++
	}
}

func head(text []byte) []byte { return text[:min(len(text), 300)] }
