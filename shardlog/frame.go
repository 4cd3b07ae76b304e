package shardlog

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sort"
)

// A commit is one frame, little-endian:
//
//	 0  salt      8   the segment's, random; tells frames from records' bytes
//	 8  headCRC   4   CRC-32C of bytes 12 … headLen
//	12  groups    4   number of groups, 1 or more
//	16  records   4
//	20  body      4   length of the body in bytes
//	24  durable   8   all bytes of the segment before this offset were durable
//	                  before a byte of this frame was written
//	32  first     8   ordinal of the first record
//	40  arrival   8   milliseconds of Unix time, never less than before
//	48  groups × 16:  shard, records before the group, its offset in the body,
//	                  CRC-32C of its bytes; shards ascend
//	    body          the groups, each one shard's records in order:
//	                  data length 4, key length 2, key, data
//
// The head's checksum covers the groups' checksums, so it stands for the whole
// commit, and a reader of one shard can still check its group alone.
const (
	frameHeadBytes  = 48
	groupEntryBytes = 16
	recordHeadBytes = 6
	// maxFrameBody bounds a batch, and so what a decoder believes.
	maxFrameBody = 64 << 20
	// targetFrameBytes is how many bytes of waiting batches go into one commit.
	targetFrameBytes = 4 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(p []byte) uint32 { return crc32.Checksum(p, castagnoli) }

// A frameHead is a decoded head.
type frameHead struct {
	groups  int
	records uint32
	body    uint32
	durable int64
	first   uint64
	arrival int64
	table   []byte // a view of the groups' entries
}

// headLen and length are those of the head and of the whole frame in bytes.
func (h *frameHead) headLen() int64 { return frameHeadBytes + int64(h.groups)*groupEntryBytes }
func (h *frameHead) length() int64  { return h.headLen() + int64(h.body) }

// end is the ordinal after the frame's last record.
func (h *frameHead) end() uint64 { return h.first + uint64(h.records) }

// A frameGroup is one shard's part of a frame.
type frameGroup struct {
	shard   uint32
	before  uint32 // records of the frame before the group
	records uint32
	offset  uint32 // in the body
	bytes   uint32
	crc     uint32
}

func (h *frameHead) group(i int) frameGroup {
	entry := h.table[i*groupEntryBytes:]
	g := frameGroup{
		shard:   binary.LittleEndian.Uint32(entry),
		before:  binary.LittleEndian.Uint32(entry[4:]),
		offset:  binary.LittleEndian.Uint32(entry[8:]),
		crc:     binary.LittleEndian.Uint32(entry[12:]),
		records: h.records,
		bytes:   h.body,
	}
	if i+1 < h.groups {
		g.records = binary.LittleEndian.Uint32(entry[groupEntryBytes+4:])
		g.bytes = binary.LittleEndian.Uint32(entry[groupEntryBytes+8:])
	}
	g.records -= g.before
	g.bytes -= g.offset
	return g
}

// find returns a shard's group.
func (h *frameHead) find(shard uint32) (frameGroup, bool) {
	i := sort.Search(h.groups, func(i int) bool {
		return binary.LittleEndian.Uint32(h.table[i*groupEntryBytes:]) >= shard
	})
	if i == h.groups {
		return frameGroup{}, false
	}
	g := h.group(i)
	return g, g.shard == shard
}

// encode fills dst, whose length is headLen, from h and a table that is
// already in place.
func (h *frameHead) encode(dst []byte, salt uint64) {
	binary.LittleEndian.PutUint64(dst, salt)
	binary.LittleEndian.PutUint32(dst[12:], uint32(h.groups))
	binary.LittleEndian.PutUint32(dst[16:], h.records)
	binary.LittleEndian.PutUint32(dst[20:], h.body)
	binary.LittleEndian.PutUint64(dst[24:], uint64(h.durable))
	binary.LittleEndian.PutUint64(dst[32:], h.first)
	binary.LittleEndian.PutUint64(dst[40:], uint64(h.arrival))
	binary.LittleEndian.PutUint32(dst[8:], checksum(dst[12:]))
}

// decodeHead reads a head from the start of b, and allocates nothing. need is
// how many bytes of b the head takes: when it is more than b has, the head was
// not read, and the caller may come back with that many. An error says what is
// wrong with the bytes.
func decodeHead(b []byte, salt uint64) (h frameHead, need int64, err error) {
	if len(b) < frameHeadBytes {
		return h, frameHeadBytes, nil
	}
	if binary.LittleEndian.Uint64(b) != salt {
		return h, 0, fmt.Errorf("no commit starts here")
	}
	groups := binary.LittleEndian.Uint32(b[12:])
	h = frameHead{
		groups:  int(groups),
		records: binary.LittleEndian.Uint32(b[16:]),
		body:    binary.LittleEndian.Uint32(b[20:]),
		durable: int64(binary.LittleEndian.Uint64(b[24:])),
		first:   binary.LittleEndian.Uint64(b[32:]),
		arrival: int64(binary.LittleEndian.Uint64(b[40:])),
	}
	// Checked before the lengths are believed, as nothing vouches for them yet.
	if h.body > maxFrameBody || h.groups == 0 || groups > h.records || h.records > h.body/recordHeadBytes {
		return h, 0, fmt.Errorf("commit's head has impossible lengths")
	}
	if int64(len(b)) < h.headLen() {
		return h, h.headLen(), nil
	}
	head := b[:h.headLen()]
	if checksum(head[12:]) != binary.LittleEndian.Uint32(b[8:]) {
		return h, 0, fmt.Errorf("checksum of commit's head differs")
	}
	h.table = head[frameHeadBytes:]
	if !h.ordered() {
		return h, 0, fmt.Errorf("commit's table of groups is not in order")
	}
	return h, h.headLen(), nil
}

// ordered reports whether the groups' entries ascend, and lie within the commit.
func (h *frameHead) ordered() bool {
	var shard, before, offset uint32
	for i := 0; i < len(h.table); i += groupEntryBytes {
		entry := h.table[i : i+groupEntryBytes]
		s, b, o := binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:]), binary.LittleEndian.Uint32(entry[8:])
		if i == 0 {
			if b != 0 || o != 0 {
				return false
			}
		} else if s <= shard || b <= before || o <= offset || b-before > (o-offset)/recordHeadBytes {
			return false
		}
		shard, before, offset = s, b, o
	}
	return before < h.records && offset < h.body && h.records-before <= (h.body-offset)/recordHeadBytes
}

