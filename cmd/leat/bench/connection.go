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

// end returns how many records the stream had taken with the last of the last
// call's: records are numbered from 1 over the whole stream.
func (c *connection) end() (uint64, error) {
	var end uint64
	rest, found := c.answer.Bytes(), 0
	for {
		at := bytes.Index(rest, sequenceLabel)
		if at < 0 {
			break
		}
		rest = rest[at+len(sequenceLabel):]
		if len(rest) < leat.SequenceDigits {
			return 0, fmt.Errorf("a sequence number is cut off: %s", rest)
		}
		sequence, err := leat.ParseSequence(string(rest[:leat.SequenceDigits]))
		if err != nil {
			return 0, err
		}
		end = max(end, sequence.Ordinal)
		found++
	}
	if found != perCall {
		return 0, fmt.Errorf("%d records got %d sequence numbers", perCall, found)
	}
	return end, nil
}

func head(text []byte) []byte { return text[:min(len(text), 300)] }
