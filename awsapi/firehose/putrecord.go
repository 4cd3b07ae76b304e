package firehose

import (
	"context"

	"leat/awsapi/shape"
)

// PutRecord
//
// Behavior: appends one record to a delivery stream of type DirectPut. When the
// call returns it is on disk.
//
// Differs from AWS: none known.
//
// Limits: 1,000 KiB a record.

type putRecordOutput struct {
	RecordId  string
	Encrypted bool
}

// putRecordHot reads the body with a scanner.
func (a *api) putRecordHot(ctx context.Context, body, dst []byte) ([]byte, bool, error) {
	b := newBatch(body)
	defer b.free()
	name, ok := b.scanRequest("Record", (*batch).scanRecord)
	if !ok || !a.known(name) {
		return dst, false, nil
	}
	ids, err := a.put(ctx, name, b.records)
	if err != nil {
		return dst, false, err
	}
	dst = append(dst, `{"Encrypted":false,"RecordId":"`...)
	return append(append(dst, ids[0]...), `"}`...), true, nil
}

// putRecord is the ordinary way.
func (a *api) putRecord(ctx context.Context, in shape.Object) (any, error) {
	ids, err := a.put(ctx, in.Text("DeliveryStreamName"), [][]byte{in.Object("Record").Bytes("Data")})
	if err != nil {
		return nil, err
	}
	return putRecordOutput{RecordId: ids[0]}, nil
}
