package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// A pickyStream answers PutRecords and refuses records the first so many times
// that it sees them.
type pickyStream struct {
	t       *testing.T
	refuse  map[string]int // by data
	calls   [][]string     // the data of each call
	status  int            // if not 0, the answer to every call
	results int            // if not 0, how many results to answer with
}

func (s *pickyStream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Records []struct {
			Data         []byte
			PartitionKey string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		s.t.Error(err)
	}
	var data, results []string
	refused := 0
	for _, record := range call.Records {
		text := string(record.Data)
		data = append(data, text)
		if s.refuse[text] > 0 {
			s.refuse[text]--
			refused++
			results = append(results, `{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"later"}`)
			continue
		}
		results = append(results, `{"SequenceNumber":"1","ShardId":"shardId-000000000000"}`)
	}
	s.calls = append(s.calls, data)
	if s.results != 0 {
		results = results[:s.results]
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if s.status != 0 {
		w.WriteHeader(s.status)
		fmt.Fprint(w, `{"__type":"ResourceNotFoundException","message":"no such stream"}`)
		return
	}
	fmt.Fprintf(w, `{"FailedRecordCount":%d,"Records":[%s]}`, refused, strings.Join(results, ","))
}

func newSender(t *testing.T, stream *pickyStream) *Sender {
	t.Helper()
	stream.t = t
	server := httptest.NewServer(stream)
	t.Cleanup(server.Close)
	return NewSender(Endpoint{URL: server.URL}.Kinesis(), "s")
}

func TestOnlyRefusedRecordsAreSentAgain(t *testing.T) {
	stream := &pickyStream{refuse: map[string]int{"b": 2, "d": 1}}
	sender := newSender(t, stream)
	for _, data := range []string{"a", "b", "c", "d"} {
		if err := sender.Add(t.Context(), "key", []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing left to send
		if err := sender.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := [][]string{{"a", "b", "c", "d"}, {"b", "d"}, {"b"}}
	if !slices.EqualFunc(stream.calls, want, slices.Equal) {
		t.Errorf("calls %q, want %q", stream.calls, want)
	}
	if sender.Sent != 4 || sender.SentBytes != 4 || sender.Retried != 3 {
		t.Errorf("sent %d records and %d bytes, %d again", sender.Sent, sender.SentBytes, sender.Retried)
	}
}

func TestCallsAreBounded(t *testing.T) {
	stream := &pickyStream{}
	sender := newSender(t, stream)
	for range MaxRecords*2 + 1 {
		if err := sender.Add(t.Context(), "k", []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := sender.Add(t.Context(), "k", make([]byte, MaxBytes/2)); err != nil {
			t.Fatal(err)
		}
	}
	if err := sender.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, call := range stream.calls {
		sizes = append(sizes, len(call))
	}
	if want := []int{500, 500, 2, 1, 1}; !slices.Equal(sizes, want) {
		t.Errorf("calls of %d records, want %d", sizes, want)
	}
}

func TestFailedCallsAreErrors(t *testing.T) {
	for name, stream := range map[string]*pickyStream{
		"no such stream":                         {status: http.StatusBadRequest},
		"2 records were answered with 1 results": {results: 1},
	} {
		t.Run(name, func(t *testing.T) {
			sender := newSender(t, stream)
			for range 2 {
				if err := sender.Add(t.Context(), "k", []byte("x")); err != nil {
					t.Fatal(err)
				}
			}
			if err := sender.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("error %v", err)
			}
			if sender.Sent != 0 {
				t.Errorf("%d records count as sent", sender.Sent)
			}
		})
	}
}
