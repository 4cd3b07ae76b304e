package pgwire

import (
	"bytes"
	"flag"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgproto3"
)

var rewrite = flag.Bool("rewrite", false, "write what happens into the golden files")

// TestConversations holds whole conversations against testdata, message by message,
// from the start-up packet to the last byte.
func TestConversations(t *testing.T) {
	query := func(sql string) pgproto3.FrontendMessage { return &pgproto3.Query{String: sql} }
	for name, messages := range map[string][]pgproto3.FrontendMessage{
		"simple": {
			query("types"), query("put a; list"), query("notice"), query("syntax"), query("SET TimeZone TO 'Asia/Kolkata'; types"), query(""),
		},
		"extended": {
			&pgproto3.Parse{Name: "s", Query: "echo integer varchar", ParameterOIDs: []uint32{20}},
			&pgproto3.Describe{ObjectType: 'S', Name: "s"},
			&pgproto3.Bind{PreparedStatement: "s", Parameters: [][]byte{[]byte("7"), nil}, ResultFormatCodes: []int16{1}},
			&pgproto3.Describe{ObjectType: 'P'},
			&pgproto3.Execute{},
			&pgproto3.Sync{},
			&pgproto3.Parse{Query: "types"},
			&pgproto3.Bind{ResultFormatCodes: []int16{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1}},
			&pgproto3.Describe{ObjectType: 'P'},
			&pgproto3.Execute{MaxRows: 1},
			&pgproto3.Close{ObjectType: 'P'},
			&pgproto3.Parse{Query: "badrow"},
			&pgproto3.Bind{},
			&pgproto3.Execute{},
			&pgproto3.Sync{},
		},
		"transaction": {
			query("begin"), query("put a"), query("fail"), query("put b"), query("rollback"), query("put a; commit; put b"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			ts := startServer(t, Config{})
			nc, err := net.Dial("tcp", ts.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			var trace bytes.Buffer
			f := pgproto3.NewFrontend(nc, nc)
			f.Trace(&trace, pgproto3.TracerOptions{SuppressTimestamps: true, RegressMode: true})
			f.Send(&pgproto3.StartupMessage{
				ProtocolVersion: pgproto3.ProtocolVersion30,
				Parameters:      map[string]string{"user": "admin", "database": "dev"},
			})
			receiveUntilReady(t, f)
			for _, m := range messages {
				f.Send(m)
				switch m.(type) {
				case *pgproto3.Query, *pgproto3.Sync:
					receiveUntilReady(t, f)
				}
			}
			f.Send(&pgproto3.Terminate{})
			if err := f.Flush(); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".trace", trace.Bytes())
		})
	}
}

func receiveUntilReady(t *testing.T, f *pgproto3.Frontend) {
	t.Helper()
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	for {
		msg, err := f.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if _, ready := msg.(*pgproto3.ReadyForQuery); ready {
			return
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (run with -rewrite after a change that is meant):\n%s", file, diff)
	}
}
