package kinesis

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"leat/awsapi/shape"
	"leat/shardlog"

	"pgregory.net/rapid"
)

// A putRequest is what either way makes of a body.
type putRequest struct {
	stream, arn string
	entries     []shardlog.Entry
}

// hotRecords reads a PutRecords body with the scanner.
func hotRecords(body []byte) (putRequest, bool) {
	b := newBatch("PutRecords")
	b.scanner.Reset(body)
	fields, ok := scanPutRecords(&b.scanner, b)
	return putRequest{string(fields.stream), string(fields.arn), b.entries}, ok
}

// hotRecord reads a PutRecord body with the scanner.
func hotRecord(body []byte) (putRequest, bool) {
	b := newBatch("PutRecords")
	b.scanner.Reset(body)
	fields, ok := scanPutRecord(&b.scanner)
	return putRequest{string(fields.stream), string(fields.arn), b.entries}, ok && fields.addTo(b)
}

// ordinary reads a body as the ordinary way does, with encoding/json.
func ordinary(body []byte, input *shape.Shape) (putRequest, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return putRequest{}, err
	}
	if decoder.More() {
		return putRequest{}, fmt.Errorf("more than one value")
	}
	return ordinaryTree(tree, input)
}

// ordinaryTree makes a request of a tree.
func ordinaryTree(tree any, input *shape.Shape) (putRequest, error) {
	in, err := input.Check(tree)
	if err != nil {
		return putRequest{}, err
	}
	got := putRequest{stream: in.Text("StreamName"), arn: in.Text("StreamARN")}
	objects := []shape.Object{in}
	if input == inputs["PutRecords"] {
		objects = in.Objects("Records")
	}
	b := new(batch)
	for _, record := range objects {
		if err := b.add([]byte(record.Text("PartitionKey")), record.Bytes("Data"), []byte(record.Text("ExplicitHashKey"))); err != nil {
			return putRequest{}, err
		}
	}
	got.entries = b.entries
	return got, nil
}

func compare(t *testing.T, body []byte, hot, want putRequest) {
	t.Helper()
	// The hot path leaves the names' constraints to the stream's being there.
	if hot.stream != want.stream || hot.arn != want.arn || len(hot.entries) != len(want.entries) {
		t.Fatalf("%q: scanned %d records for %q %q, want %d for %q %q", body, len(hot.entries), hot.stream, hot.arn, len(want.entries), want.stream, want.arn)
	}
	for i := range hot.entries {
		got, want := hot.entries[i], want.entries[i]
		if !bytes.Equal(got.PartitionKey, want.PartitionKey) || !bytes.Equal(got.Data, want.Data) || got.Hash != want.Hash {
			t.Fatalf("%q: record %d is %q %q %v, want %q %q %v", body, i, got.PartitionKey, got.Data, got.Hash, want.PartitionKey, want.Data, want.Hash)
		}
	}
}

// nameOnly reports that the ordinary way refused nothing but the stream's name
// or ARN, which the hot path holds against the streams there are.
func nameOnly(err error) bool {
	violations, ok := err.(shape.Violations)
	if !ok {
		return false
	}
	for _, violation := range violations {
		if !strings.Contains(violation, " at 'streamName' ") && !strings.Contains(violation, " at 'streamARN' ") {
			return false
		}
	}
	return true
}

func FuzzPutRecords(f *testing.F) {
	for _, body := range wellFormed {
		f.Add([]byte(body))
	}
	for _, body := range leftToTheOrdinaryWay {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if hot, ok := hotRecords(body); ok {
			want, err := ordinary(body, inputs["PutRecords"])
			if err == nil {
				compare(t, body, hot, want)
			} else if !nameOnly(err) {
				t.Fatalf("%q: scanned, but the ordinary way says %v", body, err)
			}
		}
		if hot, ok := hotRecord(body); ok {
			want, err := ordinary(body, inputs["PutRecord"])
			if err == nil {
				compare(t, body, hot, want)
			} else if !nameOnly(err) {
				t.Fatalf("%q: scanned, but the ordinary way says %v", body, err)
			}
		}
	})
}

