package pgwire

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"
)

// FuzzMessages sends any bytes to a connection, before and after its start-up.
// It must end when the client hangs up, a panic is never what ended it, and what it
// says is UTF-8.
func FuzzMessages(f *testing.F) {
	encode := func(messages ...pgproto3.FrontendMessage) []byte {
		var b []byte
		for _, m := range messages {
			var err error
			if b, err = m.Encode(b); err != nil {
				f.Fatal(err)
			}
		}
		return b
	}
	f.Add(false, []byte{0, 0, 0, 8, 4, 210, 22, 47})
	f.Add(false, encode(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion32, Parameters: map[string]string{"user": "a", "database": "dev", "options": "-c a=b", "_pq_.x": "1"}}))
	f.Add(false, encode(&pgproto3.CancelRequest{ProcessID: 1, SecretKey: []byte{1, 2, 3, 4}}))
	f.Add(true, encode(&pgproto3.Query{String: "put a; rows 3; types; fail"}, &pgproto3.Terminate{}))
	f.Add(true, encode(&pgproto3.Parse{Name: "s", Query: "echo integer numeric", ParameterOIDs: []uint32{23, 1700}}, &pgproto3.Describe{ObjectType: 'S', Name: "s"},
		&pgproto3.Bind{PreparedStatement: "s", ParameterFormatCodes: []int16{1}, Parameters: [][]byte{{0, 0, 0, 1}, {0, 1, 0, 0, 0, 0, 0, 0, 0, 5}}, ResultFormatCodes: []int16{1}},
		&pgproto3.Execute{MaxRows: 1}, &pgproto3.Close{ObjectType: 'P'}, &pgproto3.Sync{}))
	f.Add(true, encode(&pgproto3.Parse{Name: "\xff", Query: "\xc3"}, &pgproto3.Sync{}, &pgproto3.Query{String: "nonsense \xe6\x97"},
		&pgproto3.Parse{Query: "echo varchar integer[]", ParameterOIDs: []uint32{25, 1007}},
		&pgproto3.Bind{Parameters: [][]byte{[]byte("\xff"), []byte("{1,2}")}}, &pgproto3.Execute{}, &pgproto3.Sync{}))
	f.Add(true, encode(&pgproto3.CopyData{Data: []byte("x")}, &pgproto3.FunctionCall{}, &pgproto3.Flush{}, &pgproto3.SASLResponse{Data: []byte("x")}))

	f.Fuzz(func(t *testing.T, started bool, data []byte) {
		panics := new(countPanics)
		s, err := newServer(Config{MaxMessageBytes: 1 << 16, Logger: slog.New(panics)}, newMemEngine())
		if err != nil {
			t.Fatal(err)
		}
		client, server := net.Pipe()
		c := newConn(s, server)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.serve(ctx)
		}()
		heard := make(chan string, 1)
		go func() { heard <- notUTF8(client) }()
		if started {
			packet := startupPacket(t, "admin", "dev")
			client.Write(packet)
		}
		client.Write(data)
		client.Close()
		cancel() // a statement that waits to be cancelled
		<-done
		if words := <-heard; words != "" {
			t.Fatalf("the server said %q", words)
		}
		if panics.n > 0 {
			t.Fatalf("%d panics, the last: %s", panics.n, panics.last)
		}
	})
}

// notUTF8 reads a server's messages to their end, and returns the first of those
// that are text that is not UTF-8.
func notUTF8(r io.Reader) (found string) {
	for {
		var header [5]byte
		if _, err := io.ReadFull(r, header[:1]); err != nil {
			return found
		}
		if header[0] == 'N' && found == "" { // a notice, or the refusal of encryption, which is one byte
			io.Copy(io.Discard, r)
			return found
		}
		if _, err := io.ReadFull(r, header[1:]); err != nil {
			return found
		}
		body := make([]byte, int(binary.BigEndian.Uint32(header[1:]))-4)
		if _, err := io.ReadFull(r, body); err != nil {
			return found
		}
		if strings.IndexByte("ESC", header[0]) >= 0 && !utf8.Valid(body) {
			found = string(body)
		}
	}
}

// countPanics is a log handler that counts reports of panics, except those that the
// engine is asked for.
type countPanics struct {
	n    int
	last string
}

func (c *countPanics) Enabled(context.Context, slog.Level) bool { return true }
func (c *countPanics) WithAttrs([]slog.Attr) slog.Handler       { return c }
func (c *countPanics) WithGroup(string) slog.Handler            { return c }
func (c *countPanics) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "panic" && a.Value.String() != "as asked" {
			c.n++
		}
		if a.Key == "stack" {
			c.last = a.Value.String()
		}
		return true
	})
	return nil
}
