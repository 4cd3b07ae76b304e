package pgwire

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// packet is a start-up packet of any version, with names and values in order.
func packet(version uint32, pairs ...string) []byte {
	body := binary.BigEndian.AppendUint32(nil, version)
	for _, s := range pairs {
		body = append(append(body, s...), 0)
	}
	body = append(body, 0)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
}

// begin sends bytes to a new connection and returns the answer in short, up to
// ReadyForQuery or the end.
func begin(t *testing.T, addr string, words []byte) string {
	t.Helper()
	nc := dial(t, addr)
	defer nc.Close()
	if _, err := nc.Write(words); err != nil {
		t.Fatal(err)
	}
	return answers(nc)
}

func answers(nc net.Conn) string {
	f := pgproto3.NewFrontend(nc, nc)
	var got []string
	for {
		msg, err := f.Receive()
		if err != nil {
			return strings.Join(append(got, "end"), ", ")
		}
		switch m := msg.(type) {
		case *pgproto3.ErrorResponse:
			got = append(got, m.Severity+" "+m.Code+" "+m.Message)
		case *pgproto3.NegotiateProtocolVersion:
			got = append(got, fmt.Sprint("negotiate ", m.NewestMinorProtocol&0xffff, " ", m.UnrecognizedOptions))
		case *pgproto3.ReadyForQuery:
			return strings.Join(append(got, "ready"), ", ")
		}
	}
}

const v30 = pgproto3.ProtocolVersion30

// TestStartUpTakesWhatDriversTellAboutThemselves: names that are no settings have no
// effect; settings that would change results and are not here are refused.
func TestStartUpTakesWhatDriversTellAboutThemselves(t *testing.T) {
	addr := serveWarehouse(t)
	for _, c := range []struct {
		pairs []string
		want  string
	}{
		{[]string{"driver_discovery_version", "1"}, "ready"},
		{[]string{"identity_namespace", "x", "idc_client_display_name", "y", "provider_name", "z", "token_type", "t"}, "ready"},
		{[]string{"client_encoding", "'utf-8'"}, "ready"},
		{[]string{"client_encoding", "\"UTF_8\""}, "ready"},
		{[]string{"client_encoding", "SQL-ASCII"}, "ready"},
		{[]string{"jit", "off", "work_mem", "64MB", "geqo", "off"}, "ready"},
		{[]string{"Application_Name", "x", "extra_float_digits", "2", "TimeZone", "Europe/Warsaw"}, "ready"},
		{[]string{"transform_null_equals", "off", "role", "none"}, "ready"},
		{[]string{"client_encoding", "LATIN1"}, `FATAL 22023 client_encoding "LATIN1" is not supported`},
		{[]string{"transform_null_equals", "on"}, `FATAL 0A000 start-up parameter "transform_null_equals" is not supported with the value "on"`},
		{[]string{"role", "analyst"}, `FATAL 0A000 start-up parameter "role" is not supported with the value "analyst"`},
		{[]string{"session_replication_role", "replica"}, `FATAL 0A000 start-up parameter "session_replication_role" is not supported with the value "replica"`},
		{[]string{"downcase_delimited_identifier", "off"}, `FATAL 0A000 start-up parameter "downcase_delimited_identifier" is not supported with the value "off"`},
		{[]string{"statement_timeout", "soon"}, `FATAL 22023 invalid value for parameter "statement_timeout": "soon"`},
		{[]string{"options", "-c nosuchsetting=1"}, `FATAL 42704 unrecognized configuration parameter "nosuchsetting"`},
		{[]string{"replication", "database"}, "FATAL 0A000 replication connections are not supported"},
		{[]string{"application_name", "a\xffb"}, `FATAL 22021 invalid byte sequence for encoding "UTF8" in start-up parameter application_name: 0xff 0x62 at byte 2`},
		{[]string{"na\xc3", "x"}, `FATAL 22021 invalid byte sequence for encoding "UTF8" in the start-up packet: 0xc3 at byte 3`},
	} {
		got := begin(t, addr, packet(v30, append([]string{"user", "admin", "database", "dev"}, c.pairs...)...))
		if strings.TrimSuffix(got, ", end") != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.pairs, got, c.want)
		}
	}
}