// wellFormed are bodies that the hot path must take itself.
var wellFormed = []string{
	`{"Records":[{"Data":"aGVsbG8=","PartitionKey":"k1"}],"StreamName":"events"}`,
	`{"StreamName":"events","Records":[{"PartitionKey":"k1","Data":"aGVsbG8="},{"PartitionKey":"k2","Data":"","ExplicitHashKey":"340282366920938463463374607431768211455"}]}`,
	"\n{ \"StreamARN\" : \"arn:aws:kinesis:us-east-1:000000000000:stream/events\" ,\t\"Records\" : [ { \"Data\" : \"YQ==\" , \"PartitionKey\" : \"k\" } ] } \r\n",
	`{"StreamName":"events","StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events","Records":[{"Data":"YQ\u003d\u003d","PartitionKey":"\u006b\"\\\/é😀"}]}`,
	`{"Stre\u0061mName":"events","Records":[{"Data":"Pz8\/","PartitionKey":"é"}]}`,
}

// leftToTheOrdinaryWay are bodies that are wrong or too rare for it.
var leftToTheOrdinaryWay = []string{
	``, `{}`, `[]`, `null`, `{"Records":[]}`,
	`{"StreamName":"events"}`,
	`{"StreamName":"events","Records":[]}`,
	`{"StreamName":"events","Records":null}`,
	`{"StreamName":"events","Records":[null]}`,
	`{"StreamName":"events","Records":[{}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ=="}]}`,
	`{"StreamName":"events","Records":[{"PartitionKey":"k"}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":""}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k","ExplicitHashKey":""}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"01"}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211456"}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k","ExplicitHashKey":null}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k","Other":1}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","Data":"Yg==","PartitionKey":"k"}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k"}],"Records":[{"Data":"Yg==","PartitionKey":"k"}]}`,
	`{"StreamName":"a","StreamName":"b","Records":[{"Data":"YQ==","PartitionKey":"k"}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k"}],"More":{"a":[1]}}`,
	`{"StreamName":"events","StreamId":"x","Records":[{"Data":"YQ==","PartitionKey":"k"}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k"}]} x`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k"}]`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k"},]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k",}]}`,
	`{"StreamName":"events","Records":[{"Data":"YQ","PartitionKey":"k"}]}`,
	`{"StreamName":"events","Records":[{"Data":5,"PartitionKey":"k"}]}`,
	`{"StreamName":"events","Data":"YQ==","Records":[{"Data":"YQ==","PartitionKey":"k"}]}`,
	"{\"StreamName\":\"events\",\"Records\":[{\"Data\":\"YQ==\",\"PartitionKey\":\"\xff\"}]}",
	`{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"` + strings.Repeat("k", 257) + `"}]}`,
	`{"StreamName":"events","Records":[` + strings.Repeat(`{"Data":"YQ==","PartitionKey":"k"},`, 500) + `{"Data":"YQ==","PartitionKey":"k"}]}`,
}

func TestTheHotPathTakesWhatClientsSend(t *testing.T) {
	for _, body := range wellFormed {
		hot, ok := hotRecords([]byte(body))
		if !ok {
			t.Errorf("%s is left to the ordinary way", body)
			continue
		}
		want, err := ordinary([]byte(body), inputs["PutRecords"])
		if err != nil {
			t.Fatal(err)
		}
		compare(t, []byte(body), hot, want)
	}
	one := `{"StreamName":"events","Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"7"}`
	if hot, ok := hotRecord([]byte(one)); !ok || len(hot.entries) != 1 || string(hot.entries[0].Data) != "a" || hot.entries[0].Hash.Lo != 7 {
		t.Errorf("PutRecord: got %v, %v", hot, ok)
	}
	long := `{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"` + strings.Repeat("😀", 128) + `"}]}`
	if _, ok := hotRecords([]byte(long)); !ok {
		t.Error("a key of 256 UTF-16 units in 512 bytes is left to the ordinary way")
	}
}

func TestTheHotPathLeavesTheRestToTheOrdinaryWay(t *testing.T) {
	for _, body := range leftToTheOrdinaryWay {
		if hot, ok := hotRecords([]byte(body)); ok {
			t.Errorf("%s is taken as %v", body, hot)
		}
	}
}

