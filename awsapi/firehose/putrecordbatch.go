package firehose

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// PutRecordBatch
//
// Behavior: appends up to 500 records to a delivery stream of type DirectPut.
// When the call returns all of them are on disk.
//
// Differs from AWS: the records of one call are taken as one unit, so
// FailedPutCount is always 0: when the call fails, none was taken.
//
// Limits: 500 records and 4 MiB a call, 1,000 KiB a record.

// putRecordBatchHot reads the body with a scanner.
func (a *api) putRecordBatchHot(ctx context.Context, body, dst []byte) ([]byte, bool, error) {
	b := newBatch(body)
	defer b.free()
	name, ok := b.scanRequest("Records", (*batch).scanRecords)
	if !ok || !a.known(name) {
		return dst, false, nil
	}
	ids, err := a.put(ctx, name, b.records)
	if err != nil {
		return dst, false, err
	}
	return putRecordBatchOutput(ids).AppendJSON(dst), true, nil
}

func (b *batch) scanRecords() bool {
	if !b.scanner.Take('[') {
		return false
	}
	for {
		if len(b.records) == maxRecords || !b.scanRecord() {
			return false
		}
		if !b.scanner.Take(',') {
			return b.scanner.Take(']')
		}
	}
}

// putRecordBatch is the ordinary way.
func (a *api) putRecordBatch(ctx context.Context, in shape.Object) (any, error) {
	objects := in.Objects("Records")
	records := make([][]byte, len(objects))
	for i, record := range objects {
		records[i] = record.Bytes("Data")
	}
	ids, err := a.put(ctx, in.Text("DeliveryStreamName"), records)
	if err != nil {
		return nil, err
	}
	return putRecordBatchOutput(ids), nil
}

// putRecordBatchOutput are the records' ids.
type putRecordBatchOutput []string

// AppendJSON writes the response.
func (o putRecordBatchOutput) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"FailedPutCount":0,"Encrypted":false,"RequestResponses":[`...)
	for i, id := range o {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(awsapi.AppendString(append(dst, `{"RecordId":`...), id), '}')
	}
	return append(dst, "]}"...)
}
