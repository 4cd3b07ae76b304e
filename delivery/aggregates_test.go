package delivery

import (
	"context"
	"slices"
	"strings"
	"testing"

	"leat/source/kpl/kpltest"
)

// aggregates are lines put together, so many to a record of the stream.
func aggregates(from, to, each int) []string {
	var all []string
	for part := range slices.Chunk(lines(from, to), each) {
		var users []kpltest.User
		for _, line := range part {
			users = append(users, kpltest.User{Key: "one key of some length for all", Data: line})
		}
		all = append(all, string(kpltest.Aggregate(users...)))
	}
	return all
}

// The records of aggregates are delivered and counted as if they had come one
// by one, wherever batches are cut and whatever step it crashes at.
func TestRecordsOfAggregatesAreInTheBucketOnceWhereverItCrashes(t *testing.T) {
	const records = 60
	for n := 0; ; n++ {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		src.put(began, aggregates(0, 24, 4)...)
		src.put(began, lines(24, 30)...)
		src.put(began, aggregates(30, records, 30)...) // more than a buffer takes
		r.start()
		r.create(jsonLake)
		r.stop()

		crashed := r.runCrashing(n, func(ctx context.Context) error { return r.service.Flush(ctx, "clicks") })
		r.start()
		r.flush("clicks")
		checkOnce(t, r.objects(), records)
		if s := r.checkLedger("clicks", records); s.Delivered != records || s.Lost != 0 || s.Pending != 0 || s.Objects != uint64(len(r.objects())) {
			t.Errorf("%d objects, status %+v", len(r.objects()), s)
		}
		r.stop()
		if t.Failed() {
			t.Fatalf("crashed at step %d", n)
		}
		if !crashed {
			if n < 4 {
				t.Fatalf("only %d steps could crash", n)
			}
			return
		}
	}
}

func TestADamagedAggregateIsDeliveredWhole(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	damaged := aggregates(0, 5, 5)[0]
	damaged = damaged[:len(damaged)-1]
	src.put(began, damaged)
	r.start()
	r.create(jsonLake)
	r.flush("clicks")
	for key, data := range r.objects() {
		if data != damaged {
			t.Errorf("%s holds %q", key, data)
		}
	}
	r.checkLedger("clicks", 1)
}

func TestAggregatesPutDirectlyAreDeliveredAsTheyAre(t *testing.T) {
	r := newRig(t)
	r.start()
	def := jsonLake
	def.SourceStream, def.FromHorizon = "", false
	r.create(def)
	aggregate := aggregates(0, 5, 5)[0]
	if _, err := r.service.Put(t.Context(), "clicks", [][]byte{[]byte(aggregate)}); err != nil {
		t.Fatal(err)
	}
	r.flush("clicks")
	for key, data := range r.objects() {
		if data != aggregate {
			t.Errorf("%s holds %q", key, data)
		}
	}
	r.checkLedger("clicks", 1)
}

// Of what retention takes, records count that had been looked at: before that,
// an aggregate is one.
func TestRetentionOvertakingAggregatesIsCounted(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	src.put(began, aggregates(0, 30, 5)...)
	r.start()
	def := jsonLake
	def.BufferBytes = 1 << 20
	r.create(def)
	r.stop()
	if !r.runCrashing(0, func(ctx context.Context) error { return r.service.Flush(ctx, "clicks") }) {
		t.Fatal("it did not crash when the plan was saved")
	}
	src.expire(2)
	r.start()
	r.flush("clicks")
	if s := r.checkLedger("clicks", 20); s.Lost != 10 {
		t.Errorf("two aggregates of 5 expired after they were counted: status %+v", s)
	}
	r.stop()
	src.put(began, aggregates(30, 60, 10)...)
	src.expire(4 + 2)
	r.start()
	r.flush("clicks")
	if s := r.checkLedger("clicks", 20+10); s.Lost != 10+2 {
		t.Errorf("two aggregates of 10 expired before anybody read them: status %+v", s)
	}
	var bucket strings.Builder
	for _, data := range r.objects() {
		bucket.WriteString(data)
	}
	if n := strings.Count(bucket.String(), "\n"); n != 30 {
		t.Errorf("the bucket holds %d lines, want 30", n)
	}
}
