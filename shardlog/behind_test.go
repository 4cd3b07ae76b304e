package shardlog

import (
	"context"
	"testing"

	"leat/source"
)

func TestBehindCountsWhatAPositionHasBeforeIt(t *testing.T) {
	store, err := Open(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- store.Run(ctx) }()
	defer func() {
		cancel()
		<-ended
		store.Close()
	}()
	stream, err := store.Create(ctx, Spec{Name: "s", Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	beginning, err := stream.Source().Latest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	entries := make([]Entry, 10)
	for i := range entries {
		entries[i] = Entry{PartitionKey: []byte("k"), Data: []byte("x")}
	}
	if err := stream.Append(ctx, entries, make([]Receipt, len(entries))); err != nil {
		t.Fatal(err)
	}
	end, err := stream.Source().Latest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for position, want := range map[source.Position]uint64{beginning: 10, end: 0, "": 10, "foreign": 10, "999": 10} {
		if got := stream.Behind(position); got != want {
			t.Errorf("behind %q are %d records, want %d", position, got, want)
		}
	}
}
