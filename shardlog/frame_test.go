package shardlog

import (
	"bytes"
	"fmt"
	"math/big"
	"testing"

	"leat"
)

// frameOf encodes a batch of n small records as one commit.
func frameOf(t testing.TB, salt uint64, shards, n int) []byte {
	t.Helper()
	d := newDefinition(Spec{Name: "x", Shards: shards}, "id", newClock().now, 1)
	info, err := d.info()
	if err != nil {
		t.Fatal(err)
	}
	m := newModel(uint64(n))
	req := &request{receipts: make([]Receipt, n)}
	for _, k := range m.batch(n, 40) {
		req.entries = append(req.entries, Entry{k.key, hashOf(k.key), k.data})
	}
	enc := new(encoder)
	frame, _ := enc.encode([]*request{req}, newRouter(info.Shards), frameHead{first: 10, arrival: 5}, salt, 1)
	return bytes.Clone(frame)
}

// walk reads a frame as all readers do and returns its records.
func walk(b []byte, salt uint64) ([]leat.Record, error) {
	h, need, err := decodeHead(b, salt)
	if err != nil {
		return nil, err
	}
	if need > int64(len(b)) || h.length() > int64(len(b)) {
		return nil, fmt.Errorf("short")
	}
	body := b[h.headLen():h.length()]
	if err := h.checkBody(body); err != nil {
		return nil, err
	}
	var records []leat.Record
	for i := range h.groups {
		g := h.group(i)
		if found, ok := h.find(g.shard); !ok || found != g {
			return nil, fmt.Errorf("group %d is not found by its shard", i)
		}
		r := groupReader{body[g.offset:][:g.bytes], g.records}
		for r.left > 0 {
			key, data, err := r.peek()
			if err != nil {
				return nil, err
			}
			records = append(records, leat.Record{Shard: g.shard, PartitionKey: key, Data: data})
			r.skip(len(key) + len(data))
		}
		if len(r.rest) > 0 {
			return nil, fmt.Errorf("bytes left")
		}
	}
	return records, nil
}

func TestFramesOfAllSizesRoundTrip(t *testing.T) {
	for _, shards := range []int{1, 2, 17, 300} {
		for _, n := range []int{1, 2, 100, 1000} {
			frame := frameOf(t, 7, shards, n)
			records, err := walk(frame, 7)
			if err != nil || len(records) != n {
				t.Errorf("%d records over %d shards: got %d, %v", n, shards, len(records), err)
			}
			// Every cut is noticed, and says how much more it wants.
			for cut := 0; cut < len(frame); cut += 1 + cut/20 {
				h, need, err := decodeHead(frame[:cut], 7)
				if err != nil || need <= int64(cut) && h.length() <= int64(cut) {
					t.Fatalf("head of a frame cut at %d of %d: need %d, length %d, %v", cut, len(frame), need, h.length(), err)
				}
			}
		}
	}
}

// FuzzFrame gives the decoder any bytes: it must not panic, nor believe a length
// that the bytes do not have.
func FuzzFrame(f *testing.F) {
	const salt = 0x0123456789abcdef
	f.Add(frameOf(f, salt, 1, 1), false)
	f.Add(frameOf(f, salt, 4, 30), false)
	f.Add(frameOf(f, salt, 300, 50), true)
	f.Fuzz(func(t *testing.T, b []byte, mend bool) {
		if mend && len(b) >= frameHeadBytes {
			// Past the checksum, as a collision would be.
			if _, need, err := decodeHead(b[:frameHeadBytes], salt); err == nil && need <= int64(len(b)) {
				b = bytes.Clone(b)
				putHeadChecksum(b[:need])
			}
		}
		h, need, err := decodeHead(b, salt)
		if err == nil && need <= int64(len(b)) && (len(h.table) != h.groups*groupEntryBytes || h.length() > maxFrameBody*4) {
			t.Errorf("head of %d bytes has length %d", len(b), h.length())
		}
		walk(b, salt)
	})
}