// checkBody checks all groups of a frame whose body is complete.
func (h *frameHead) checkBody(body []byte) error {
	for i := range h.groups {
		g := h.group(i)
		if _, err := h.checkGroup(g, body[g.offset:][:g.bytes]); err != nil {
			return err
		}
	}
	return nil
}

// checkGroup checks a group's bytes and returns them as an iterator.
func (h *frameHead) checkGroup(g frameGroup, p []byte) (groupReader, error) {
	if checksum(p) != g.crc {
		return groupReader{}, fmt.Errorf("checksum of shard %d's records differs", g.shard)
	}
	return groupReader{rest: p, left: g.records}, nil
}

// A groupReader steps through a group's records.
type groupReader struct {
	rest []byte
	left uint32
}

// peek returns the next record's key and data, as views; left must not be 0.
// The error says that the bytes are not a group's, which a right checksum makes
// a fault of who wrote them.
func (r *groupReader) peek() (key, data []byte, err error) {
	if len(r.rest) < recordHeadBytes {
		return nil, nil, fmt.Errorf("group ends within a record")
	}
	dataLen := int64(binary.LittleEndian.Uint32(r.rest))
	keyEnd := recordHeadBytes + int64(binary.LittleEndian.Uint16(r.rest[4:]))
	if int64(len(r.rest)) < keyEnd+dataLen {
		return nil, nil, fmt.Errorf("group ends within a record")
	}
	return r.rest[recordHeadBytes:keyEnd:keyEnd], r.rest[keyEnd : keyEnd+dataLen : keyEnd+dataLen], nil
}

// skip goes to the record after the one that peek returned, whose key and data
// have size bytes.
func (r *groupReader) skip(size int) {
	r.rest = r.rest[recordHeadBytes+size:]
	r.left--
}