// TestVersionsOfTheProtocolAreNegotiated: any 3.x, down to 3.0.
func TestVersionsOfTheProtocolAreNegotiated(t *testing.T) {
	ts := startServer(t, Config{})
	who := []string{"user", "admin", "database", "dev"}
	for _, c := range []struct {
		words []byte
		want  string
	}{
		{packet(v30, who...), "ready"},
		{packet(v30+1, who...), "negotiate 0 [], ready"},
		{packet(v30+2, who...), "negotiate 0 [], ready"},
		{packet(v30+9999, append(who, "_pq_.b", "1", "_pq_.a", "")...), "negotiate 0 [_pq_.a _pq_.b], ready"},
		{packet(2<<16, who...), "FATAL 0A000 unsupported frontend protocol 2.0: server supports 3.0, end"},
		{packet(4<<16, who...), "FATAL 0A000 unsupported frontend protocol 4.0: server supports 3.0, end"},
		{packet(v30), "FATAL 28000 no PostgreSQL user name specified in startup packet, end"},
		{packet(v30, "user")[:12], "end"},
		{[]byte{0, 0, 0, 9, 0, 3, 0, 0, 'u'}, "FATAL 08P01 invalid startup packet layout: expected terminator as last byte, end"},
		{[]byte{0, 1, 0, 0, 0, 3, 0, 0}, "FATAL 08P01 invalid length of startup packet, end"},
		{[]byte{0x16, 3, 1, 2, 0, 1, 0, 1}, "FATAL 08P01 a TLS handshake without a request for it is not supported, end"},
	} {
		nc := dial(t, ts.addr)
		if _, err := nc.Write(c.words); err != nil {
			t.Fatal(err)
		}
		nc.(*net.TCPConn).CloseWrite()
		if got := answers(nc); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.words, got, c.want)
		}
		nc.Close()
	}
}

// TestRequestsForEncryptionAreAnswered in any order, before the start-up packet.
func TestRequestsForEncryptionAreAnswered(t *testing.T) {
	ts := startServer(t, Config{})
	ssl, gss := []byte{0, 0, 0, 8, 4, 210, 22, 47}, []byte{0, 0, 0, 8, 4, 210, 22, 48}
	for _, asked := range [][]byte{ssl, gss, append(append([]byte(nil), gss...), ssl...), append(append([]byte(nil), ssl...), gss...)} {
		nc := dial(t, ts.addr)
		if _, err := nc.Write(asked); err != nil {
			t.Fatal(err)
		}
		refusals := make([]byte, len(asked)/8)
		if _, err := io.ReadFull(nc, refusals); err != nil || strings.Trim(string(refusals), "N") != "" {
			t.Errorf("%q: %q, %v", asked, refusals, err)
		}
		nc.Write(packet(v30, "user", "admin", "database", "dev"))
		if got := answers(nc); got != "ready" {
			t.Errorf("after %q: %s", asked, got)
		}
		nc.Close()
	}
}

// TestCancelRequestsWithOtherKeysDoNothing: shorter, longer, wrong, and none.
func TestCancelRequestsWithOtherKeysDoNothing(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "")
	pid, key := conn.PgConn().PID(), conn.PgConn().SecretKey()
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(testContext(t), "block")
		done <- err
	}()
	<-ts.engine.blocked
	for _, other := range [][]byte{nil, key[:3], append(append([]byte(nil), key...), 0), []byte(strings.Repeat("x", 256)), {0, 0, 0, 0}} {
		request := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, codeCancel), pid)
		request = append(request, other...)
		if got := begin(t, ts.addr, append(binary.BigEndian.AppendUint32(nil, uint32(len(request)+4)), request...)); got != "end" {
			t.Errorf("a key of %d bytes is answered: %s", len(other), got)
		}
		select {
		case err := <-done:
			t.Fatalf("a key of %d bytes cancelled the statement: %v", len(other), err)
		default:
		}
	}
	ts.cancel.cancel(pid, key)
	if err := <-done; sqlstate(err) != "57014" {
		t.Error(err)
	}
}
