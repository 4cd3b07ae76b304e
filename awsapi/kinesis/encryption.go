package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// StartStreamEncryption and StopStreamEncryption
//
// Behavior: switch a stream's encryption on, with a key, and off. Descriptions
// say which it is, and the answers of PutRecord and PutRecords when it is on.
//
// Differs from AWS: the records on disk are not touched, and no key is looked
// up: encrypt the disk. StopStreamEncryption takes any KeyId. Records that are
// read do not say whether they were encrypted.
//
// Limits: none.

const (
	notEncrypted   = "NONE"
	encryptedByKMS = "KMS"
)

func (a *api) startStreamEncryption(ctx context.Context, in shape.Object) (any, error) {
	return a.encrypt(ctx, in, in.Text("KeyId"))
}

func (a *api) stopStreamEncryption(ctx context.Context, in shape.Object) (any, error) {
	return a.encrypt(ctx, in, "")
}

func (a *api) encrypt(ctx context.Context, in shape.Object, key string) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	if in.Text("EncryptionType") != encryptedByKMS {
		return nil, awsapi.Errorf(invalidArgument, "EncryptionType %s of stream %s is not %s, the only one there is.", in.Text("EncryptionType"), name, encryptedByKMS)
	}
	return nil, a.update(ctx, s, func(_ *shardlog.Settings, kept *attributes) error {
		kept.KeyID = key
		return nil
	})
}
