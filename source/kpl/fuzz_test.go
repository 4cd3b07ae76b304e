package kpl

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"leat/source/kpl/kpltest"
)

// FuzzSplit holds the splitter against the protocol buffers library, which
// reads the same bytes by the format's schema. Both must see the same records;
// what the splitter leaves whole, the library does not read either, or it is
// one of the things that the splitter refuses. The message gets a right
// checksum, or else nothing would come through.
func FuzzSplit(f *testing.F) {
	good := kpltest.Aggregate(kpltest.User{Key: "k", Data: "data"}, kpltest.User{Key: "l", Data: "more"})
	message := good[4 : len(good)-16]
	f.Add(message)
	f.Add(kpltest.AppendText(message, kpltest.HashKey, "12"))
	f.Add(append(message[:len(message):len(message)], 0x0B, 0x0C)) // an empty group
	f.Add([]byte{})
	schema := aggregatedRecord(f)
	f.Fuzz(func(t *testing.T, message []byte) {
		record := outer(1, kpltest.Seal(message))
		kept := bytes.Clone(record.Data)
		users, ok := new(splitter).split(nil, &record)
		if !bytes.Equal(kept, record.Data) || ok != (len(users) > 0) {
			t.Fatalf("ok %v with %d records", ok, len(users))
		}
		want := judge(schema, message)
		if len(users) != len(want) {
			t.Fatalf("%d records, want %d", len(users), len(want))
		}
		for i, user := range users {
			if user.Subsequence != uint32(i) || user.Sequence != record.Sequence || user.Arrival != record.Arrival || user.Shard != record.Shard {
				t.Fatalf("record %d is %+v", i, user)
			}
			if string(user.PartitionKey) != want[i].Key || string(user.Data) != want[i].Data {
				t.Fatalf("record %d has key %q and data %q, want %q", i, user.PartitionKey, user.Data, want[i])
			}
		}
	})
}

// judge reads a message with the library; nil when it is no aggregate to split.
func judge(schema protoreflect.MessageDescriptor, message []byte) []kpltest.User {
	aggregate := dynamicpb.NewMessage(schema)
	if proto.Unmarshal(message, aggregate) != nil {
		return nil
	}
	field := func(m protoreflect.Message, number protoreflect.FieldNumber) protoreflect.FieldDescriptor {
		return m.Descriptor().Fields().ByNumber(number)
	}
	keys := aggregate.Get(field(aggregate, kpltest.PartitionKey)).List()
	hashKeys := aggregate.Get(field(aggregate, kpltest.HashKey)).List()
	records := aggregate.Get(field(aggregate, kpltest.Record)).List()
	for i := range keys.Len() {
		if !validKey([]byte(keys.Get(i).String())) {
			return nil
		}
	}
	var users []kpltest.User
	for i := range records.Len() {
		record := records.Get(i).Message()
		key := record.Get(field(record, kpltest.PartitionKeyIndex)).Uint()
		hash := field(record, kpltest.HashKeyIndex)
		if key >= uint64(keys.Len()) || record.Has(hash) && record.Get(hash).Uint() >= uint64(hashKeys.Len()) {
			return nil
		}
		data := record.Get(field(record, kpltest.Data)).Bytes()
		users = append(users, kpltest.User{Key: keys.Get(int(key)).String(), Data: string(data)})
	}
	return users
}

// aggregatedRecord is the format's schema. It has no tags: they are unknown
// fields to the splitter, whatever is in them.
func aggregatedRecord(f *testing.F) protoreflect.MessageDescriptor {
	field := func(name string, number int32, label descriptorpb.FieldDescriptorProto_Label, kind descriptorpb.FieldDescriptorProto_Type) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{Name: &name, Number: &number, Label: &label, Type: &kind}
	}
	const (
		repeated = descriptorpb.FieldDescriptorProto_LABEL_REPEATED
		required = descriptorpb.FieldDescriptorProto_LABEL_REQUIRED
		optional = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL

		text   = descriptorpb.FieldDescriptorProto_TYPE_STRING
		data   = descriptorpb.FieldDescriptorProto_TYPE_BYTES
		number = descriptorpb.FieldDescriptorProto_TYPE_UINT64
	)
	records := field("records", kpltest.Record, repeated, descriptorpb.FieldDescriptorProto_TYPE_MESSAGE)
	records.TypeName = proto.String(".Record")
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("aggregation.proto"), Syntax: proto.String("proto2"),
		MessageType: []*descriptorpb.DescriptorProto{
			{Name: proto.String("AggregatedRecord"), Field: []*descriptorpb.FieldDescriptorProto{
				field("partition_key_table", kpltest.PartitionKey, repeated, text), field("explicit_hash_key_table", kpltest.HashKey, repeated, text), records,
			}},
			{Name: proto.String("Record"), Field: []*descriptorpb.FieldDescriptorProto{
				field("partition_key_index", kpltest.PartitionKeyIndex, required, number),
				field("explicit_hash_key_index", kpltest.HashKeyIndex, optional, number), field("data", kpltest.Data, required, data),
			}},
		},
	}, nil)
	if err != nil {
		f.Fatal(err)
	}
	return file.Messages().ByName("AggregatedRecord")
}
