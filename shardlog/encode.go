package shardlog

import (
	"encoding/binary"
	"slices"
	"sync"
)

// An encoder turns the batches of one commit into a frame. It reads each entry
// twice, first to route and measure it, then to copy it to its group, and
// allocates nothing once its buffers have grown.
type encoder struct {
	frame []byte
	// slots holds the route of every entry, in order.
	slots []uint32
	// groups has one element per open shard; only touched ones are not zero.
	groups []groupDraft
	// touched are the slots of the frame's groups, in their order.
	touched []uint32
}

// A groupDraft is a group while its frame is made.
type groupDraft struct {
	records uint32
	bytes   uint32
	next    uint64 // ordinal of the next record copied
	at      int    // where in the frame it goes
	start   int
}

// encoders are shared by all streams, so an idle stream holds no buffers.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// keepFrameBytes is the largest buffer worth keeping between commits.
const keepFrameBytes = 2 * targetFrameBytes

func (e *encoder) release() {
	if cap(e.frame) > keepFrameBytes {
		e.frame = nil
	}
	encoders.Put(e)
}

// encode makes the frame of some requests and fills their receipts. The frame
// is valid until the next call.
func (e *encoder) encode(requests []*request, r *router, head frameHead, salt uint64, created uint64) ([]byte, frameHead) {
	e.route(requests, r)
	e.orderTouched(len(r.numbers))

	head.groups = len(e.touched)
	headLen := int(head.headLen())
	at, ordinal := headLen, head.first
	for _, slot := range e.touched {
		g := &e.groups[slot]
		g.at, g.start, g.next = at, at, ordinal
		at += int(g.bytes)
		ordinal += uint64(g.records)
	}
	head.records, head.body = uint32(ordinal-head.first), uint32(at-headLen)
	if cap(e.frame) < at {
		e.frame = make([]byte, at+at/4)
	}
	frame := e.frame[:at]

	i := 0
	for _, req := range requests {
		for j := range req.entries {
			entry := &req.entries[j]
			slot := e.slots[i]
			i++
			g := &e.groups[slot]
			dst := frame[g.at:]
			binary.LittleEndian.PutUint32(dst, uint32(len(entry.Data)))
			binary.LittleEndian.PutUint16(dst[4:], uint16(len(entry.PartitionKey)))
			n := recordHeadBytes + copy(dst[recordHeadBytes:], entry.PartitionKey)
			n += copy(dst[n:], entry.Data)
			g.at += n
			receipt := &req.receipts[j]
			receipt.Shard = r.numbers[slot]
			receipt.Sequence.Created, receipt.Sequence.Ordinal, receipt.Sequence.Shard = created, g.next, receipt.Shard
			g.next++
		}
	}

	table := frame[frameHeadBytes:headLen]
	before := uint32(0)
	for k, slot := range e.touched {
		g := &e.groups[slot]
		entry := table[k*groupEntryBytes:]
		binary.LittleEndian.PutUint32(entry, r.numbers[slot])
		binary.LittleEndian.PutUint32(entry[4:], before)
		binary.LittleEndian.PutUint32(entry[8:], uint32(g.start-headLen))
		binary.LittleEndian.PutUint32(entry[12:], checksum(frame[g.start:g.at]))
		before += g.records
		*g = groupDraft{}
	}
	head.encode(frame[:headLen], salt)
	head.table = table
	return frame, head
}

// route finds every entry's open shard and measures the groups.
func (e *encoder) route(requests []*request, r *router) {
	if len(e.groups) < len(r.numbers) {
		e.groups = make([]groupDraft, len(r.numbers))
	}
	e.slots, e.touched = e.slots[:0], e.touched[:0]
	for _, req := range requests {
		for j := range req.entries {
			entry := &req.entries[j]
			slot := r.slot(entry.Hash)
			e.slots = append(e.slots, slot)
			g := &e.groups[slot]
			if g.records == 0 {
				e.touched = append(e.touched, slot)
			}
			g.records++
			g.bytes += recordHeadBytes + uint32(len(entry.PartitionKey)) + uint32(len(entry.Data))
		}
	}
}

// orderTouched puts the touched groups in order of their shards' numbers.
func (e *encoder) orderTouched(open int) {
	if len(e.touched)*16 < open {
		slices.Sort(e.touched)
		return
	}
	e.touched = e.touched[:0]
	for slot := range open {
		if e.groups[slot].records > 0 {
			e.touched = append(e.touched, uint32(slot))
		}
	}
}