func TestDecodingAHeadAllocatesNothing(t *testing.T) {
	frame := frameOf(t, 7, 300, 1000)
	if n := testing.AllocsPerRun(10, func() { decodeHead(frame, 7) }); n != 0 {
		t.Errorf("decoding a head allocates %v times", n)
	}
}

// FuzzIndex gives the index decoder any bytes behind right checksums.
func FuzzIndex(f *testing.F) {
	x := newIndex(segmentHead{first: 1})
	for i := range 50 {
		h, _, err := decodeHead(frameOf(f, 7, 5, 1+i*20), 7)
		if err != nil {
			f.Fatal(err)
		}
		x.add(&h)
	}
	f.Add(x.encode(7))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= indexHeadBytes {
			b = bytes.Clone(b)
			putIndexChecksums(b)
		}
		x, err := decodeIndex(b, 7)
		if err != nil {
			return
		}
		for shard := range x.shards {
			for at := 0; at < len(x.blocks); {
				if at = x.shardBlock(shard, at); at < len(x.blocks) {
					x.blockEnd(at)
				}
				at++
			}
		}
		x.blockOf(x.next / 2)
		x.blockAt(x.arrival)
	})
}

func TestIndexRoundTrips(t *testing.T) {
	x := newIndex(segmentHead{first: 10})
	for i := range 200 {
		h, _, err := decodeHead(frameOf(t, 7, 5, 1+i*3), 7)
		if err != nil {
			t.Fatal(err)
		}
		x.add(&h)
	}
	got, err := decodeIndex(x.encode(7), 7)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", x) {
		t.Errorf("index read back is %+v, want %+v", got, x)
	}
	if _, err := decodeIndex(x.encode(7), 8); err == nil {
		t.Error("index of another segment was taken")
	}
}

func TestEvenRangesCoverTheHashKeySpace(t *testing.T) {
	space := new(big.Int).Lsh(big.NewInt(1), 128)
	number := func(k HashKey) *big.Int {
		n := new(big.Int).SetUint64(k.Hi)
		return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(k.Lo))
	}
	for _, n := range []int{1, 2, 3, 7, 16, 300, 1000, 20_000} {
		step := new(big.Int).Div(space, big.NewInt(int64(n)))
		next := new(big.Int)
		d := newDefinition(Spec{Name: "x", Shards: n}, "id", newClock().now, 1)
		info, err := d.info()
		if err != nil {
			t.Fatal(err)
		}
		r := newRouter(info.Shards)
		for i, shard := range info.Shards {
			if number(shard.First).Cmp(next) != 0 || number(shard.First).Cmp(new(big.Int).Mul(step, big.NewInt(int64(i)))) != 0 {
				t.Fatalf("shard %d of %d starts at %v, want %v", i, n, number(shard.First), next)
			}
			next = new(big.Int).Add(number(shard.Last), big.NewInt(1))
			for _, key := range []HashKey{shard.First, shard.Last} {
				if got := r.numbers[r.slot(key)]; got != uint32(i) {
					t.Fatalf("key %v goes to shard %d of %d, want %d", number(key), got, n, i)
				}
			}
		}
		if next.Cmp(space) != 0 {
			t.Errorf("%d shards end at %v, want %v", n, next, space)
		}
	}
}

func TestClosedShardsTakeNothing(t *testing.T) {
	first, last := evenRange(0, 1)
	middle := HashKey{1 << 63, 0}
	low := HashKey{1<<63 - 1, ^uint64(0)}
	end := &leat.Sequence{Ordinal: 5}
	r := newRouter([]ShardInfo{
		{Number: 0, First: first, Last: last, End: end},
		{Number: 1, First: middle, Last: last},
		{Number: 2, First: first, Last: low},
	})
	for key, want := range map[HashKey]uint32{first: 2, low: 2, middle: 1, last: 1} {
		if got := r.numbers[r.slot(key)]; got != want {
			t.Errorf("key %v goes to shard %d, want %d", key, got, want)
		}
	}
}
