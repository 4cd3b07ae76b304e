package pgwire

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat/redshift"
)

// TestTextThatIsNotUTF8IsRefused wherever a client may put it; the connection goes
// on.
func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	f := rawConn(t, startServer(t, Config{}))
	const bad, half = "x\xffy", "x\xe6\x97"
	sync := &pgproto3.Sync{}
	type messages = []pgproto3.FrontendMessage
	text := func(format int16, oid uint32, value string) messages {
		return messages{&pgproto3.Parse{Query: "echo varchar", ParameterOIDs: []uint32{oid}},
			&pgproto3.Bind{ParameterFormatCodes: []int16{format}, Parameters: [][]byte{[]byte(value)}}, sync}
	}
	for name, c := range map[string]struct {
		send messages
		want string
	}{
		"a statement":                {messages{&pgproto3.Query{String: "put " + bad}}, "ErrorResponse 22021, ready I"},
		"a prepared statement":       {messages{&pgproto3.Parse{Query: half}, sync}, "ErrorResponse 22021, ready I"},
		"its name":                   {messages{&pgproto3.Parse{Name: bad, Query: "rows 1"}, sync}, "ErrorResponse 22021, ready I"},
		"a portal's name":            {messages{&pgproto3.Bind{DestinationPortal: bad}, sync}, "ErrorResponse 22021, ready I"},
		"a name to describe":         {messages{&pgproto3.Describe{ObjectType: 'S', Name: half}, sync}, "ErrorResponse 22021, ready I"},
		"a name to execute":          {messages{&pgproto3.Execute{Portal: bad}, sync}, "ErrorResponse 22021, ready I"},
		"a name to close":            {messages{&pgproto3.Close{ObjectType: 'P', Name: bad}, sync}, "ErrorResponse 22021, ready I"},
		"an argument":                {text(0, 1043, bad), "ParseComplete, ErrorResponse 22021, ready I"},
		"a binary argument":          {text(1, 1043, half), "ParseComplete, ErrorResponse 22021, ready I"},
		"an argument of no type":     {text(1, 0, bad), "ParseComplete, ErrorResponse 22021, ready I"},
		"binary JSON":                {text(1, 3802, "\x01\""+bad), "ParseComplete, ErrorResponse 22021, ready I"},
		"SUPER":                      {text(1, oidSuper, "\""+half), "ParseComplete, ErrorResponse 22021, ready I"},
		"a number":                   {text(0, 1700, "1\xff"), "ParseComplete, ErrorResponse 22021, ready I"},
		"a zero byte in an argument": {text(1, 25, "a\x00b"), "ParseComplete, ErrorResponse 22021, ready I"},
	} {
		if got := talk(t, f, 1, c.send...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
	if got := talk(t, f, 1, &pgproto3.Query{String: "rows 0"}); got != "RowDescription, SELECT 0, ready I" {
		t.Errorf("afterwards: %s", got)
	}
}

// TestArrays are arguments where the statement takes one, in text and binary.
func TestArrays(t *testing.T) {
	elements := func(oid uint32, values ...string) string {
		b := binary.BigEndian.AppendUint32(nil, 1)
		b = binary.BigEndian.AppendUint32(b, 1)
		b = binary.BigEndian.AppendUint32(b, oid)
		b = binary.BigEndian.AppendUint32(b, uint32(len(values)))
		b = binary.BigEndian.AppendUint32(b, 1)
		for _, v := range values {
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		}
		return string(b)
	}
	for _, c := range []struct {
		oid    uint32
		format int16
		raw    string
		want   string
	}{
		{1007, 0, "{1,NULL,-3}", `["1", NULL, "-3"]`},
		{1009, 0, `{a,"b \"c\" \\","NULL",NULL}`, `["a", "b \"c\" \\", "NULL", NULL]`},
		{1015, 1, elements(1043, "ż", "", "{x}"), `["ż", "", "{x}"]`},
		{1016, 1, elements(20, "\x00\x00\x01\x00\x00\x00\x00\x00"), `["1099511627776"]`},
		{1182, 0, "{2024-02-29}", `["2024-02-29"]`},
		{1231, 0, "{1.50}", `["1.50"]`},
		{1007, 0, "{}", `[]`},
		{1007, 0, "{{1,2},{3,4}}", "0A000"},
		{1007, 0, "[0:1]={1,2}", "0A000"},
		{1007, 0, "{1,x}", "22P02"},
		{1007, 1, "\x00\x00\x00\x01x", "22P02"},
		{1009, 0, "{a\xff}", "22021"},
		{1015, 1, elements(1043, "\xff"), "22021"},
	} {
		got, err := decodeArray(c.oid, c.format, []byte(c.raw))
		if err == nil {
			err = checkArgument(0, got)
		}
		if err != nil {
			got = errorResponse("", err).Code
		}
		if got != c.want {
			t.Errorf("%d %q: got %v (%v), want %s", c.oid, c.raw, got, err, c.want)
		}
	}
}

// TestAnArrayWhereThereIsNoPlaceForOneIsRefusedByName.
func TestAnArrayWhereThereIsNoPlaceForOneIsRefusedByName(t *testing.T) {
	conn := connectWarehouse(t, serveWarehouse(t), "")
	for _, sql := range []string{"SELECT $1", "SELECT $1::varchar", "SELECT 1 WHERE 1 = $1", "SELECT UPPER($1)"} {
		_, err := conn.PgConn().Prepare(testContext(t), "", sql, []uint32{1009})
		if sqlstate(err) != "0A000" || !strings.Contains(err.Error(), "parameter $1 is an array") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	var ok bool
	if err := conn.QueryRow(testContext(t), "SELECT 2 = ANY($1) AND 'a,\"' = ANY($2) AND date '2024-02-29' = ANY($3::varchar[]::date[])", []int32{1, 2}, []string{"a,\""}, []string{"2024-02-29"}).Scan(&ok); err != nil || !ok {
		t.Errorf("%v %v", ok, err)
	}
}

// TestNothingButUTF8IsSent: values that are something else are an error, messages
// show where it was.
func TestNothingButUTF8IsSent(t *testing.T) {
	for _, typ := range []string{"varchar", "char", "super", "name", "unknown", "numeric"} {
		for _, encode := range []encoder{textEncoder(redshift.Type{Name: typ, Length: 9}, resultFormats{}), binaryEncoder(redshift.Type{Name: typ, Length: 9})} {
			if b, err := encode(nil, "a\xc3"); err == nil {
				t.Errorf("%s: sent as %q", typ, b)
			}
		}
	}
	told := errorResponse("ERROR", errorf("22000", "no %s", "a\xffb\x00c"))
	if told.Message != "no a\uFFFDb\uFFFDc" {
		t.Errorf("%q", told.Message)
	}
}