// TestBothWaysReadTheSame makes bodies as encoding/json writes them.
func TestBothWaysReadTheSame(t *testing.T) {
	type record struct {
		Data            []byte
		PartitionKey    string
		ExplicitHashKey string `json:",omitempty"`
	}
	rapid.Check(t, func(rt *rapid.T) {
		request := struct {
			StreamName string
			Records    []record
		}{StreamName: rapid.StringMatching(`[a-zA-Z0-9_.-]{1,20}`).Draw(rt, "stream")}
		for range rapid.IntRange(1, 20).Draw(rt, "n") {
			request.Records = append(request.Records, record{
				Data:            rapid.SliceOf(rapid.Byte()).Draw(rt, "data"),
				PartitionKey:    rapid.StringOfN(rapid.Rune(), 1, 100, 256).Draw(rt, "key"),
				ExplicitHashKey: rapid.SampledFrom([]string{"", "0", "18446744073709551616", "340282366920938463463374607431768211455"}).Draw(rt, "hash"),
			})
		}
		for i := range request.Records {
			if request.Records[i].Data == nil {
				request.Records[i].Data = []byte{}
			}
		}
		body, err := json.Marshal(request)
		if err != nil {
			rt.Fatal(err)
		}
		hot, ok := hotRecords(body)
		if !ok {
			rt.Fatalf("%s is left to the ordinary way", body)
		}
		for i, want := range request.Records {
			got := hot.entries[i]
			if string(got.PartitionKey) != strings.ToValidUTF8(want.PartitionKey, "\ufffd") || !bytes.Equal(got.Data, want.Data) {
				rt.Fatalf("record %d: %q %q, want %q %q", i, got.PartitionKey, got.Data, want.PartitionKey, want.Data)
			}
		}
		want, err := ordinary(body, inputs["PutRecords"])
		if err != nil {
			rt.Fatal(err)
		}
		compare(t, body, hot, want)
	})
}

func TestHashKeysAre128BitNumbers(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), 128)
	rapid.Check(t, func(rt *rapid.T) {
		key := shardlog.HashKey{Hi: rapid.Uint64().Draw(rt, "hi"), Lo: rapid.Uint64().Draw(rt, "lo")}
		text := formatHashKey(key)
		want := new(big.Int).Lsh(new(big.Int).SetUint64(key.Hi), 64)
		want.Or(want, new(big.Int).SetUint64(key.Lo))
		if text != want.String() {
			rt.Fatalf("%v is written %s, want %s", key, text, want)
		}
		if back, ok := parseHashKey(text); !ok || back != key {
			rt.Fatalf("%s is read as %v, %v", text, back, ok)
		}
		digits := rapid.StringMatching(`[1-9][0-9]{0,39}`).Draw(rt, "digits")
		number, _ := new(big.Int).SetString(digits, 10)
		if _, ok := parseHashKey(digits); ok != (number.Cmp(limit) < 0) {
			rt.Fatalf("%s: taken %v", digits, ok)
		}
	})
	for _, text := range []string{"", "-1", "1x", "00", "٣"} {
		if _, ok := parseHashKey(text); ok {
			t.Errorf("%q is taken", text)
		}
	}
}

// putBody is a PutRecords request as an SDK sends it, with data like an event.
func putBody(n, dataBytes int) []byte {
	data := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("event-42 "), dataBytes/9+1)[:dataBytes])
	var body bytes.Buffer
	body.WriteString(`{"Records":[`)
	for i := range n {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"Data":"%s","PartitionKey":"customer-%08d"}`, data, i*7919)
	}
	body.WriteString(`],"StreamName":"events"}`)
	return body.Bytes()
}

func BenchmarkScanPutRecords(b *testing.B) {
	body := putBody(500, 315)
	batch := new(batch)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		batch.entries, batch.bytes = batch.entries[:0], 0
		batch.scanner.Reset(body)
		if _, ok := scanPutRecords(&batch.scanner, batch); !ok {
			b.Fatal("left to the ordinary way")
		}
	}
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkAppendPutRecords(b *testing.B) {
	receipts := make([]shardlog.Receipt, 500)
	for i := range receipts {
		receipts[i].Shard = uint32(i % 4)
		receipts[i].Sequence.Created = 1_700_000_000
		receipts[i].Sequence.Ordinal = 1_000_000_000 + uint64(i)
		receipts[i].Sequence.Shard = uint32(i % 4)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = putRecordsOutput{receipts: receipts, encryption: notEncrypted}.AppendJSON(dst[:0])
	}
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "records/s")
}
