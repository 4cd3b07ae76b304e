package bench

import (
	"encoding/base64"
	"math/rand/v2"
	"strconv"

	"leat/simulate"
)

// perCall is how many records one PutRecords call has unless a load says
// otherwise: the most there can be.
const perCall = 500

// A body is one PutRecords request, ready to be sent again and again: renew
// gives its records new UUIDs in place.
type body struct {
	text   []byte
	count  uint64 // of records
	uuids  []int  // where the UUIDs' base64 is
	bytes  int    // of the records' data
	random *rand.ChaCha8
}

// An event begins with `{"event_uuid":"`, 15 characters, so its UUID begins and
// ends on base64's groups: 48 characters that depend on nothing else.
const (
	uuidOffset = 15
	uuidLength = 36
)

// newBody encodes as many events as count says, from an index on.
func newBody(stream string, events *simulate.Events, index, count uint64) *body {
	var seed [32]byte
	for i := range 4 {
		putUint64(seed[8*i:], index*4+uint64(i))
	}
	b := &body{count: count, random: rand.NewChaCha8(seed)}
	b.fill(stream, events, index)
	return b
}

// fill encodes other events into the same memory.
func (b *body) fill(stream string, events *simulate.Events, index uint64) {
	b.bytes, b.uuids = 0, b.uuids[:0]
	b.text = append(b.text[:0], `{"StreamName":`...)
	b.text = strconv.AppendQuote(b.text, stream)
	b.text = append(b.text, `,"Records":[`...)
	var event []byte
	for i := range b.count {
		event, _ = events.Append(event[:0], index+i)
		b.bytes += len(event)
		b.text = append(b.text, `{"Data":"`...)
		b.uuids = append(b.uuids, len(b.text)+base64.StdEncoding.EncodedLen(uuidOffset))
		b.text = base64.StdEncoding.AppendEncode(b.text, event)
		b.text = append(b.text, `","PartitionKey":"`...)
		b.text = events.AppendKey(b.text, index+i)
		b.text = append(b.text, `"},`...)
	}
	b.text = append(b.text[:len(b.text)-1], `]}`...)
}

// renew makes all records new ones.
func (b *body) renew() {
	const hex = "0123456789abcdef"
	uuid := [uuidLength]byte{8: '-', 13: '-', 14: '4', 18: '-', 19: 'a', 23: '-'}
	for _, at := range b.uuids {
		hi, lo := b.random.Uint64(), b.random.Uint64()
		for i := range uuidLength {
			switch i {
			case 8, 13, 14, 18, 19, 23:
				continue
			}
			uuid[i] = hex[hi&15]
			hi = hi>>4 | lo<<60
			lo >>= 4
		}
		base64.StdEncoding.Encode(b.text[at:], uuid[:])
	}
}

func putUint64(dst []byte, n uint64) {
	for i := range 8 {
		dst[i] = byte(n >> (8 * i))
	}
}
