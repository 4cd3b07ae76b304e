package firehose

import (
	"context"
	"errors"
	"sync"

	"leat/awsapi"
	"leat/awsapi/scan"
	"leat/delivery"
)

// maxBatchBytes is how much data one PutRecordBatch may carry.
const maxBatchBytes = 4 << 20

// A batch is the records of one request on their way into a delivery stream.
// Batches are reused, so that a request allocates nothing for its records.
type batch struct {
	scanner scan.Scanner
	records [][]byte
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// newBatch returns an empty batch whose scanner reads body.
func newBatch(body []byte) *batch {
	b := batches.Get().(*batch)
	b.records = b.records[:0]
	b.scanner.Reset(body)
	return b
}

// free gives the batch back; nothing of it may be used any more.
func (b *batch) free() {
	clear(b.records)
	batches.Put(b)
}

// put appends records to a delivery stream and returns their ids.
func (a *api) put(ctx context.Context, name string, records [][]byte) ([]string, error) {
	bytes := 0
	for _, record := range records {
		bytes += len(record)
	}
	if bytes > maxBatchBytes {
		return nil, awsapi.Errorf(invalidArgument, "Records size exceeds %d MB limit", maxBatchBytes>>20)
	}
	ids, err := a.delivery.Put(ctx, name, records)
	if errors.Is(err, delivery.ErrReadsStream) {
		return nil, awsapi.Errorf(invalidArgument, "This operation is not permitted on %s delivery stream type.", kinesisStreamAsSource)
	}
	if err != nil {
		return nil, nameError(ctx, err, name)
	}
	return ids, nil
}

// scanRecord reads {"Data":"…"}, leaving everything else to the ordinary way.
func (b *batch) scanRecord() bool {
	s := &b.scanner
	if !s.Take('{') {
		return false
	}
	name, ok := s.Name()
	if !ok || string(name) != "Data" {
		return false
	}
	data, ok := s.Blob()
	if !ok || len(data) > maxRecordBytes {
		return false
	}
	b.records = append(b.records, data)
	return s.Take('}')
}

// scanRequest reads a request's two members: the delivery stream's name and
// its records, under the name that the operation gives them.
func (b *batch) scanRequest(recordsMember string, scanRecords func(*batch) bool) (stream string, ok bool) {
	s := &b.scanner
	if !s.Take('{') {
		return "", false
	}
	var named, filled bool
	for {
		member, ok := s.Name()
		if !ok {
			return "", false
		}
		switch {
		case string(member) == "DeliveryStreamName" && !named:
			name, ok := s.Text()
			if !ok {
				return "", false
			}
			stream, named = string(name), true
		case string(member) == recordsMember && !filled:
			if !scanRecords(b) {
				return "", false
			}
			filled = true
		default:
			return "", false
		}
		if !s.Take(',') {
			return stream, s.Take('}') && s.End() && named && filled
		}
	}
}

// known reports whether a delivery stream is there; the ordinary way says what
// is wrong when it is not.
func (a *api) known(name string) bool {
	_, err := a.delivery.Status(name)
	return err == nil
}
