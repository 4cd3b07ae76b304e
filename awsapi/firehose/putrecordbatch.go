package firehose

import (
	"context"
	"strconv"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// PutRecordBatch
//
// Behavior: appends up to 500 records to a delivery stream of type DirectPut.
// When the call returns all of them are on disk, but for those that a fault
// refuses: they have an ErrorCode.
//
// Differs from AWS: the records of one call are taken as one unit, so without
// faults FailedPutCount is always 0: when the call fails, none was taken.
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
	out, err := a.putBatch(ctx, name, b.records)
	if err != nil {
		return dst, false, err
	}
	return out.AppendJSON(dst), true, nil
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
	out, err := a.putBatch(ctx, in.Text("DeliveryStreamName"), records)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// putRecordBatchOutput is what became of each record: those that were not
// refused have ids, in their order.
type putRecordBatchOutput struct {
	records int
	ids     []string
	refused map[int]refusal // by index
}

// A refusal is why one record was not taken.
type refusal struct{ code, message string }

// putBatch appends the records that are not refused.
func (a *api) putBatch(ctx context.Context, name string, records [][]byte) (putRecordBatchOutput, error) {
	out := putRecordBatchOutput{records: len(records)}
	if a.refuse != nil {
		a.refuse(ctx, len(records), func(record int, code, message string) {
			if out.refused == nil {
				out.refused = map[int]refusal{}
			}
			out.refused[record] = refusal{code, message}
		})
	}
	if len(out.refused) > 0 {
		var kept [][]byte
		for i, record := range records {
			if _, no := out.refused[i]; !no {
				kept = append(kept, record)
			}
		}
		if records = kept; len(kept) == 0 {
			_, err := a.delivery.Status(name)
			return out, nameError(ctx, err, name)
		}
	}
	var err error
	out.ids, err = a.put(ctx, name, records)
	return out, err
}

// AppendJSON writes the response.
func (o putRecordBatchOutput) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"FailedPutCount":`...)
	dst = strconv.AppendInt(dst, int64(len(o.refused)), 10)
	dst = append(dst, `,"Encrypted":false,"RequestResponses":[`...)
	ids := o.ids
	for i := range o.records {
		if i > 0 {
			dst = append(dst, ',')
		}
		if no, refused := o.refused[i]; refused {
			dst = awsapi.AppendString(append(dst, `{"ErrorCode":`...), no.code)
			dst = append(awsapi.AppendString(append(dst, `,"ErrorMessage":`...), no.message), '}')
			continue
		}
		dst = append(awsapi.AppendString(append(dst, `{"RecordId":`...), ids[0]), '}')
		ids = ids[1:]
	}
	return append(dst, "]}"...)
}
